package org.beamlakehouse.transforms.internal.cdc.avro;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.Partly;
import org.beamlakehouse.transforms.internal.cdc.value.RescuedFields;
import org.beamlakehouse.transforms.internal.cdc.value.UnavailableValue;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Readers of Avro's arrays, maps and records as lists, maps and structs. A value inside that does
 * not fit makes the whole value not fit; it is read to its end all the same.
 */
final class AvroNested {
  private AvroNested() {}

  /** The reader of an array; null where the column's type takes none. */
  static @Nullable AvroValueReader ofArray(AvroType type, ColumnType column, Declared declared) {
    if (column.kind() == ColumnType.Kind.LIST) {
      AvroValueReader elements =
          AvroValueReaderFactory.of(type.element(), column.element(), declared);
      return new ListReader(column.toString(), elements);
    }
    if (column.kind() != ColumnType.Kind.MAP || !type.isEntries()) {
      return null;
    }
    List<AvroType> entry = type.element().parts();
    return new EntriesReader(
        column.toString(),
        AvroValueReaderFactory.of(entry.get(0), column.key(), declared),
        AvroValueReaderFactory.of(entry.get(1), column.value(), declared));
  }

  /** The reader of a map; null where the column's type takes none. */
  static @Nullable AvroValueReader ofMap(AvroType type, ColumnType column, Declared declared) {
    boolean fits =
        column.kind() == ColumnType.Kind.MAP && column.key().kind() == ColumnType.Kind.STRING;
    return fits
        ? new MapReader(
            column.toString(), AvroValueReaderFactory.of(type.element(), column.value(), declared))
        : null;
  }

  /** The reader of a record as a struct. */
  static AvroValueReader ofRecord(AvroType type, ColumnType column, Declared declared) {
    List<AvroValueReader> readers = new ArrayList<>();
    int[] places = new int[type.parts().size()];
    for (int i = 0; i < places.length; i++) {
      String name = type.names().get(i);
      places[i] = -1;
      for (int j = 0; j < column.fields().size(); j++) {
        places[i] = column.fields().get(j).name().equals(name) ? j : places[i];
      }
      ColumnType field = places[i] < 0 ? null : column.fields().get(places[i]).type();
      readers.add(AvroValueReaderFactory.of(type.parts().get(i), field, declared));
    }
    return new StructReader(
        type, column, column.toBeam().getRowSchema(), List.copyOf(readers), places);
  }

  /** The first thing that does not fit, as seen from outside. */
  private static @Nullable Bad firstBad(
      @Nullable Bad known, @Nullable Object value, String expected) {
    if (known != null) {
      return known;
    }
    if (value == JsonValueReader.UNSENT) {
      return new Bad(expected, "inside it a value that was not sent");
    }
    return value instanceof Bad bad ? inside(expected, bad) : null;
  }

  private static Object whole(Object value, @Nullable RescuedFields unread) {
    return unread == null ? value : new Partly(value, unread);
  }

  private static Bad inside(String expected, Bad bad) {
    return new Bad(expected, "inside it " + bad.found() + " for " + bad.expected());
  }

  private static @Nullable Bad insideOrNull(String expected, @Nullable Bad bad) {
    return bad == null ? null : inside(expected, bad);
  }

  private record ListReader(String expected, AvroValueReader elements) implements AvroValueReader {
    @Override
    public Object read(AvroInput in) throws AvroException {
      List<Object> values = new ArrayList<>();
      Bad bad = null;
      RescuedFields unread = null;
      for (long left = in.readItemCount(); left > 0; left = in.readItemCount()) {
        for (; left > 0; left--) {
          Object value = elements.read(in);
          if (value instanceof Partly partly) {
            value = partly.value();
            unread = RescuedFields.at(unread, values.size(), partly.unread());
          }
          bad = firstBad(bad, value, expected);
          values.add(value);
        }
      }
      if (UnavailableValue.isList(values)) {
        return JsonValueReader.UNSENT;
      }
      return bad != null ? bad : whole(values, unread);
    }

    @Override
    public @Nullable Bad mismatch() {
      return insideOrNull(expected, elements.mismatch());
    }
  }

