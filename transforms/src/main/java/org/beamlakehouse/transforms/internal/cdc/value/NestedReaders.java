package org.beamlakehouse.transforms.internal.cdc.value;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Readers of lists, maps and structs. A value inside that does not fit makes the whole value not
 * fit; it is read to its end all the same. One with fields that no type names is {@link Partly}
 * read.
 */
final class NestedReaders {

  private NestedReaders() {}

  static JsonValueReader of(ColumnType type, WireType wire, Declared declared) {
    JsonValueReader values = ofNested(type, wire, declared);
    if (wire.kind() == WireType.Kind.JSON_TEXT) {
      return orText(values, values);
    }
    return wire.isUntold() ? orText(values, ofNested(type, WireType.JSON_TEXT, declared)) : values;
  }

  private static JsonValueReader ofNested(ColumnType type, WireType wire, Declared declared) {
    return switch (type.kind()) {
      case LIST ->
          new ListReader(
              type.toString(),
              JsonValueReaderFactory.of(type.element(), wire.elements(), declared));
      case MAP -> map(type, wire, declared);
      default -> struct(type, wire, declared);
    };
  }

  /** A map is an object, or an array of pairs where its keys are no strings. */
  private static JsonValueReader map(ColumnType type, WireType wire, Declared declared) {
    WireType keyType =
        switch (wire.elements().kind()) {
          case NATIVE, DOCUMENT -> WireType.NATIVE;
          default -> WireType.UNKNOWN;
        };
    JsonValueReader keys = JsonValueReaderFactory.of(type.key(), keyType, declared);
    JsonValueReader values = JsonValueReaderFactory.of(type.value(), wire.elements(), declared);
    boolean textKeys = type.key().kind() == ColumnType.Kind.STRING;
    return new MapReader(type.toString(), textKeys, keys, values);
  }

  private static JsonValueReader struct(ColumnType type, WireType wire, Declared declared) {
    Schema schema = type.toBeam().getRowSchema();
    Map<String, Integer> places = new HashMap<>();
    List<JsonValueReader> readers = new ArrayList<>();
    for (ColumnType.Field field : type.fields()) {
      places.put(field.name(), readers.size());
      readers.add(JsonValueReaderFactory.of(field.type(), wire.field(field.name()), declared));
    }
    return new StructReader(type, schema, places, readers);
  }

