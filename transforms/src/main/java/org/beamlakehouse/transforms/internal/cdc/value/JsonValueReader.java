package org.beamlakehouse.transforms.internal.cdc.value;

import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;

/**
 * Reads one JSON value as a column's type.
 *
 * <p>The reader stands on the value, which is never null, and of which objects and arrays are only
 * begun; a reader of those reads them to their end, whatever it finds in between. A value that does
 * not fit gives a {@link Bad}, one the source did not send {@link #UNSENT}; only broken JSON
 * throws.
 */
public interface JsonValueReader {

  /** Stands for a value that the source did not send. */
  Object UNSENT =
      new Object() {
        @Override
        public String toString() {
          return "unsent";
        }
      };

  Object read(JsonReader in, JsonToken token) throws JsonException;

  /**
   * A value that does not fit its type.
   *
   * @param expected the column's type
   * @param found what kind of value there is instead; never the value
   */
  record Bad(String expected, String found) {

    /** The value under the reader is of the wrong kind; it is read over. */
    public static Bad of(String expected, JsonReader in, JsonToken token) throws JsonException {
      in.skip();
      return new Bad(expected, describe(token));
    }

    private static String describe(JsonToken token) {
      return switch (token) {
        case OBJECT -> "an object";
        case ARRAY -> "an array";
        case STRING -> "a string";
        case INTEGER -> "an integer";
        case FRACTION -> "a fractional number";
        case TRUE, FALSE -> "a boolean";
        case NULL, END -> "null";
      };
    }
  }
}
