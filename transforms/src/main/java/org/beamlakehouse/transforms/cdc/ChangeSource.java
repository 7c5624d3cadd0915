package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import org.beamlakehouse.transforms.change.Sequence;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a change says of itself: its operation, its table, its place in the source's log and its
 * times, from an envelope's {@code source} or a flattened record's {@code __} fields. One object is
 * filled again for every record.
 */
final class ChangeSource implements ChangeOrigin {
  /** Stands for a number that the record does not have. */
  static final long ABSENT = Long.MIN_VALUE;

  private static final String SOURCE_PREFIX = "source_";

  @Nullable String operation;
  boolean deleted;
  boolean flatMetadata;

  @Nullable String database;
  @Nullable String schema;
  @Nullable String table;

  @Nullable String file;
  @Nullable String commitLsn;
  @Nullable String changeLsn;
  @Nullable String rsId;
  long lsn;
  long pos;
  long row;
  long eventSerial;
  long scn;
  long ssn;
  long ord;
  long millis;
  long micros;
  long nanos;

  /** Time at which the connector handled the change (milliseconds). */
  long handledMillis;

  // Kept over records so that the same names need no new strings.
  private @Nullable String lastDatabase;
  private @Nullable String lastSchema;
  private @Nullable String lastTable;

  /** Forgets the record before. */
  void reset() {
    operation = null;
    deleted = false;
    flatMetadata = false;
    database = null;
    schema = null;
    table = null;
    resetLog();
    handledMillis = ABSENT;
  }

  private void resetLog() {
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

  /** Takes one field of an envelope's {@code source}; nested values are left to the caller. */
  void read(String name, JsonParser parser, JsonToken token) throws IOException {
    switch (name) {
      case "db" -> database = lastDatabase = text(parser, token, lastDatabase);
      case "schema" -> schema = lastSchema = text(parser, token, lastSchema);
      case "table", "collection" -> table = lastTable = text(parser, token, lastTable);
      case "file" -> file = text(parser, token, null);
      case "commit_lsn" -> commitLsn = text(parser, token, null);
      case "change_lsn" -> changeLsn = text(parser, token, null);
      case "rs_id" -> rsId = text(parser, token, null);
      case "lsn" -> lsn = number(parser, token);
      case "pos" -> pos = number(parser, token);
      case "row" -> row = number(parser, token);
      case "event_serial_no" -> eventSerial = number(parser, token);
      case "scn" -> scn = number(parser, token);
      case "ssn" -> ssn = number(parser, token);
      case "ord" -> ord = number(parser, token);
      case "ts_ms" -> millis = number(parser, token);
      case "ts_us" -> micros = number(parser, token);
      case "ts_ns" -> nanos = number(parser, token);
      default -> {
        // The rest says nothing that is needed here.
      }
    }
  }

  /** Takes one {@code __} field of a flattened record. */
  void readFlat(String name, JsonParser parser, JsonToken token) throws IOException {
    String field = name.substring(2);
    switch (field) {
      case "op" -> {
        operation = text(parser, token, null);
        flatMetadata = true;
      }
      case "deleted" -> {
        deleted = token == JsonToken.VALUE_TRUE || "true".equals(text(parser, token, null));
        flatMetadata = true;
      }
      case "ts_ms" -> handledMillis = number(parser, token);
      case "ts_us", "ts_ns" -> {
        // The connector's own clock in another unit.
      }
      default ->
          read(
              field.startsWith(SOURCE_PREFIX) ? field.substring(SOURCE_PREFIX.length()) : field,
              parser,
              token);
    }
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

  /** Time of the change in the source, in its finest unit; null where the record has none. */
  @Override
  public @Nullable Instant sourceTime() {
    if (nanos != ABSENT) {
      return TimeReaders.ofMicros(Math.floorDiv(nanos, 1_000L));
    }
    if (micros != ABSENT) {
      return TimeReaders.ofMicros(micros);
    }
    return ofMillis(millis);
  }

  @Override
  public @Nullable Instant handledTime() {
    return ofMillis(handledMillis);
  }

  /** A time in milliseconds; null where it is absent or out of range. */
  static @Nullable Instant ofMillis(long millis) {
    return millis == ABSENT ? null : TimeReaders.ofMillis(millis);
  }

  /** A number that counts as zero where the record does not have it. */
  static long orZero(long number) {
    return number == ABSENT ? 0 : number;
  }

  /** The text under the parser, as the same string as the last one where they are equal. */
  static @Nullable String text(JsonParser parser, JsonToken token, @Nullable String last)
      throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      return null;
    }
    if (last == null || last.length() != parser.getTextLength()) {
      return parser.getText();
    }
    char[] chars = parser.getTextCharacters();
    int from = parser.getTextOffset();
    for (int i = 0; i < last.length(); i++) {
      if (chars[from + i] != last.charAt(i)) {
        return parser.getText();
      }
    }
    return last;
  }

  /** A number, or a string of one (as Oracle's scn is written). */
  static long number(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getNumberType() == NumberType.BIG_INTEGER ? ABSENT : parser.getLongValue();
    }
    if (token != JsonToken.VALUE_STRING
        || parser.getTextLength() == 0
        || parser.getTextLength() > 18) {
      return ABSENT;
    }
    char[] chars = parser.getTextCharacters();
    long value = 0;
    for (int i = 0; i < parser.getTextLength(); i++) {
      char digit = chars[parser.getTextOffset() + i];
      if (digit < '0' || digit > '9') {
        return ABSENT;
      }
      value = value * 10 + digit - '0';
    }
    return value;
  }
}
