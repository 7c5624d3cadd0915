package org.beamlakehouse.transforms.internal.pack;

import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Brings the values of one type from one form into the other: structs are rows in Beam rows and
 * lists in the merge rules. All other values are the same in both, but for times: the rules see
 * them in microseconds, as they are stored.
 */
@FunctionalInterface
interface ValueForm extends Serializable {
  ValueForm SAME = value -> value;

  @Nullable Object apply(@Nullable Object value);

  /** From Beam rows to the merge rules. */
  static ValueForm toRule(ColumnType type) {
    return switch (type.kind()) {
      case STRUCT -> rowToList(type);
      case TIME, TIMESTAMP, TIMESTAMPTZ -> ValueForm::micros;
      default -> within(type, ValueForm::toRule);
    };
  }

  /** A value without what a time has beyond microseconds. */
  static @Nullable Object micros(@Nullable Object value) {
    if (value instanceof Instant time) {
      return time.getNano() % 1_000 == 0 ? time : time.truncatedTo(ChronoUnit.MICROS);
    } else if (value instanceof LocalDateTime time) {
      return time.getNano() % 1_000 == 0 ? time : time.truncatedTo(ChronoUnit.MICROS);
    } else if (value instanceof LocalTime time) {
      return time.getNano() % 1_000 == 0 ? time : time.truncatedTo(ChronoUnit.MICROS);
    }
    return value;
  }

  /** From the merge rules to Beam rows. */
  static ValueForm toBeam(ColumnType type) {
    return type.kind() == Kind.STRUCT ? listToRow(type) : within(type, ValueForm::toBeam);
  }

  /** The form of collections is that of their parts; {@link #SAME} where no struct is in them. */
  private static ValueForm within(ColumnType type, Function<ColumnType, ValueForm> part) {
    if (type.kind() == Kind.LIST) {
      ValueForm element = part.apply(type.element());
      return element == SAME ? SAME : list(element);
    }
    if (type.kind() == Kind.MAP) {
      ValueForm key = part.apply(type.key());
      ValueForm value = part.apply(type.value());
      return key == SAME && value == SAME ? SAME : map(key, value);
    }
    return SAME;
  }

  private static ValueForm list(ValueForm element) {
    return value -> {
      if (value == null) {
        return null;
      }
      List<Object> list = new ArrayList<>();
      for (Object item : (Collection<?>) value) {
        list.add(element.apply(item));
      }
      return Collections.unmodifiableList(list);
    };
  }

  private static ValueForm map(ValueForm key, ValueForm value) {
    return entries -> {
      if (entries == null) {
        return null;
      }
      Map<Object, Object> map = new LinkedHashMap<>();
      ((Map<?, ?>) entries).forEach((k, v) -> map.put(key.apply(k), value.apply(v)));
      return Collections.unmodifiableMap(map);
    };
  }

  private static ValueForm rowToList(ColumnType type) {
    List<ValueForm> fields = type.fields().stream().map(f -> toRule(f.type())).toList();
    return value -> {
      if (value == null) {
        return null;
      }
      Row row = (Row) value;
      List<Object> list = new ArrayList<>(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        list.add(fields.get(i).apply(row.getValue(i)));
      }
      return Collections.unmodifiableList(list);
    };
  }

  private static ValueForm listToRow(ColumnType type) {
    List<ValueForm> fields = type.fields().stream().map(f -> toBeam(f.type())).toList();
    Schema schema = type.toBeam().getRowSchema();
    return value -> {
      if (value == null) {
        return null;
      }
      List<?> list = (List<?>) value;
      List<Object> values = new ArrayList<>(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        values.add(fields.get(i).apply(list.get(i)));
      }
      return Row.withSchema(schema).attachValues(values);
    };
  }
}
