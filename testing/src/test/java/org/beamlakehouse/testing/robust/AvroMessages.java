package org.beamlakehouse.testing.robust;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.beamlakehouse.testing.servers.SchemaRegistryServer;

/** Writes messages as a registry's Avro serializers do, each schema being registered first. */
final class AvroMessages {
  private final SchemaRegistryServer registry;

  AvroMessages(SchemaRegistryServer registry) {
    this.registry = registry;
  }

  /** The id of a schema, which gets one if it has none. */
  int id(String subject, String schema) {
    return registry.register(subject, schema);
  }

  /** The bytes of a value; records are maps of their fields, what is missing being null. */
  byte[] of(String subject, String schema, Object value) {
    return framed(id(subject, schema), encode(schema, value));
  }

  /** Data behind the header with an id. */
  static byte[] framed(int id, byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(0);
      out.writeInt(id);
      out.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A value in Avro's binary encoding. */
  static byte[] encode(String schema, Object value) {
    Schema parsed = new Schema.Parser().parse(schema);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<Object>(parsed).write(datum(parsed, value), encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Object datum(Schema schema, Object value) {
    if (!(value instanceof Map<?, ?> fields)) {
      return value;
    }
    Schema type =
        schema.getType() == Schema.Type.UNION
            ? schema.getTypes().stream()
                .filter(branch -> branch.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow()
            : schema;
    if (type.getType() != Schema.Type.RECORD) {
      return value;
    }
    GenericData.Record record = new GenericData.Record(type);
    for (Schema.Field field : type.getFields()) {
      record.put(field.name(), datum(field.schema(), fields.get(field.name())));
    }
    return record;
  }
}
