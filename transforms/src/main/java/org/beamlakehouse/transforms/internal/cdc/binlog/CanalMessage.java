package org.beamlakehouse.transforms.internal.cdc.binlog;

import java.time.Instant;
import java.util.Map;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A flat message of Canal: the rows of one statement, every value as text.
 *
 * <p><b>Order.</b> Canal does not write the position in the binlog. Its changes are ordered by
 * {@code es}, the time of the statement in the binlog (whole seconds), then by {@code ts}, when
 * Canal made the message, then by {@code id}, the batch it was sent in. The batches are numbered
 * from 1 whenever Canal starts, hence they come last; {@code ts} keeps on rising when Canal, after
 * a failure, sends changes once more. Rows of one message follow each other by their number in it.
 * Two messages of the same {@code es}, {@code ts} and {@code id} that leave a row with the same
 * values are taken for copies of one.
 */
public final class CanalMessage extends BinlogMessage {
  private static final WireType MILLIS = WireType.of(WireType.Kind.EPOCH_MILLIS, "milliseconds");
  private static final WireType MESSAGE = WireType.ofFields(Map.of("es", MILLIS, "ts", MILLIS));

  private boolean ddl;
  private long executedMillis;
  private long builtMillis;
  private long batch;

  public CanalMessage(CellList wanted) {
    super(WireType.TEXT, MESSAGE, wanted);
  }

  @Override
  String connector() {
    return "Canal";
  }

  @Override
  @Nullable Action action() {
    String type = type();
    if (type == null || (ddl && !type.equals("TRUNCATE"))) {
      return null;
    }
    return switch (type) {
      case "INSERT" -> Action.INSERT;
      case "UPDATE" -> Action.UPDATE;
      case "DELETE" -> Action.DELETE;
      case "TRUNCATE" -> Action.TRUNCATE;
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
      case "CREATE", "ALTER", "ERASE", "RENAME", "CINDEX", "DINDEX", "QUERY" ->
          SkipReason.SCHEMA_CHANGE;
      case "GTID", "XACOMMIT", "XAROLLBACK" -> SkipReason.TRANSACTION;
      case "MHEARTBEAT" -> SkipReason.HEARTBEAT;
      default -> ddl ? SkipReason.SCHEMA_CHANGE : null;
    };
  }

  @Override
  void resetLog() {
    ddl = false;
    executedMillis = DebeziumMetadata.ABSENT;
    builtMillis = DebeziumMetadata.ABSENT;
    batch = DebeziumMetadata.ABSENT;
  }

  @Override
  void readLog(String name, JsonReader in, JsonToken token) {
    switch (name) {
      case "isDdl" -> ddl = token == JsonToken.TRUE;
      case "es" -> executedMillis = DebeziumMetadata.told(DebeziumMetadata.number(in, token));
      case "ts" -> builtMillis = DebeziumMetadata.told(DebeziumMetadata.number(in, token));
      case "id" -> batch = DebeziumMetadata.number(in, token);
      default -> {
        // The types of the source's columns, its key and its SQL are not needed here.
      }
    }
  }

  /** There are times only, whose order a new log goes on with. */
  @Override
  public void tell(LogReading log) {
    log.begin("canal", null, null, table(), LogReading.NO_TIME, false);
  }

  @Override
  public Sequence.@Nullable Builder order() {
    Instant time = sourceTime();
    return time == null
        ? null
        : Sequence.builder()
            .add(time)
            .add(DebeziumMetadata.orZero(builtMillis))
            .add(DebeziumMetadata.orZero(batch));
  }

  @Override
  public @Nullable Instant sourceTime() {
    return DebeziumMetadata.ofMillis(executedMillis);
  }

  @Override
  public @Nullable Instant handledTime() {
    return DebeziumMetadata.ofMillis(builtMillis);
  }
}
