package org.beamlakehouse.io.internal.iceberg.values;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Values as Iceberg's internal writers and readers have them: dates are days and times microseconds
 * since their epoch, binary is a {@link ByteBuffer}, a struct an {@link InternalRow}. Writing them
 * saves an object per time value compared with Iceberg's generic records.
 */
public final class InternalValues {
  private InternalValues() {}

  /**
   * A value of this project (see {@code ColumnType}) in internal form; null stays null. Arrays are
   * wrapped, not copied.
   */
  public static Object of(Type type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> (int) ((LocalDate) value).toEpochDay();
      case TIME -> ((LocalTime) value).toNanoOfDay() / 1000;
      case TIMESTAMP ->
          micros(
              value instanceof LocalDateTime local
                  ? local.toInstant(ZoneOffset.UTC)
                  : (Instant) value);
      case BINARY, FIXED -> ByteBuffer.wrap((byte[]) value);
      case LIST -> {
        Type element = type.asListType().elementType();
        List<Object> list = new ArrayList<>();
        for (Object item : (Iterable<?>) value) {
          list.add(of(element, item));
        }
        yield list;
      }
      case MAP -> {
        Types.MapType mapType = type.asMapType();
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          map.put(of(mapType.keyType(), entry.getKey()), of(mapType.valueType(), entry.getValue()));
        }
        yield map;
      }
      case STRUCT -> {
        List<Types.NestedField> fields = type.asStructType().fields();
        List<?> values = (List<?>) value;
        Object[] struct = new Object[fields.size()];
        for (int i = 0; i < struct.length; i++) {
          struct[i] = of(fields.get(i).type(), values.get(i));
        }
        yield InternalRow.over(struct);
      }
      default -> value;
    };
  }

  /** Microseconds since the epoch, rounded down. */
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }

  /** The instant of microseconds since the epoch. */
  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
