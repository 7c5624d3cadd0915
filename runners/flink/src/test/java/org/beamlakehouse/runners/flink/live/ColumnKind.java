package org.beamlakehouse.runners.flink.live;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A type of a column in PostgreSQL and in the lake: its values at random, and one text for each
 * value, made from what either side gives.
 */
enum ColumnKind {
  LONG("bigint", "integer", "long"),
  TEXT("text", "string", "string"),
  /**
   * Mostly longer than PostgreSQL keeps within a row, so that it is not logged with each update.
   */
  LONG_TEXT("text", "string", "string"),
  DECIMAL("numeric(12,2)", "number", "decimal(12,2)"),
  DOUBLE("double precision", "number", "double"),
  BOOLEAN("boolean", "boolean", "boolean"),
  DATE("date", "date", "date"),
  TIME("time", "time", "time"),
  TIMESTAMP("timestamp", "timestamp", "timestamp"),
  TIMESTAMPTZ("timestamptz", "timestamp", "timestamptz"),
  BYTES("bytea", "string", "binary"),
  UNIQUE("uuid", "string", "uuid"),
  JSON("jsonb", "string", "string");

  private static final String[] WORDS = {
    "", "ink", "O''Hara", "back\\slash", "null", "öä", "漢字", "🦀", "\"quoted\"", "two\nlines"
  };

  private final String postgres;
  private final String logical;
  private final String physical;

  ColumnKind(String postgres, String logical, String physical) {
    this.postgres = postgres;
    this.logical = logical;
    this.physical = physical;
  }

  /** The type as PostgreSQL's DDL names it. */
  String postgres() {
    return postgres;
  }

  /** The type in a contract. */
  String contract() {
    return "logicalType: " + logical + ", physicalType: \"" + physical + "\"";
  }

  /** Whether PostgreSQL may store a value out of line. */
  boolean isToasted() {
    return this == LONG_TEXT || this == BYTES || this == JSON;
  }

  /** A literal of SQL, now and then null. */
  String literal(Random random) {
    return random.nextInt(12) == 0 ? "null" : value(random);
  }

  private String value(Random random) {
    return switch (this) {
      case LONG -> Long.toString(random.nextLong(-1_000, 1_000));
      case TEXT -> "'" + WORDS[random.nextInt(WORDS.length)] + random.nextInt(5) + "'";
      case LONG_TEXT -> random.nextInt(4) == 0 ? "'short'" : "'" + letters(random, 2_200) + "'";
      case DECIMAL -> BigDecimal.valueOf(random.nextInt(-99_999, 99_999), 2).toPlainString();
      case DOUBLE -> Double.toString(random.nextInt(1_000) / 7.0);
      case BOOLEAN -> Boolean.toString(random.nextBoolean());
      case DATE -> "date '1950-01-01' + " + random.nextInt(40_000);
      case TIME -> "time '00:00' + " + random.nextLong(86_400_000_000L) + " * interval '1 us'";
      case TIMESTAMP -> "timestamp '1960-01-01' + " + interval(random);
      case TIMESTAMPTZ -> "timestamptz '1960-01-01Z' + " + interval(random);
      case BYTES ->
          "decode('"
              + HexFormat.of().formatHex(bytes(random, random.nextInt(8) == 0 ? 2_200 : 9))
              + "', 'hex')";
      case UNIQUE -> "'" + new UUID(random.nextLong(), random.nextLong()) + "'";
      case JSON ->
          "'{\"n\": %d, \"a\": [1, null, \"ö\"], \"o\": {\"t\": %b}, \"s\": \"%s\"}'"
              .formatted(
                  random.nextInt(9),
                  random.nextBoolean(),
                  random.nextInt(8) == 0 ? letters(random, 4_000) : "s");
    };
  }

  private static String interval(Random random) {
    return random.nextLong(2_500_000_000_000_000L) + " * interval '1 us'";
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String letters(Random random, int length) {
    return HexFormat.of().formatHex(bytes(random, length / 2));
  }

  /** The text of a value that PostgreSQL wrote in UTC and its default formats. */
  @Nullable String ofPostgres(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return switch (this) {
      case DOUBLE -> Double.toString(Double.parseDouble(text));
      case BOOLEAN -> text.startsWith("t") ? "true" : "false";
      case TIME -> LocalTime.parse(text).toString();
      case TIMESTAMP -> LocalDateTime.parse(text.replace(' ', 'T')).toString();
      case TIMESTAMPTZ -> OffsetDateTime.parse(text.replace(' ', 'T') + ":00").toInstant() + "";
      case BYTES -> text.substring("\\x".length());
      default -> text;
    };
  }

  /** The text of a value as Iceberg's generic reader gives it. */
  @Nullable String ofIceberg(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (this) {
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case DATE -> ((LocalDate) value).toString();
      case TIME -> ((LocalTime) value).toString();
      case TIMESTAMP -> ((LocalDateTime) value).toString();
      case TIMESTAMPTZ -> ((OffsetDateTime) value).toInstant().toString();
      case BYTES -> {
        byte[] bytes = new byte[((ByteBuffer) value).remaining()];
        ((ByteBuffer) value).duplicate().get(bytes);
        yield HexFormat.of().formatHex(bytes);
      }
      default -> value.toString();
    };
  }
}
