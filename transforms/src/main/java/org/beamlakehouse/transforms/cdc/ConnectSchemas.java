package org.beamlakehouse.transforms.cdc;

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
  WireType read(byte[] bytes, int from, int to) throws JsonException {
    JsonReader in = JsonReader.of(bytes, from, to);
    WireType type = readType(in, in.first());
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
  private static WireType readType(JsonReader in, JsonToken token) throws JsonException {
    if (token != JsonToken.OBJECT) {
      in.skip();
      return WireType.UNKNOWN;
    }
    return readField(in).type();
  }

  private record SchemaField(@Nullable String field, WireType type) {}

  private static SchemaField readField(JsonReader in) throws JsonException {
    String base = null;
    String semantic = null;
    String field = null;
    int scale = 0;
    Map<String, WireType> fields = Map.of();
    WireType element = null;
    String name;
    while ((name = in.nextFieldName()) != null) {
      JsonToken token = in.next();
      boolean text = token == JsonToken.STRING;
      switch (name) {
        case "type" -> base = text ? in.string() : skip(in);
        case "name" -> semantic = text ? in.string() : skip(in);
        case "field" -> field = text ? in.string() : skip(in);
        case "parameters" -> scale = readScale(in, token);
        case "fields" -> fields = readFields(in, token);
        case "items", "values" -> element = readType(in, token);
        default -> in.skip();
      }
    }
    if (base == null) {
      return new SchemaField(field, WireType.UNKNOWN);
    }
    WireType named = WireType.named(semantic, base, scale);
    return new SchemaField(field, new WireType(named.kind(), named.name(), scale, fields, element));
  }

  private static Map<String, WireType> readFields(JsonReader in, JsonToken token)
      throws JsonException {
    if (token != JsonToken.ARRAY) {
      in.skip();
      return Map.of();
    }
    Map<String, WireType> fields = new HashMap<>();
    JsonToken next;
    while ((next = in.nextElement()) != JsonToken.END) {
      if (next == JsonToken.OBJECT) {
        SchemaField read = readField(in);
        if (read.field() != null) {
          fields.put(read.field(), read.type());
        }
      } else {
        in.skip();
      }
    }
    return fields;
  }

  private static int readScale(JsonReader in, JsonToken token) throws JsonException {
    int scale = 0;
    if (token != JsonToken.OBJECT) {
      in.skip();
      return scale;
    }
    String name;
    while ((name = in.nextFieldName()) != null) {
      JsonToken value = in.next();
      if (name.equals("scale") && value.isScalar()) {
        scale = toInt(in, value);
      } else {
        in.skip();
      }
    }
    return scale;
  }

  /** A number, or a string of one, as Connect writes parameters; anything else counts as zero. */
  private static int toInt(JsonReader in, JsonToken token) {
    JsonNumber number = token == JsonToken.INTEGER ? in.number() : new JsonNumber();
    boolean read =
        token == JsonToken.INTEGER
            || (token == JsonToken.STRING
                && number.readPlain(in.text(), in.textFrom(), in.textTo())
                && number.isInteger());
    return read && number.isInt() ? (int) number.longValue() : 0;
  }

  private static @Nullable String skip(JsonReader in) throws JsonException {
    in.skip();
    return null;
  }
}
