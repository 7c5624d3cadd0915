package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Reads one JSON value as a column's type.
 *
 * <p>The parser stands on the value's first token, which is never null; a reader of objects or
 * arrays leaves it on the value's last token, whatever it found in between. A value that does not
 * fit gives a {@link Bad}, one the source did not send {@link #UNSENT}; only broken JSON throws.
 */
interface ValueReader {

  /** Stands for a value that the source did not send. */
  Object UNSENT =
      new Object() {
        @Override
        public String toString() {
          return "unsent";
        }
      };

  Object read(JsonParser parser, JsonToken token) throws IOException;

  /**
   * A value that does not fit its type.
   *
   * @param expected the column's type
   * @param found what kind of value there is instead; never the value
   */
  record Bad(String expected, String found) {

    /** The value under the parser is of the wrong kind; it is read over. */
    static Bad of(String expected, JsonParser parser, JsonToken token) throws IOException {
      parser.skipChildren();
      return new Bad(expected, describe(token));
    }

    private static String describe(JsonToken token) {
      return switch (token) {
        case START_OBJECT -> "an object";
        case START_ARRAY -> "an array";
        case VALUE_STRING -> "a string";
        case VALUE_NUMBER_INT -> "an integer";
        case VALUE_NUMBER_FLOAT -> "a fractional number";
        case VALUE_TRUE, VALUE_FALSE -> "a boolean";
        default -> "null";
      };
    }
  }
}
