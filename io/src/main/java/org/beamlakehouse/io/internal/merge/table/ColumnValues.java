package org.beamlakehouse.io.internal.merge.table;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;

/**
 * Turns values of Iceberg's internal readers into those of this project: the way back of {@link
 * InternalValues}. Buffers, which a reader may use again, are copied.
 */
public final class ColumnValues {
  private static final Function<Object, Object> SAME = value -> value;

  private ColumnValues() {}

  /** The conversion of a type's values; null stays null. */
  static Function<Object, Object> of(Type type) {
    Function<Object, Object> conversion = ofValue(type);
    return conversion == SAME ? SAME : value -> value == null ? null : conversion.apply(value);
  }

  private static Function<Object, Object> ofValue(Type type) {
    return switch (type.typeId()) {
      case STRING -> Object::toString;
      case DATE -> days -> LocalDate.ofEpochDay((Integer) days);
      case TIME -> micros -> DateTimeUtil.timeFromMicros((Long) micros);
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? micros -> instant((Long) micros)
              : micros -> DateTimeUtil.timestampFromMicros((Long) micros);
      case BINARY, FIXED -> buffer -> bytes((ByteBuffer) buffer);
      case LIST -> list(of(type.asListType().elementType()));
      case MAP -> map(of(type.asMapType().keyType()), of(type.asMapType().valueType()));
      case STRUCT ->
          struct(type.asStructType().fields().stream().map(field -> of(field.type())).toList());
      default -> SAME;
    };
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  public static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static Function<Object, Object> list(Function<Object, Object> element) {
    return value -> {
      List<Object> list = new ArrayList<>();
      ((Iterable<?>) value).forEach(item -> list.add(element.apply(item)));
      return list;
    };
  }

  private static Function<Object, Object> map(
      Function<Object, Object> keys, Function<Object, Object> values) {
    return value -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((k, v) -> map.put(keys.apply(k), values.apply(v)));
      return map;
    };
  }

  private static Function<Object, Object> struct(List<Function<Object, Object>> fields) {
    return value -> {
      StructLike struct = (StructLike) value;
      List<Object> list = new ArrayList<>(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        list.add(fields.get(i).apply(struct.get(i, Object.class)));
      }
      return list;
    };
  }
}
