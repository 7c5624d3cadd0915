package org.beamlakehouse.transforms.internal.cdc.binlog;

import java.time.Instant;
import java.util.Map;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.source.LogPosition;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.internal.log.LogKind;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A message of Maxwell: one row.
 *
 * <p><b>Order.</b> Where the message has {@code position} (Maxwell's option {@code
 * output_binlog_position}): the number that ends the binlog file's name and the position in it,
 * then {@code xoffset}. Else {@code ts} (whole seconds), {@code xid}, {@code xoffset}: MySQL
 * numbers transactions as they begin, so that of transactions which change a row within one second
 * the one that waited for the other may seem to be the earlier; the option avoids that. The row
 * that commits a transaction has no {@code xoffset} and is its last. Rows of a bootstrap have a
 * time only and, as {@link Sequence} puts times before numbers, come before all with a position.
 */
public final class MaxwellMessage extends BinlogMessage {
  private static final WireType SECONDS = WireType.of(WireType.Kind.EPOCH_SECONDS, "seconds");
  private static final WireType MESSAGE = WireType.ofFields(Map.of("ts", SECONDS));

  /** No instant is further away. */
  private static final long MAX_SECONDS = 31_000_000_000_000_000L;

  private @Nullable String position;
  private boolean commits;
  private long seconds;
  private long transaction;
  private long offset;

  public MaxwellMessage(CellList wanted) {
    super(WireType.NATIVE, MESSAGE, wanted);
  }

  @Override
  String connector() {
    return "Maxwell";
  }

  @Override
  @Nullable Action action() {
    String type = type();
    if (type == null) {
      return null;
    }
    return switch (type) {
      case "insert" -> Action.INSERT;
      case "bootstrap-insert" -> Action.READ;
      case "update" -> Action.UPDATE;
      case "delete" -> Action.DELETE;
      default -> null;
    };
  }

  @Override
  @Nullable SkipReason skipReason() {
    String type = type();
    if (type == null) {
      return null;
    }
    return switch (type) {
      case "table-create",
          "table-alter",
          "table-drop",
          "database-create",
          "database-alter",
          "database-drop" ->
          SkipReason.SCHEMA_CHANGE;
      case "bootstrap-start", "bootstrap-complete" -> SkipReason.SIGNAL;
      case "heartbeat" -> SkipReason.HEARTBEAT;
      default -> null;
    };
  }

  @Override
  void resetLog() {
    position = null;
    commits = false;
    seconds = DebeziumMetadata.ABSENT;
    transaction = DebeziumMetadata.ABSENT;
    offset = DebeziumMetadata.ABSENT;
  }

  @Override
  void readLog(String name, JsonReader in, JsonToken token) {
    switch (name) {
      case "position" -> position = DebeziumMetadata.text(in, token, null);
      case "commit" -> commits = token == JsonToken.TRUE;
      case "ts" -> seconds = DebeziumMetadata.told(DebeziumMetadata.number(in, token));
      case "xid" -> transaction = DebeziumMetadata.number(in, token);
      case "xoffset" -> offset = DebeziumMetadata.number(in, token);
      default -> {
        // The rest says nothing that is needed here.
      }
    }
  }

  @Override
  public Sequence.@Nullable Builder order() {
    Sequence.Builder order = ofPosition();
    if (order == null) {
      Instant time = sourceTime();
      if (time == null) {
        return null;
      }
      order = Sequence.builder().add(time).add(DebeziumMetadata.orZero(transaction));
    }
    return order.add(commits ? Long.MAX_VALUE : DebeziumMetadata.orZero(offset));
  }

  @Override
  public void tell(LogReading log) {
    long time = DebeziumMetadata.millis(sourceTime());
    log.begin("maxwell", null, null, table(), time, time > 0);
    readPosition((file, at) -> log.position(LogKind.BINLOG, file, at));
  }

  /** The order by {@code file.000006:800911}; null where there is no such position. */
  private Sequence.@Nullable Builder ofPosition() {
    Sequence.Builder order = Sequence.builder();
    return readPosition((file, at) -> order.add(file).add(at)) ? order : null;
  }

  /** A number of a file and a position in it. */
  private interface Place {
    void take(long file, long at);
  }

  /** Gives the position; false where there is none. */
  private boolean readPosition(Place place) {
    int colon = position == null ? -1 : position.lastIndexOf(':');
    if (colon < 0) {
      return false;
    }
    long file = LogPosition.trailingNumber(position.substring(0, colon));
    String inFile = position.substring(colon + 1);
    long at = LogPosition.trailingNumber(inFile);
    if (file < 0 || at <= 0 || !Character.isDigit(inFile.charAt(0))) {
      return false;
    }
    place.take(file, at);
    return true;
  }

  @Override
  public @Nullable Instant sourceTime() {
    if (seconds == DebeziumMetadata.ABSENT) {
      return null;
    }
    return Instant.ofEpochSecond(Math.max(-MAX_SECONDS, Math.min(MAX_SECONDS, seconds)));
  }

  @Override
  public @Nullable Instant handledTime() {
    return null;
  }
}
