package org.beamlakehouse.transforms.internal.cdc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes what Kafka Connect's JSON converter wrote as its Avro converters would have, with Avro's
 * own encoder. A value without a schema gets the schema that its JSON tells.
 */
public final class ConnectAvro {
  /** What cannot be said in Avro. */
  static final class NoAvroException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoAvroException(String message) {
      super(message);
    }
  }

  private static final String CONNECT_NAME = "connect.name";

  /** Fields of Debezium's own structs that are bytes, as its schemas say. */
  private static final Set<String> BYTES = Set.of("value", "wkb");

  private int records;

  /**
   * The schema of a Connect schema in JSON.
   *
   * @param value a value of it: what it holds beyond its schema is told by its JSON
   */
  Schema schema(JsonNode connect, JsonNode value) {
    if (!connect.isObject()) {
      return told(value);
    }
    return Schema.createUnion(nothing(), present(connect, value));
  }

  private Schema present(JsonNode connect, JsonNode value) {
    String name = connect.path("name").asText("");
    Schema schema =
        switch (connect.path("type").asText()) {
          case "int8", "int16", "int32" -> Schema.create(Schema.Type.INT);
          case "int64" -> Schema.create(Schema.Type.LONG);
          case "float", "float32" -> Schema.create(Schema.Type.FLOAT);
          case "double", "float64" -> Schema.create(Schema.Type.DOUBLE);
          case "boolean" -> Schema.create(Schema.Type.BOOLEAN);
          case "string" -> Schema.create(Schema.Type.STRING);
          case "bytes" -> Schema.create(Schema.Type.BYTES);
          case "array" -> Schema.createArray(schema(connect.get("items"), value.path(0)));
          case "map" -> map(connect, value);
          case "struct" -> struct(connect, value, name);
          default -> throw new NoAvroException("the type " + connect.path("type"));
        };
    if (!name.isEmpty() && schema.getObjectProp(CONNECT_NAME) == null) {
      schema.addProp(CONNECT_NAME, name);
    }
    if (name.equals("org.apache.kafka.connect.data.Decimal")) {
      int scale = connect.path("parameters").path("scale").asInt();
      LogicalTypes.decimal(64, scale).addToSchema(schema);
    }
    return schema;
  }

  private Schema map(JsonNode connect, JsonNode value) {
    JsonNode values = connect.path("values");
    if (!value.isArray()) {
      return Schema.createMap(schema(values, value.path("")));
    }
    return Schema.createArray(
        record(
            null,
            List.of("key", "value"),
            List.of(
                schema(connect.path("keys"), value.path(0).path(0)),
                schema(values, value.path(0).path(1)))));
  }

  private Schema struct(JsonNode connect, JsonNode value, String name) {
    Map<String, Schema> fields = new LinkedHashMap<>();
    for (JsonNode field : connect.path("fields")) {
      String known = field.path("field").asText();
      fields.put(known, schema(field, value.path(known)));
    }
    for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
      String more = names.next();
      if (!fields.containsKey(more)) {
        boolean bytes = name.startsWith("io.debezium.data") && BYTES.contains(more);
        fields.put(more, bytes ? Schema.create(Schema.Type.BYTES) : told(value.path(more)));
      }
    }
    return record(
        name.isEmpty() ? null : name, List.copyOf(fields.keySet()), List.copyOf(fields.values()));
  }

  private Schema record(String name, List<String> names, List<Schema> types) {
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw new NoAvroException("the name " + names.get(i));
      }
      fields.add(new Schema.Field(names.get(i), types.get(i)));
    }
    Schema record = Schema.createRecord(name == null ? "R" + records++ : name, null, null, false);
    record.setFields(fields);
    return record;
  }

  /** The schema that a JSON value tells. */
  Schema told(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> nothing();
      case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
      case STRING -> Schema.create(Schema.Type.STRING);
      case NUMBER -> {
        if (value.isIntegralNumber() && !value.canConvertToLong()) {
          throw new NoAvroException("an integer beyond 64 bits");
        }
        yield Schema.create(value.isIntegralNumber() ? Schema.Type.LONG : Schema.Type.DOUBLE);
      }
      case ARRAY -> {
        Map<Schema.Type, Schema> elements = new LinkedHashMap<>();
        for (JsonNode element : value) {
          Schema schema = told(element);
          elements.putIfAbsent(schema.getType(), schema);
        }
        yield Schema.createArray(
            elements.size() == 1
                ? elements.values().iterator().next()
                : Schema.createUnion(List.copyOf(elements.values())));
      }
      case OBJECT -> {
        List<String> names = new ArrayList<>();
        List<Schema> types = new ArrayList<>();
        value
            .fields()
            .forEachRemaining(
                field -> {
                  names.add(field.getKey());
                  types.add(told(field.getValue()));
                });
        yield record(null, names, types);
      }
      default -> throw new NoAvroException("a value of type " + value.getNodeType());
    };
  }

  /** A value of a schema in Avro's binary encoding. */
  public static byte[] encode(Schema schema, JsonNode value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<Object>(schema).write(datum(schema, value), encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Object datum(Schema schema, JsonNode value) {
    return switch (schema.getType()) {
      case NULL -> null;
      case UNION -> datum(branch(schema, value), value);
      case BOOLEAN -> {
        check(value.isBoolean(), value);
        yield value.booleanValue();
      }
      case INT -> {
        check(value.canConvertToInt() && value.isIntegralNumber(), value);
        yield value.intValue();
      }
      case LONG -> {
        check(value.canConvertToLong() && value.isIntegralNumber(), value);
        yield value.longValue();
      }
      case FLOAT -> (float) number(value);
      case DOUBLE -> number(value);
      case STRING -> {
        check(value.isTextual(), value);
        yield value.textValue();
      }
      case BYTES -> {
        check(value.isTextual(), value);
        yield bytes(value);
      }
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        check(value.isArray(), value);
        value.forEach(item -> items.add(item(schema.getElementType(), item)));
        yield new GenericData.Array<>(schema, items);
      }
      case MAP -> {
        Map<String, Object> map = new LinkedHashMap<>();
        check(value.isObject(), value);
        value
            .fields()
            .forEachRemaining(
                entry -> map.put(entry.getKey(), datum(schema.getValueType(), entry.getValue())));
        yield map;
      }
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        check(value.isObject(), value);
        value.fieldNames().forEachRemaining(name -> check(schema.getField(name) != null, value));
        for (Schema.Field field : schema.getFields()) {
          record.put(field.name(), datum(field.schema(), value.path(field.name())));
        }
        yield record;
      }
      case FIXED -> new GenericData.Fixed(schema, bytes(value).array());
      case ENUM -> new GenericData.EnumSymbol(schema, value.textValue());
    };
  }

  /** An item of an array, which may be an entry of a map as a pair. */
  private static Object item(Schema schema, JsonNode item) {
    boolean entry =
        schema.getType() == Schema.Type.RECORD && schema.getField("key") != null && item.isArray();
    if (!entry) {
      return datum(schema, item);
    }
    check(item.size() == 2, item);
    GenericData.Record record = new GenericData.Record(schema);
    record.put("key", datum(schema.getField("key").schema(), item.get(0)));
    record.put("value", datum(schema.getField("value").schema(), item.get(1)));
    return record;
  }

  private static Schema branch(Schema union, JsonNode value) {
    for (Schema branch : union.getTypes()) {
      boolean fits =
          switch (branch.getType()) {
            case NULL -> value.isNull() || value.isMissingNode();
            case BOOLEAN -> value.isBoolean();
            case LONG, INT -> value.isIntegralNumber();
            case DOUBLE, FLOAT -> value.isNumber() || value.isTextual();
            case STRING, BYTES -> value.isTextual();
            case ARRAY -> value.isArray();
            default -> value.isObject();
          };
      if (fits) {
        return branch;
      }
    }
    throw new NoAvroException("a value of another type than its schema's");
  }

  private static double number(JsonNode value) {
    check(value.isNumber() || value.isTextual(), value);
    try {
      return value.isNumber() ? value.doubleValue() : Double.parseDouble(value.textValue());
    } catch (NumberFormatException e) {
      throw new NoAvroException("text for a number");
    }
  }

  private static ByteBuffer bytes(JsonNode base64) {
    try {
      return ByteBuffer.wrap(Base64.getDecoder().decode(base64.textValue()));
    } catch (IllegalArgumentException e) {
      throw new NoAvroException("text that is no base64");
    }
  }

  private static void check(boolean fits, JsonNode value) {
    if (!fits) {
      throw new NoAvroException("a " + value.getNodeType() + " of another type than its schema's");
    }
  }

  private static Schema nothing() {
    return Schema.create(Schema.Type.NULL);
  }
}