  /** Also reads JSON text, as which connectors write json and hstore columns. */
  private static JsonValueReader orText(JsonValueReader values, JsonValueReader inText) {
    return (in, token) -> {
      if (token != JsonToken.STRING) {
        return values.read(in, token);
      }
      if (in.holdsHalfPair()) {
        return new Bad("JSON", JsonValueReaderFactory.HALF_PAIR);
      }
      try {
        JsonReader inner = JsonReader.of(in.text(), in.textFrom(), in.textTo());
        JsonToken first = inner.first();
        if (!first.isNested()) {
          return Bad.of("an object or array", in, token);
        }
        Object value = inText.read(inner, first);
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

  private static Object whole(Object value, @Nullable RescuedFields unread) {
    return unread == null ? value : new Partly(value, unread);
  }

  private static boolean isBad(@Nullable Object value) {
    return value instanceof Bad || value == JsonValueReader.UNSENT;
  }

  private record ListReader(String expected, JsonValueReader elements) implements JsonValueReader {
    @Override
    public Object read(JsonReader in, JsonToken token) throws JsonException {
      if (token != JsonToken.ARRAY) {
        return Bad.of(expected, in, token);
      }
      List<Object> values = new ArrayList<>();
      Object bad = null;
      RescuedFields unread = null;
      boolean placeholder = false;
      boolean placeholderNumbers = true;
      JsonToken next;
      while ((next = in.nextElement()) != JsonToken.END) {
        placeholder |=
            values.isEmpty() && next == JsonToken.STRING && UnavailableValue.isElement(in);
        placeholderNumbers &=
            next == JsonToken.INTEGER
                && values.size() < UnavailableValue.length()
                && in.number().isLong()
                && in.number().longValue() == UnavailableValue.number(values.size());
        Object value = next == JsonToken.NULL ? null : elements.read(in, next);
        if (value instanceof Partly partly) {
          value = partly.value();
          unread = RescuedFields.at(unread, values.size(), partly.unread());
        } else if (isBad(value)) {
          bad = firstBad(bad, value, expected);
        }
        values.add(value);
      }
      if ((placeholder && values.size() == 1)
          || (placeholderNumbers && values.size() == UnavailableValue.length())) {
        return UNSENT;
      }
      return bad != null ? bad : whole(values, unread);
    }
  }

  private record MapReader(
      String expected, boolean textKeys, JsonValueReader keys, JsonValueReader values)
      implements JsonValueReader {
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
      RescuedFields unread = null;
      String key;
      while ((key = in.nextFieldName()) != null) {
        if (in.holdsHalfPair()) {
          bad = firstBad(bad, new Bad("a key", JsonValueReaderFactory.HALF_PAIR), expected);
        }
        if (map.containsKey(key)) {
          in.noteRepeated();
          unread = RescuedFields.without(unread, key);
        }
        JsonToken token = in.next();
        Object value = token == JsonToken.NULL ? null : values.read(in, token);
        if (value instanceof Partly partly) {
          value = partly.value();
          unread = RescuedFields.with(unread, key, partly.unread());
        } else if (isBad(value)) {
          bad = firstBad(bad, value, expected);
        }
        map.put(key, value);
      }
      if (map.size() == 1 && map.containsKey(UnavailableValue.TEXT)) {
        return UNSENT;
      }
      return bad != null ? bad : whole(map, unread);
    }

    private Object readPairs(JsonReader in) throws JsonException {
      Map<Object, Object> map = new LinkedHashMap<>();
      Object bad = null;
      RescuedFields unread = null;
      int pairs = 0;
      JsonToken token;
      while ((token = in.nextElement()) != JsonToken.END) {
        if (token != JsonToken.ARRAY) {
          bad = firstBad(bad, Bad.of("a pair", in, token), expected);
          continue;
        }
        Object[] pair = new Object[2];
        RescuedFields unreadInPair = null;
        int length = 0;
        while ((token = in.nextElement()) != JsonToken.END) {
          if (token == JsonToken.NULL || length > 1) {
            in.skip();
          } else {
            pair[length] = (length == 0 ? keys : values).read(in, token);
            if (pair[length] instanceof Partly partly) {
              pair[length] = partly.value();
              unreadInPair = RescuedFields.at(unreadInPair, length, partly.unread());
            }
          }
          length++;
        }
        unread = RescuedFields.at(unread, pairs++, unreadInPair);
        if (length != 2 || pair[0] == null || isBad(pair[0]) || isBad(pair[1])) {
          Object wrong = isBad(pair[0]) ? pair[0] : pair[1];
          bad = firstBad(bad, isBad(wrong) ? wrong : new Bad("a pair", "an array"), expected);
        } else {
          map.put(pair[0], pair[1]);
        }
      }
      return bad != null ? bad : whole(map, unread);
    }
  }

  private record StructReader(
      ColumnType type, Schema schema, Map<String, Integer> places, List<JsonValueReader> readers)
      implements JsonValueReader {
    @Override
    public Object read(JsonReader in, JsonToken token) throws JsonException {
      if (token != JsonToken.OBJECT) {
        return Bad.of(type.toString(), in, token);
      }
      Object[] values = new Object[readers.size()];
      RescuedFields unread = null;
      String name;
      while ((name = in.nextFieldName()) != null) {
        JsonToken next = in.next();
        Integer place = places.get(name);
        if (place == null) {
          int from = in.start();
          in.skip();
          unread = unread == null ? new RescuedFields() : unread;
          unread.add(name, in.json(from, in.end()));
          continue;
        }
        if (values[place] != null) {
          in.noteRepeated();
          unread = RescuedFields.without(unread, name);
        }
        Object value = next == JsonToken.NULL ? null : readers.get(place).read(in, next);
        if (value instanceof Partly partly) {
          value = partly.value();
          unread = RescuedFields.with(unread, name, partly.unread());
        }
        values[place] = value;
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
      return bad != null ? bad : whole(Row.withSchema(schema).attachValues(values), unread);
    }
  }
}
