package org.beamlakehouse.transforms.internal.cdc.value;

import java.nio.charset.StandardCharsets;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonNumber;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * Readers of values from the text that a connector writes for every type, as Canal does: numbers in
 * decimal digits, booleans as {@code 1}, {@code 0}, {@code true} or {@code false}, bytes as the
 * characters of ISO 8859-1, lists, maps and structs as JSON. A JSON value of the type itself is
 * taken as well.
 */
final class TextReaders {
  /** Longer texts than this are no numbers that a column can hold. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  private TextReaders() {}

  static JsonValueReader of(ColumnType type, Declared declared) {
    JsonValueReader values = JsonValueReaderFactory.of(type, WireType.NATIVE, declared);
    return switch (type.kind()) {
      case BOOLEAN -> orText(values, TextReaders::readBoolean);
      case INT, LONG -> orInteger(values, type);
      case FLOAT -> orText(values, TextReaders::readFloat);
      case DOUBLE -> orText(values, TextReaders::readDouble);
      case BINARY, FIXED -> orText(values, text -> readBytes(text, type));
      case LIST, MAP, STRUCT -> JsonValueReaderFactory.of(type, WireType.JSON_TEXT, declared);
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> orDigits(values);
      case DECIMAL, STRING, UUID -> values;
    };
  }

  /** The reader of integers, of digits in a string as well. */
  static JsonValueReader orInteger(JsonValueReader values, ColumnType type) {
    String name = type.toString();
    return orText(values, text -> readInteger(text, name));
  }

  private interface TextReader {
    Object read(String text);
  }

  private static JsonValueReader orText(JsonValueReader values, TextReader texts) {
    return new JsonValueReader() {
      @Override
      public Object read(JsonReader in, JsonToken token) throws JsonException {
        return token == JsonToken.STRING ? texts.read(in.string()) : values.read(in, token);
      }
    };
  }

  /** A date or time that the source keeps as a number is a text of digits, as all is. */
  private static JsonValueReader orDigits(JsonValueReader values) {
    JsonNumber digits = new JsonNumber();
    return (in, token) -> {
      if (token == JsonToken.STRING
          && digits.readPlain(in.text(), in.textFrom(), in.textTo())
          && digits.isInteger()) {
        in.standOn(digits.longValue());
        return values.read(in, JsonToken.INTEGER);
      }
      return values.read(in, token);
    };
  }

  private static Object readBoolean(String text) {
    return switch (text) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> new Bad("boolean", "a string that is none");
    };
  }

  private static Object readInteger(String text, String type) {
    int digits = text.startsWith("-") ? 1 : 0;
    if (digits == text.length() || !isMadeOf(text, digits, "0123456789")) {
      return new Bad(type, "a string that is no integer");
    }
    try {
      return type.equals("int") ? (Object) Integer.parseInt(text) : (Object) Long.parseLong(text);
    } catch (NumberFormatException e) {
      return new Bad(type, "an integer out of range");
    }
  }

  private static Object readFloat(String text) {
    Object value = readFloating(text, "float");
    if (!(value instanceof Double number)) {
      return value;
    }
    float narrow = number.floatValue();
    return Float.isInfinite(narrow) ? new Bad("float", "a number out of range") : (Object) narrow;
  }

  private static Object readDouble(String text) {
    return readFloating(text, "double");
  }

  private static Object readFloating(String text, String type) {
    Bad noNumber = new Bad(type, "a string that is no number");
    if (text.length() > MAX_NUMBER_LENGTH || !isMadeOf(text, 0, "0123456789+-.eE")) {
      return noNumber;
    }
    try {
      double value = Double.parseDouble(text);
      return Double.isInfinite(value) ? new Bad(type, "a number out of range") : (Object) value;
    } catch (NumberFormatException e) {
      return noNumber;
    }
  }

  private static Object readBytes(String text, ColumnType type) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return new Bad(type.toString(), "a string of other characters than those of bytes");
      }
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return type.kind() == ColumnType.Kind.FIXED && bytes.length != type.length()
        ? new Bad(type.toString(), bytes.length + " bytes")
        : bytes;
  }

  /** True where there is no other character from an index on. */
  private static boolean isMadeOf(String text, int from, String characters) {
    for (int i = from; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }
}
