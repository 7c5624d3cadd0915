package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/**
 * Debezium's mark for a value that PostgreSQL did not log because it is stored out of line and
 * unchanged: a string; its base64 for bytea; a list of the string, of its base64, of its bytes or
 * of a UUID made of it for arrays; a map from the string to itself for hstore.
 */
final class Placeholder {
  static final String TEXT = "__debezium_unavailable_value";

  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.US_ASCII);
  private static final String BASE64 = Base64.getEncoder().encodeToString(BYTES);
  private static final String UUID_TEXT = UUID.nameUUIDFromBytes(BYTES).toString();
  private static final String HSTORE = "{\"" + TEXT + "\":\"" + TEXT + "\"}";

  private Placeholder() {}

  /** True where the string under the parser stands for an unsent value. */
  static boolean isText(JsonParser parser) throws IOException {
    int length = parser.getTextLength();
    return (length == TEXT.length() && equal(parser, TEXT))
        || (length == BASE64.length() && equal(parser, BASE64))
        || (length == HSTORE.length() && equal(parser, HSTORE));
  }

  /** True where the string under the parser, alone in a list, stands for an unsent list. */
  static boolean isElement(JsonParser parser) throws IOException {
    return isText(parser)
        || (parser.getTextLength() == UUID_TEXT.length() && equal(parser, UUID_TEXT));
  }

  /** Length of the list of numbers that stands for an unsent list. */
  static int length() {
    return BYTES.length;
  }

  /** The number at a place of the list of numbers that stands for an unsent list. */
  static int number(int index) {
    return BYTES[index];
  }

  private static boolean equal(JsonParser parser, String expected) throws IOException {
    char[] chars = parser.getTextCharacters();
    int from = parser.getTextOffset();
    for (int i = 0; i < expected.length(); i++) {
      if (chars[from + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
