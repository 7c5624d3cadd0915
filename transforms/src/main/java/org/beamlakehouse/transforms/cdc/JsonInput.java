package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A streaming parser over a range of a record's bytes that knows where its values lie. */
final class JsonInput {
  /** Objects and arrays nested deeper than this make a record unreadable. */
  static final int MAX_DEPTH = 500;

  /** Error of a record that goes on behind its JSON value. */
  static final String NOT_ENDING =
      "Cannot parse the record: something follows the JSON object; there may be only one";

  /** Lengths are bounded by the record's own size, so that one large record is no error. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final byte[] bytes;
  private final int base;
  private final JsonParser parser;

  private JsonInput(byte[] bytes, int base, JsonParser parser) {
    this.bytes = bytes;
    this.base = base;
    this.parser = parser;
  }

  /** Opens the bytes from {@code from} to before {@code to}, before their first token. */
  static JsonInput open(byte[] bytes, int from, int to) {
    try {
      return new JsonInput(bytes, from, FACTORY.createParser(bytes, from, to - from));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open a parser over bytes in memory", e);
    }
  }

  /** Opens a JSON text. */
  static JsonParser open(String json) {
    try {
      return FACTORY.createParser(json);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open a parser over a string in memory", e);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  JsonParser parser() {
    return parser;
  }

  /** Offset in the record of the current token's first byte. */
  int tokenStart() {
    return base + (int) parser.currentTokenLocation().getByteOffset();
  }

  /** Reads the current value to its end and gives the offset in the record behind it. */
  int skipValue() throws IOException {
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    return tokenEnd();
  }

  /** Offset in the record behind the current token, which must have been read to its end. */
  int tokenEnd() {
    return base + (int) parser.currentLocation().getByteOffset();
  }

  /** The JSON text between two offsets of the record. */
  String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /**
   * Says what is wrong with the JSON and where, without any of its content.
   *
   * @param start offset in the record from which it was parsed
   */
  static String describe(IOException failure, int start) {
    long at =
        failure instanceof JsonProcessingException json && json.getLocation() != null
            ? start + json.getLocation().getByteOffset()
            : -1;
    String where = at >= 0 ? " at byte " + at : "";
    if (failure instanceof JsonEOFException) {
      return "Cannot parse the record: the JSON is truncated" + where;
    }
    if (failure instanceof StreamConstraintsException) {
      return "Cannot parse the record: objects and arrays are nested deeper than " + MAX_DEPTH;
    }
    return "Cannot parse the record: it is no valid JSON" + where;
  }
}
