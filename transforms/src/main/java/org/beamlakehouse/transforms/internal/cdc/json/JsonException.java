package org.beamlakehouse.transforms.internal.cdc.json;

/** Bytes that are no JSON. */
public final class JsonException extends RecordException {
  private static final long serialVersionUID = 1L;

  private JsonException(String message) {
    super(message);
  }

  /** The JSON ends before its value does; {@code end} is the offset in the record. */
  static JsonException truncated(int end) {
    return new JsonException("Cannot parse the record: the JSON is truncated at byte " + end);
  }

  /** The byte at an offset in the record does not belong there. */
  static JsonException invalid(int offset) {
    return new JsonException("Cannot parse the record: it is no valid JSON at byte " + offset);
  }

  /** The byte at an offset in the record is no part of a character. */
  static JsonException notUtf8(int offset) {
    return new JsonException("Cannot parse the record: byte " + offset + " is not UTF-8");
  }

  /** Objects and arrays hold each other more often than they may. */
  static JsonException tooDeep() {
    return new JsonException(
        "Cannot parse the record: objects and arrays are nested deeper than "
            + JsonReader.MAX_DEPTH);
  }
}
