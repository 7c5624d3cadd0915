package org.beamlakehouse.transforms.internal.cdc.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;

/**
 * Debezium's mark for a value that PostgreSQL did not log because it is stored out of line and
 * unchanged: a string; its base64 for bytea; a list of the string, of its base64, of its bytes or
 * of a UUID made of it for arrays; a map from the string to itself for hstore.
 */
public final class UnavailableValue {
  public static final String TEXT = "__debezium_unavailable_value";

  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.US_ASCII);
  private static final String BASE64 = Base64.getEncoder().encodeToString(BYTES);
  private static final UUID TEXT_UUID = UUID.nameUUIDFromBytes(BYTES);
  private static final String UUID_TEXT = TEXT_UUID.toString();
  private static final String HSTORE = "{\"" + TEXT + "\":\"" + TEXT + "\"}";

  /** No list or map that stands for an unsent one is as long, spaces included. */
  private static final int MAX_NESTED = 200;

  private UnavailableValue() {}

  /** True where the string under the reader stands for an unsent value. */
  public static boolean isText(JsonReader in) {
    int length = in.textLength();
    return (length == TEXT.length() && in.isText(TEXT))
        || (length == BASE64.length() && in.isText(BASE64))
        || (length == HSTORE.length() && in.isText(HSTORE));
  }

  /** True where the string under the reader, alone in a list, stands for an unsent list. */
  static boolean isElement(JsonReader in) {
    return isText(in) || in.isText(UUID_TEXT);
  }

  /**
   * True where the object or array between two offsets, which is JSON, stands for an unsent list or
   * map.
   */
  static boolean isNested(byte[] bytes, int from, int to, JsonToken token) throws JsonException {
    if (to - from > MAX_NESTED) {
      return false;
    }
    JsonReader in = JsonReader.of(bytes, from, to);
    in.first();
    if (token == JsonToken.ARRAY) {
      return in.nextElement() == JsonToken.STRING
          && isElement(in)
          && in.nextElement() == JsonToken.END;
    }
    return TEXT.equals(in.nextFieldName())
        && in.next() == JsonToken.STRING
        && isText(in)
        && in.nextFieldName() == null;
  }

  /** True where bytes stand for an unsent value. */
  public static boolean isBytes(byte[] bytes) {
    return Arrays.equals(bytes, BYTES);
  }

  /** True where a list, as it was read, stands for an unsent one. */
  public static boolean isList(List<?> values) {
    if (values.size() == 1) {
      Object only = values.get(0);
      return only == JsonValueReader.UNSENT || TEXT_UUID.equals(only) || UUID_TEXT.equals(only);
    }
    if (values.size() != BYTES.length) {
      return false;
    }
    for (int i = 0; i < BYTES.length; i++) {
      if (!(values.get(i) instanceof Number number) || number.longValue() != BYTES[i]) {
        return false;
      }
    }
    return true;
  }

  /** Length of the list of numbers that stands for an unsent list. */
  static int length() {
    return BYTES.length;
  }

  /** The number at a place of the list of numbers that stands for an unsent list. */
  static int number(int index) {
    return BYTES[index];
  }
}
