package org.beamlakehouse.testing.spark;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.ByteBuffers;
import org.checkerframework.checker.nullness.qual.Nullable;

/** One text for equal values, asked of Spark and made of what Iceberg's generic reader gives. */
final class SparkText {
  private static final String NULL = "null";

  private SparkText() {}

  /** A Spark expression for a column's text. */
  static String sql(Types.NestedField column) {
    String text =
        switch (column.type().typeId()) {
          case BINARY, FIXED -> "hex(%s)";
          case TIMESTAMP -> "unix_micros(CAST(%s AS TIMESTAMP))";
          case DATE -> "unix_date(%s)";
          default -> "%s";
        };
    return "coalesce(CAST("
        + text.formatted("`" + column.name() + "`")
        + " AS STRING), '"
        + NULL
        + "')";
  }

  /** The texts of a row's columns as Spark gives them, separated by tabs. */
  static String of(Schema schema, Map<String, Object> row) {
    return schema.columns().stream()
        .map(column -> of(row.get(column.name())))
        .collect(Collectors.joining("\t"));
  }

  private static String of(@Nullable Object value) {
    if (value instanceof ByteBuffer bytes) {
      return HexFormat.of().withUpperCase().formatHex(ByteBuffers.toByteArray(bytes));
    }
    if (value instanceof OffsetDateTime time) {
      return String.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant()));
    }
    if (value instanceof LocalDateTime time) {
      return of(time.atOffset(ZoneOffset.UTC));
    }
    return value instanceof LocalDate day
        ? String.valueOf(day.toEpochDay())
        : String.valueOf(value);
  }
}
