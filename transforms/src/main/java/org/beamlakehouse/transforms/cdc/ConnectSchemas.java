package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the {@code schema} that Kafka Connect's JSON converter puts before every payload. It is the
 * same bytes for each record of a table and often longer than the record, so those bytes are
 * compared with the ones seen last and parsed only once.
 */
final class ConnectSchemas {
  private static final int REMEMBERED = 64;

  private final byte[][] texts = new byte[REMEMBERED][];
  private final WireType[] types = new WireType[REMEMBERED];
  private int size;

  /** A schema seen before: where its text ends and what it says. */
  record Known(int end, WireType type) {}

  /** The schema whose text begins at {@code from}, if it was remembered. */
  @Nullable Known find(byte[] bytes, int from) {
    for (int i = 0; i < size; i++) {
      byte[] text = texts[i];
      int end = from + text.length;
      if (end <= bytes.length && Arrays.equals(bytes, from, end, text, 0, text.length)) {
        moveToFront(i);
        return new Known(end, types[0]);
      }
    }
    return null;
  }

  /** Parses the schema between two offsets and remembers it. */
  WireType read(byte[] bytes, int from, int to) throws IOException {
    JsonParser parser = JsonInput.open(bytes, from, to).parser();
    parser.nextToken();
    WireType type = readType(parser);
    if (size < REMEMBERED) {
      size++;
    }
    texts[size - 1] = Arrays.copyOfRange(bytes, from, to);
    types[size - 1] = type;
    moveToFront(size - 1);
    return type;
  }

  private void moveToFront(int index) {
    if (index == 0) {
      return;
    }
    byte[] text = texts[index];
    WireType type = types[index];
    System.arraycopy(texts, 0, texts, 1, index);
    System.arraycopy(types, 0, types, 1, index);
    texts[0] = text;
    types[0] = type;
  }

  /** Reads one schema; anything that is no schema is unknown, never an error of the record. */
  private static WireType readType(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return WireType.UNKNOWN;
    }
    return readField(parser).type();
  }

  private record SchemaField(@Nullable String field, WireType type) {}

  private static SchemaField readField(JsonParser parser) throws IOException {
    String base = null;
    String semantic = null;
    String field = null;
    int scale = 0;
    Map<String, WireType> fields = Map.of();
    WireType element = null;
    String name;
    while ((name = parser.nextFieldName()) != null) {
      JsonToken token = parser.nextToken();
      boolean text = token == JsonToken.VALUE_STRING;
      switch (name) {
        case "type" -> base = text ? parser.getText() : skip(parser);
        case "name" -> semantic = text ? parser.getText() : skip(parser);
        case "field" -> field = text ? parser.getText() : skip(parser);
        case "parameters" -> scale = readScale(parser);
        case "fields" -> fields = readFields(parser);
        case "items", "values" -> element = readType(parser);
        default -> parser.skipChildren();
      }
    }
    if (base == null) {
      return new SchemaField(field, WireType.UNKNOWN);
    }
    WireType named = WireType.named(semantic, base, scale);
    return new SchemaField(field, new WireType(named.kind(), named.name(), scale, fields, element));
  }

  private static Map<String, WireType> readFields(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return Map.of();
    }
    Map<String, WireType> fields = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        SchemaField read = readField(parser);
        if (read.field() != null) {
          fields.put(read.field(), read.type());
        }
      } else {
        parser.skipChildren();
      }
    }
    return fields;
  }

  private static int readScale(JsonParser parser) throws IOException {
    int scale = 0;
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      String name;
      while ((name = parser.nextFieldName()) != null) {
        JsonToken token = parser.nextToken();
        if (name.equals("scale") && token.isScalarValue()) {
          scale = parser.getValueAsInt();
        } else {
          parser.skipChildren();
        }
      }
    } else {
      parser.skipChildren();
    }
    return scale;
  }

  private static @Nullable String skip(JsonParser parser) throws IOException {
    parser.skipChildren();
    return null;
  }
}
