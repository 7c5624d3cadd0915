package org.beamlakehouse.transforms.internal.cdc.connect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonNumber;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the {@code schema} that Kafka Connect's JSON converter puts before every payload. It is the
 * same bytes for each record of a table and often longer than the record, so those bytes are
 * compared with the ones seen before and parsed only once.
 *
 * <p>Most records have the schema of the record before them, or the one that followed it the last
 * time; else all are looked at. Schemas of tables that are alike begin alike and end with the name
 * of the table, so their ends are compared first.
 */
final class ConnectSchemas {
  /** More are forgotten, the ones that were read first before the others. */
  private static final int REMEMBERED = 4_096;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** As long as the end that is compared first and what closes the envelope behind the name. */
  private static final int ENDING = 4 * Long.BYTES;

  private final List<Schema> schemas = new ArrayList<>();
  private int oldest;
  private Schema last = new Schema(new byte[0], WireType.UNKNOWN);

  /** A schema seen before: where its text ends and what it says. */
  record Known(int end, WireType type) {}

  private static final class Schema {
    private final byte[] text;
    private final WireType type;
    private @Nullable Schema next;

    Schema(byte[] text, WireType type) {
      this.text = text;
      this.type = type;
    }

    boolean isAt(byte[] bytes, int from) {
      int end = from + text.length;
      return text.length > 0
          && end <= bytes.length
          && endsLike(bytes, end)
          && Arrays.equals(bytes, from, end, text, 0, text.length);
    }

    private boolean endsLike(byte[] bytes, int end) {
      if (text.length < ENDING) {
        return true;
      }
      for (int back = Long.BYTES; back <= ENDING; back += Long.BYTES) {
        if ((long) LONGS.get(bytes, end - back) != (long) LONGS.get(text, text.length - back)) {
          return false;
        }
      }
      return true;
    }
  }

  /** The schema whose text begins at {@code from}, if it was remembered. */
  @Nullable Known find(byte[] bytes, int from) {
    Schema found = last.isAt(bytes, from) ? last : null;
    if (found == null && last.next != null && last.next.isAt(bytes, from)) {
      found = last.next;
    }
    for (int i = 0; found == null && i < schemas.size(); i++) {
      found = schemas.get(i).isAt(bytes, from) ? schemas.get(i) : null;
    }
    if (found == null) {
      return null;
    }
    follow(found);
    return new Known(from + found.text.length, found.type);
  }

  /** Parses the schema between two offsets and remembers it. */
  WireType read(byte[] bytes, int from, int to) throws JsonException {
    JsonReader in = JsonReader.of(bytes, from, to);
    Schema read = new Schema(Arrays.copyOfRange(bytes, from, to), readType(in, in.first()));
    if (schemas.size() < REMEMBERED) {
      schemas.add(read);
    } else {
      schemas.set(oldest, read).next = null;
      oldest = (oldest + 1) % REMEMBERED;
    }
    follow(read);
    return read.type;
  }

  private void follow(Schema found) {
    if (found != last) {
      last.next = found;
      last = found;
    }
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
