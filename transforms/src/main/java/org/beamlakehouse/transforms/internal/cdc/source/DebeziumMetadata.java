package org.beamlakehouse.transforms.internal.cdc.source;

import java.time.Instant;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.log.LogReading;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a change says of itself: its operation, its table, its place in the source's log and its
 * times, from an envelope's {@code source} or a flattened record's {@code __} fields. One object is
 * filled again for every record.
 *
 * <p>A place or a time that is zero or empty is not told: connectors write that where they do not
 * know it.
 */
public final class DebeziumMetadata implements ChangeMetadata {
  /** Stands for a number that the record does not have. */
  public static final long ABSENT = Long.MIN_VALUE;

  public @Nullable String operation;
  boolean deleted;
  public boolean flatMetadata;

  /** True where there is something that says what an update changed. */
  public boolean partial;

  @Nullable String database;
  @Nullable String schema;
  public @Nullable String table;

  @Nullable String connector;
  @Nullable String server;

  /** What kind of snapshot read the row: {@code incremental}, {@code true}, {@code last}… */
  @Nullable String snapshot;

  @Nullable String file;
  @Nullable String commitLsn;
  @Nullable String changeLsn;
  @Nullable String rsId;
  long lsn;

  /** Where the last transaction ended before this one: the first number of {@code sequence}. */
  long lastCommit;

  /** Where the change stands: the second number of {@code sequence}. */
  long sequenceLsn;

  long pos;
  long row;
  long eventSerial;
  long scn;
  long ssn;
  long ord;
  public long millis;
  long micros;
  long nanos;

  /** Time at which the connector handled the change (milliseconds). */
  long handledMillis;

  // Kept over records so that the same names need no new strings.
  private @Nullable String lastConnector;
  private @Nullable String lastServer;
  private @Nullable String lastDatabase;
  private @Nullable String lastSchema;
  private @Nullable String lastTable;
  private @Nullable String lastSnapshot;
  private @Nullable String lastFile;

  /** Identity of the server that wrote the log. */
  long serverId;

  private long logNumber;

  /** Forgets the record before. */
  public void reset() {
    operation = null;
    deleted = false;
    flatMetadata = false;
    partial = false;
    database = null;
    schema = null;
    table = null;
    resetLog();
    handledMillis = ABSENT;
  }

  private void resetLog() {
    connector = null;
    server = null;
    snapshot = null;
    logNumber = 0;
    serverId = ABSENT;
    lastCommit = ABSENT;
    sequenceLsn = ABSENT;
    file = null;
    commitLsn = null;
    changeLsn = null;
    rsId = null;
    lsn = ABSENT;
    pos = ABSENT;
    row = ABSENT;
    eventSerial = ABSENT;
    scn = ABSENT;
    ssn = ABSENT;
    ord = ABSENT;
    millis = ABSENT;
    micros = ABSENT;
    nanos = ABSENT;
  }

  /** Takes one field; nested values are left to the caller. */
  public void read(DebeziumField item, JsonReader in, JsonToken token) {
    switch (item) {
      case OPERATION -> {
        operation = text(in, token, null);
        flatMetadata = true;
      }
      case DELETED -> {
        deleted = token == JsonToken.TRUE || (token == JsonToken.STRING && in.isText("true"));
        flatMetadata = true;
      }
      case DATABASE -> database = lastDatabase = text(in, token, lastDatabase);
      case SCHEMA -> schema = lastSchema = text(in, token, lastSchema);
      case TABLE -> table = lastTable = text(in, token, lastTable);
      case CONNECTOR -> connector = lastConnector = text(in, token, lastConnector);
      case SERVER -> server = lastServer = text(in, token, lastServer);
      case SERVER_ID -> serverId = told(number(in, token));
      case SNAPSHOT -> {
        lastSnapshot = token == JsonToken.TRUE ? "true" : text(in, token, lastSnapshot);
        snapshot = lastSnapshot;
      }
      case SEQUENCE -> readSequence(in, token);
      case FILE -> file = filled(lastFile = text(in, token, lastFile));
      case COMMIT_LSN -> commitLsn = place(text(in, token, null));
      case CHANGE_LSN -> changeLsn = text(in, token, null);
      case RS_ID -> rsId = text(in, token, null);
      case LSN -> lsn = told(number(in, token));
      case POS -> pos = told(number(in, token));
      case ROW -> row = number(in, token);
      case EVENT_SERIAL -> eventSerial = number(in, token);
      case SCN -> scn = told(number(in, token));
      case SSN -> ssn = number(in, token);
      case ORD -> ord = number(in, token);
      case MILLIS -> millis = told(number(in, token));
      case MICROS -> micros = told(number(in, token));
      case NANOS -> nanos = told(number(in, token));
      case HANDLED_MILLIS -> readHandledTime(in, token);
      case OTHER -> {
        // Read over by the caller.
      }
    }
  }