  private record MapReader(String expected, AvroValueReader values) implements AvroValueReader {
    @Override
    public Object read(AvroInput in) throws AvroException {
      Map<Object, Object> map = new LinkedHashMap<>();
      Bad bad = null;
      RescuedFields unread = null;
      for (long left = in.readItemCount(); left > 0; left = in.readItemCount()) {
        for (; left > 0; left--) {
          in.readBytes();
          String key = in.string();
          Object value = values.read(in);
          unread = RescuedFields.without(unread, key);
          if (value instanceof Partly partly) {
            value = partly.value();
            unread = RescuedFields.with(unread, key, partly.unread());
          }
          bad = firstBad(bad, value, expected);
          map.put(key, value);
        }
      }
      if (map.size() == 1 && map.containsKey(UnavailableValue.TEXT)) {
        return JsonValueReader.UNSENT;
      }
      return bad != null ? bad : whole(map, unread);
    }

    @Override
    public @Nullable Bad mismatch() {
      return insideOrNull(expected, values.mismatch());
    }
  }

  private record EntriesReader(String expected, AvroValueReader keys, AvroValueReader values)
      implements AvroValueReader {
    @Override
    public Object read(AvroInput in) throws AvroException {
      Map<Object, Object> map = new LinkedHashMap<>();
      Bad bad = null;
      RescuedFields unread = null;
      int entries = 0;
      for (long left = in.readItemCount(); left > 0; left = in.readItemCount()) {
        for (; left > 0; left--) {
          RescuedFields inEntry = null;
          Object key = keys.read(in);
          if (key instanceof Partly partly) {
            key = partly.value();
            inEntry = RescuedFields.at(inEntry, 0, partly.unread());
          }
          Object value = values.read(in);
          if (value instanceof Partly partly) {
            value = partly.value();
            inEntry = RescuedFields.at(inEntry, 1, partly.unread());
          }
          unread = RescuedFields.at(unread, entries++, inEntry);
          bad = firstBad(bad, key == null ? new Bad("a key", "null") : key, expected);
          bad = firstBad(bad, value, expected);
          map.put(key, value);
        }
      }
      return bad != null ? bad : whole(map, unread);
    }

    @Override
    public @Nullable Bad mismatch() {
      return insideOrNull(expected, keys.mismatch() != null ? keys.mismatch() : values.mismatch());
    }
  }

  private static final class StructReader implements AvroValueReader {
    private final AvroType type;
    private final ColumnType column;
    private final Schema schema;
    private final List<AvroValueReader> readers;
    private final int[] places;

    StructReader(
        AvroType type,
        ColumnType column,
        Schema schema,
        List<AvroValueReader> readers,
        int[] places) {
      this.type = type;
      this.column = column;
      this.schema = schema;
      this.readers = readers;
      this.places = places;
    }

    @Override
    public Object read(AvroInput in) throws AvroException {
      Object[] values = new Object[column.fields().size()];
      RescuedFields unread = null;
      for (int i = 0; i < places.length; i++) {
        String name = type.names().get(i);
        if (places[i] < 0) {
          unread = unread == null ? new RescuedFields() : unread;
          unread.add(name, AvroValues.json(type.parts().get(i), in));
          continue;
        }
        Object value = readers.get(i).read(in);
        if (value instanceof Partly partly) {
          value = partly.value();
          unread = RescuedFields.with(unread, name, partly.unread());
        }
        values[places[i]] = value;
      }
      Bad bad = null;
      for (int i = 0; i < values.length; i++) {
        ColumnType.Field field = column.fields().get(i);
        boolean missing = values[i] == null && field.required();
        Object value = missing ? new Bad("required field " + field.name(), "a null") : values[i];
        bad = firstBad(bad, value, column.toString());
      }
      return bad != null ? bad : whole(Row.withSchema(schema).attachValues(values), unread);
    }

    @Override
    public @Nullable Bad mismatch() {
      for (int i = 0; i < places.length; i++) {
        Bad bad = places[i] < 0 ? null : readers.get(i).mismatch();
        if (bad != null) {
          return inside(column.toString(), bad);
        }
      }
      return null;
    }
  }
}
