package org.beamlakehouse.transforms.cdc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.cdc.ValueReader.Bad;
import org.beamlakehouse.transforms.cdc.ValueReaders.UnknownFieldFlag;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Readers of lists, maps and structs. A value inside that does not fit makes the whole value not
 * fit; it is read to its end all the same.
 */
final class NestedReaders {

  private NestedReaders() {}

  static ValueReader list(ColumnType type, WireType wire, UnknownFieldFlag unknown) {
    ValueReader elements = ValueReaders.of(type.element(), wire.elements(), unknown);
    return orText(wire, new ListReader(type.toString(), elements));
  }

  /** A map is an object, or an array of pairs where its keys are no strings. */
  static ValueReader map(ColumnType type, WireType wire, UnknownFieldFlag unknown) {
    WireType none = wire.kind() == WireType.Kind.NATIVE ? WireType.NATIVE : WireType.UNKNOWN;
    ValueReader keys = ValueReaders.of(type.key(), none, unknown);
    ValueReader values = ValueReaders.of(type.value(), wire.elements(), unknown);
    boolean textKeys = type.key().kind() == ColumnType.Kind.STRING;
    return orText(wire, new MapReader(type.toString(), textKeys, keys, values));
  }

  static ValueReader struct(ColumnType type, WireType wire, UnknownFieldFlag unknown) {
    Schema schema = type.toBeam().getRowSchema();
    Map<String, Integer> places = new HashMap<>();
    List<ValueReader> readers = new ArrayList<>();
    for (ColumnType.Field field : type.fields()) {
      places.put(field.name(), readers.size());
      readers.add(ValueReaders.of(field.type(), wire.field(field.name()), unknown));
    }
    return orText(wire, new StructReader(type, schema, places, readers, unknown));
  }

  /** Also reads JSON text, as which connectors write json and hstore columns. */
  private static ValueReader orText(WireType wire, ValueReader reader) {
    if (wire.kind() != WireType.Kind.JSON_TEXT && !wire.isUntold()) {
      return reader;
    }
    return (in, token) -> {
      if (token != JsonToken.STRING) {
        return reader.read(in, token);
      }
      try {
        JsonReader inner = JsonReader.of(in.text(), in.textFrom(), in.textTo());
        JsonToken first = inner.first();
        if (!first.isNested()) {
          return Bad.of("an object or array", in, token);
        }
        Object value = reader.read(inner, first);
        return inner.isAtEnd() ? value : new Bad("JSON", "a string that is none");
      } catch (JsonException e) {
        return new Bad("JSON", "a string that is none");
      }
    };
  }

  /** The first thing that does not fit, as seen from outside. */
  private static Object firstBad(@Nullable Object known, Object value, String expected) {
    if (known != null) {
      return known;
    }
    return value instanceof Bad bad
        ? new Bad(expected, "inside it " + bad.found() + " for " + bad.expected())
        : new Bad(expected, "inside it a value that was not sent");
  }

  private static boolean isBad(@Nullable Object value) {
    return value instanceof Bad || value == ValueReader.UNSENT;
  }

  private record ListReader(String expected, ValueReader elements) implements ValueReader {
    @Override
    public Object read(JsonReader in, JsonToken token) throws JsonException {
      if (token != JsonToken.ARRAY) {
        return Bad.of(expected, in, token);
      }
      List<Object> values = new ArrayList<>();
      Object bad = null;
      boolean placeholder = false;
      boolean placeholderNumbers = true;
      JsonToken next;
      while ((next = in.nextElement()) != JsonToken.END) {
        placeholder |= values.isEmpty() && next == JsonToken.STRING && Placeholder.isElement(in);
        placeholderNumbers &=
            next == JsonToken.INTEGER
                && values.size() < Placeholder.length()
                && in.number().isLong()
                && in.number().longValue() == Placeholder.number(values.size());
        Object value = next == JsonToken.NULL ? null : elements.read(in, next);
        if (isBad(value)) {
          bad = firstBad(bad, value, expected);
        }
        values.add(value);
      }
      if ((placeholder && values.size() == 1)
          || (placeholderNumbers && values.size() == Placeholder.length())) {
        return UNSENT;
      }
      return bad != null ? bad : values;
    }
  }

  private record MapReader(String expected, boolean textKeys, ValueReader keys, ValueReader values)
      implements ValueReader {
    @Override
    public Object read(JsonReader in, JsonToken token) throws JsonException {
      if (token == JsonToken.OBJECT && textKeys) {
        return readObject(in);
      }
      return token == JsonToken.ARRAY ? readPairs(in) : Bad.of(expected, in, token);
    }

    private Object readObject(JsonReader in) throws JsonException {
      Map<Object, Object> map = new LinkedHashMap<>();
      Object bad = null;
      String key;
      while ((key = in.nextFieldName()) != null) {
        JsonToken token = in.next();
        Object value = token == JsonToken.NULL ? null : values.read(in, token);
        if (isBad(value)) {
          bad = firstBad(bad, value, expected);
        }
        map.put(key, value);
      }
      if (map.size() == 1 && map.containsKey(Placeholder.TEXT)) {
        return UNSENT;
      }
      return bad != null ? bad : map;
    }

    private Object readPairs(JsonReader in) throws JsonException {
      Map<Object, Object> map = new LinkedHashMap<>();
      Object bad = null;
      JsonToken token;
      while ((token = in.nextElement()) != JsonToken.END) {
        if (token != JsonToken.ARRAY) {
          bad = firstBad(bad, Bad.of("a pair", in, token), expected);
          continue;
        }
        Object[] pair = new Object[2];
        int length = 0;
        while ((token = in.nextElement()) != JsonToken.END) {
          if (token == JsonToken.NULL || length > 1) {
            in.skip();
          } else {
            pair[length] = (length == 0 ? keys : values).read(in, token);
          }
          length++;
        }
        if (length != 2 || pair[0] == null || isBad(pair[0]) || isBad(pair[1])) {
          Object wrong = isBad(pair[0]) ? pair[0] : pair[1];
          bad = firstBad(bad, isBad(wrong) ? wrong : new Bad("a pair", "an array"), expected);
        } else {
          map.put(pair[0], pair[1]);
        }
      }
      return bad != null ? bad : map;
    }
  }

  private record StructReader(
      ColumnType type,
      Schema schema,
      Map<String, Integer> places,
      List<ValueReader> readers,
      UnknownFieldFlag unknown)
      implements ValueReader {
    @Override
    public Object read(JsonReader in, JsonToken token) throws JsonException {
      if (token != JsonToken.OBJECT) {
        return Bad.of(type.toString(), in, token);
      }
      Object[] values = new Object[readers.size()];
      String name;
      while ((name = in.nextFieldName()) != null) {
        JsonToken next = in.next();
        Integer place = places.get(name);
        if (place == null) {
          unknown.raise();
          in.skip();
        } else {
          values[place] = next == JsonToken.NULL ? null : readers.get(place).read(in, next);
        }
      }
      Object bad = null;
      for (int i = 0; i < values.length; i++) {
        ColumnType.Field field = type.fields().get(i);
        if (isBad(values[i])) {
          bad = firstBad(bad, values[i], type.toString());
        } else if (values[i] == null && field.required()) {
          bad = firstBad(bad, new Bad("required field " + field.name(), "a null"), type.toString());
        }
      }
      return bad != null ? bad : Row.withSchema(schema).attachValues(values);
    }
  }
}