  /** Takes the time at which the connector handled the change. */
  public void readHandledTime(JsonReader in, JsonToken token) {
    handledMillis = told(number(in, token));
  }

  /** Reads {@code ["24023119","24023128"]}, a text; either may be null. */
  private void readSequence(JsonReader in, JsonToken token) {
    if (token != JsonToken.STRING) {
      return;
    }
    byte[] text = in.text();
    int element = 0;
    long value = ABSENT;
    for (int i = in.textFrom(); i < in.textTo(); i++) {
      byte c = text[i];
      if (c >= '0' && c <= '9') {
        // More than 18 digits are no position.
        value = value == ABSENT ? c - '0' : Math.min(value, Long.MAX_VALUE / 20) * 10 + c - '0';
      } else if (c == ',' || c == ']') {
        if (element == 0) {
          lastCommit = told(value);
        } else if (element == 1) {
          sequenceLsn = told(value);
        }
        element++;
        value = ABSENT;
      }
    }
  }

  /** Settles the operation of a flattened record that was read; true where it deletes. */
  public boolean settleFlattened() {
    if (deleted) {
      operation = "d";
    } else if (operation == null) {
      operation = "u";
    }
    return operation.equals("d");
  }

  @Override
  public @Nullable String database() {
    return database;
  }

  @Override
  public @Nullable String schema() {
    return schema;
  }

  @Override
  public @Nullable String table() {
    return table;
  }

  @Override
  public Sequence.@Nullable Builder order() {
    return LogPosition.of(this);
  }

  @Override
  public void tell(LogReading log) {
    long time = millis(sourceTime());
    // The rows of an incremental snapshot are read beside the log, and stand in no place of it.
    boolean placed = time > 0 && !"incremental".equals(snapshot);
    log.begin(
        connector, server, "sqlserver".equals(connector) ? database : null, table, time, placed);
    log.handled(millis(handledTime()));
    log.writtenBy(orZero(serverId));
    LogPosition.tell(this, log);
  }

  @Override
  public long logNumber() {
    return logNumber;
  }

  @Override
  public void belongsTo(long number) {
    logNumber = number;
  }

  /** Time of the change in the source, in its finest unit; null where the record has none. */
  @Override
  public @Nullable Instant sourceTime() {
    if (nanos != ABSENT) {
      return ofMicros(Math.floorDiv(nanos, 1_000L));
    }
    return micros != ABSENT ? ofMicros(micros) : ofMillis(millis);
  }

  @Override
  public @Nullable Instant handledTime() {
    return ofMillis(handledMillis);
  }

  /** A time in milliseconds, in range or not; null where it is absent. */
  public static @Nullable Instant ofMillis(long millis) {
    return millis == ABSENT ? null : Instant.ofEpochMilli(millis);
  }

  private static Instant ofMicros(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
  }

  /** Milliseconds of a time; none where it is not told, or out of range. */
  public static long millis(@Nullable Instant time) {
    boolean fits = time != null && Math.abs(time.getEpochSecond()) < Long.MAX_VALUE / 1_000;
    return fits ? time.toEpochMilli() : LogReading.NO_TIME;
  }

  /** A place or a time; zero stands for one that is not known. */
  public static long told(long number) {
    return number == 0 ? ABSENT : number;
  }

  private static @Nullable String filled(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /** A place in hexadecimal digits; null where all are zero, or there are none. */
  private static @Nullable String place(@Nullable String digits) {
    for (int i = 0; digits != null && i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), 16) > 0) {
        return digits;
      }
    }
    return null;
  }

  /** A number that counts as zero where the record does not have it. */
  public static long orZero(long number) {
    return number == ABSENT ? 0 : number;
  }

  /** The text under the reader, as the same string as the last one where they are equal. */
  public static @Nullable String text(JsonReader in, JsonToken token, @Nullable String last) {
    return token == JsonToken.STRING ? in.string(last) : null;
  }

  /** A number, or a string of one (as Oracle's scn is written). */
  public static long number(JsonReader in, JsonToken token) {
    if (token == JsonToken.INTEGER) {
      return in.number().isLong() ? in.number().longValue() : ABSENT;
    }
    if (token != JsonToken.STRING || in.textLength() == 0 || in.textLength() > 18) {
      return ABSENT;
    }
    byte[] text = in.text();
    long value = 0;
    for (int i = in.textFrom(); i < in.textTo(); i++) {
      if (text[i] < '0' || text[i] > '9') {
        return ABSENT;
      }
      value = value * 10 + text[i] - '0';
    }
    return value;
  }
}
