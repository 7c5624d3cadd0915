package org.beamlakehouse.transforms.internal.sql.type;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.beamlakehouse.transforms.internal.sql.function.TemporalFunctions;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Values between the Java classes of {@link ColumnType} and those of the generated code. */
@FunctionalInterface
public interface ValueConversion {

  /** Converts a value that is not null. */
  Object convert(Object value);

  ValueConversion NONE = value -> value;

  /** Converts an input; timestamps and times become microseconds. */
  static ValueConversion in(ColumnType type) {
    return switch (type.kind()) {
      case TIME -> value -> ((LocalTime) value).toNanoOfDay() / 1_000;
      case TIMESTAMP -> value -> TemporalFunctions.micros((LocalDateTime) value);
      case TIMESTAMPTZ -> value -> TemporalFunctions.micros((Instant) value);
      default -> nestedIn(type);
    };
  }

  /** Converts an element of a list or map; timestamps and times become milliseconds. */
  private static ValueConversion nestedIn(ColumnType type) {
    return switch (type.kind()) {
      case DATE -> value -> Math.toIntExact(((LocalDate) value).toEpochDay());
      case TIME ->
          value -> TemporalFunctions.timeToMillis(((LocalTime) value).toNanoOfDay() / 1_000);
      case TIMESTAMP ->
          value -> TemporalFunctions.toMillis(TemporalFunctions.micros((LocalDateTime) value));
      case TIMESTAMPTZ ->
          value -> TemporalFunctions.toMillis(TemporalFunctions.micros((Instant) value));
      case UUID -> Object::toString;
      case BINARY, FIXED -> value -> new ByteString((byte[]) value);
      case LIST -> list(nestedIn(type.element()));
      case MAP -> map(nestedIn(type.key()), nestedIn(type.value()));
      default -> NONE;
    };
  }

  /** Converts a result; timestamps and times come in microseconds. */
  static ValueConversion out(ColumnType type) {
    return switch (type.kind()) {
      case TIME -> value -> TemporalFunctions.localTime(((Number) value).longValue());
      case TIMESTAMP -> value -> TemporalFunctions.localDateTime(((Number) value).longValue());
      case TIMESTAMPTZ -> value -> TemporalFunctions.instant(((Number) value).longValue());
      default -> nestedOut(type);
    };
  }

  private static ValueConversion nestedOut(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN, STRING -> NONE;
      case INT -> value -> ((Number) value).intValue();
      case LONG -> value -> ((Number) value).longValue();
      case FLOAT -> value -> ((Number) value).floatValue();
      case DOUBLE -> value -> ((Number) value).doubleValue();
      case DECIMAL -> value -> decimal(value, type);
      case DATE -> value -> LocalDate.ofEpochDay(((Number) value).longValue());
      case TIME -> value -> TemporalFunctions.localTime(((Number) value).longValue() * 1_000);
      case TIMESTAMP, TIMESTAMPTZ ->
          value ->
              TemporalFunctions.localDateTime(
                  TemporalFunctions.toMicros(((Number) value).longValue()));
      case UUID -> value -> UUID.fromString((String) value);
      case BINARY -> value -> ((ByteString) value).getBytes();
      case FIXED -> value -> fixed(((ByteString) value).getBytes(), type.length());
      case LIST -> list(nestedOut(type.element()));
      case MAP -> map(nestedOut(type.key()), nestedOut(type.value()));
      case STRUCT -> throw new IllegalArgumentException("a struct is no result");
    };
  }

  private static BigDecimal decimal(Object value, ColumnType type) {
    BigDecimal number =
        value instanceof BigDecimal exact ? exact : new BigDecimal(value.toString());
    BigDecimal scaled = number.setScale(type.scale(), RoundingMode.HALF_UP);
    if (scaled.precision() > type.precision()) {
      throw new ArithmeticException("overflow of " + type);
    }
    return scaled;
  }

  private static byte[] fixed(byte[] bytes, int length) {
    if (bytes.length != length) {
      throw new IllegalArgumentException("wrong length");
    }
    return bytes;
  }

  private static ValueConversion list(ValueConversion element) {
    return value -> {
      List<@Nullable Object> result = new ArrayList<>();
      for (Object each : (Iterable<?>) value) {
        result.add(each == null ? null : element.convert(each));
      }
      return result;
    };
  }

  private static ValueConversion map(ValueConversion key, ValueConversion element) {
    return value -> {
      Map<Object, @Nullable Object> result = new LinkedHashMap<>();
      ((Map<?, ?>) value)
          .forEach((k, v) -> result.put(key.convert(k), v == null ? null : element.convert(v)));
      return result;
    };
  }
}
