package org.beamlakehouse.transforms.internal.cdc.avro;

import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;

/** Bytes that are no Avro of their writer's schema, or have no such schema. */
public final class AvroException extends RecordException {
  private static final long serialVersionUID = 1L;

  private AvroException(String message) {
    super(message);
  }

  /** The record is no message of a schema registry's serializers. */
  static AvroException unframed() {
    return new AvroException(
        "Cannot parse the record: it does not begin with a zero byte and the four bytes of a schema"
            + " id, so it was not written by a schema registry's serializer");
  }

  /** The bytes end before the value does that the schema tells. */
  static AvroException truncated(int end) {
    return new AvroException("Cannot parse the record: the Avro data is truncated at byte " + end);
  }

  /** The bytes at an offset in the record are not what the schema tells. */
  static AvroException invalid(int offset) {
    return new AvroException(
        "Cannot parse the record: it is no Avro data of its schema at byte " + offset);
  }

  /** The byte at an offset in the record is no part of a character. */
  static AvroException notUtf8(int offset) {
    return new AvroException("Cannot parse the record: text at byte " + offset + " is not UTF-8");
  }

  /** Bytes follow behind the value. */
  static AvroException notEnding(int offset) {
    return new AvroException(
        "Cannot parse the record: bytes follow its Avro data at byte "
            + offset
            + "; it was written with another schema than it names");
  }

  /** Values hold each other more often than they may. */
  static AvroException tooDeep() {
    return new AvroException(
        "Cannot parse the record: its values are nested deeper than " + JsonReader.MAX_DEPTH);
  }

  /** The registry has no schema by which the record can be read. */
  static AvroException unusable(UnusableSchemaException cause) {
    return new AvroException("Cannot parse the record: " + cause.getMessage());
  }
}
