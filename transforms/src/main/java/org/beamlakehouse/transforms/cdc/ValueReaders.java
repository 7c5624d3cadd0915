package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import java.util.UUID;
import org.beamlakehouse.transforms.cdc.ValueReader.Bad;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * Makes the reader of a column type for values written in a certain way. There are no implicit
 * casts: a string is no number, a number no boolean, a fractional number no integer. A column of an
 * integer type may take any integer, also that of a date or time.
 */
final class ValueReaders {
  /** A longer number than this is out of the range of a double, or has no meaning in it. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  private ValueReaders() {}

  /**
   * The reader of {@code type}.
   *
   * @param unknown is told where a struct has fields that the type does not name
   */
  static ValueReader of(ColumnType type, WireType wire, UnknownFieldFlag unknown) {
    if (wire.kind() == WireType.Kind.TEXT) {
      return TextReaders.of(type, unknown);
    }
    return switch (type.kind()) {
      case BOOLEAN -> ValueReaders::readBoolean;
      case INT -> ValueReaders::readInt;
      case LONG -> ValueReaders::readLong;
      case FLOAT -> ValueReaders::readFloat;
      case DOUBLE -> ValueReaders::readDouble;
      case DECIMAL -> new DecimalReader(type, wire);
      case DATE -> TimeReaders.date(wire);
      case TIME -> TimeReaders.time(wire);
      case TIMESTAMP -> TimeReaders.timestamp(wire);
      case TIMESTAMPTZ -> TimeReaders.timestamptz(wire);
      case STRING -> string(wire);
      case UUID -> ValueReaders::readUuid;
      case BINARY, FIXED -> binary(type, wire);
      case LIST -> NestedReaders.list(type, wire, unknown);
      case MAP -> NestedReaders.map(type, wire, unknown);
      case STRUCT -> NestedReaders.struct(type, wire, unknown);
    };
  }

  private static Object readBoolean(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_TRUE, VALUE_FALSE -> token == JsonToken.VALUE_TRUE;
      default -> Bad.of("boolean", parser, token);
    };
  }

  private static Object readInt(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT) {
      return Bad.of("int", parser, token);
    }
    return parser.getNumberType() == NumberType.INT
        ? (Object) parser.getIntValue()
        : new Bad("int", "an integer out of range");
  }

  private static Object readLong(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT) {
      return Bad.of("long", parser, token);
    }
    return parser.getNumberType() == NumberType.BIG_INTEGER
        ? new Bad("long", "an integer out of range")
        : (Object) parser.getLongValue();
  }

  private static Object readFloat(JsonParser parser, JsonToken token) throws IOException {
    Object value = readFloating("float", parser, token);
    if (!(value instanceof Double number)) {
      return value;
    }
    float narrow = number.floatValue();
    return Float.isInfinite(narrow) && !Double.isInfinite(number)
        ? new Bad("float", "a number out of range")
        : (Object) narrow;
  }

  private static Object readDouble(JsonParser parser, JsonToken token) throws IOException {
    return readFloating("double", parser, token);
  }

  private static Object readFloating(String expected, JsonParser parser, JsonToken token)
      throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      // JSON has no such numbers; Connect's converter writes them as strings.
      return switch (parser.getTextLength() <= 9 ? parser.getText() : "") {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> Bad.of(expected, parser, token);
      };
    }
    if (!token.isNumeric()) {
      return Bad.of(expected, parser, token);
    }
    if (parser.getTextLength() > MAX_NUMBER_LENGTH) {
      return new Bad(expected, "a number with too many digits");
    }
    double value = parser.getDoubleValue();
    return Double.isInfinite(value) ? new Bad(expected, "a number out of range") : (Object) value;
  }

  private static ValueReader string(WireType wire) {
    // A string that encodes something else is not text.
    boolean encoded =
        wire.kind() == WireType.Kind.BYTES
            || wire.kind() == WireType.Kind.DECIMAL
            || wire.kind() == WireType.Kind.VARIABLE_DECIMAL;
    return (parser, token) -> {
      if (token != JsonToken.VALUE_STRING) {
        return Bad.of("string", parser, token);
      }
      return encoded
          ? new Bad("string", "an encoded value of type " + wire.name())
          : parser.getText();
    };
  }

  private static Object readUuid(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      return Bad.of("uuid", parser, token);
    }
    if (parser.getTextLength() == 36) {
      try {
        String text = parser.getText();
        UUID uuid = UUID.fromString(text);
        // The JDK also takes groups of other lengths.
        if (uuid.toString().equalsIgnoreCase(text)) {
          return uuid;
        }
      } catch (IllegalArgumentException e) {
        return new Bad("uuid", "a string that is no uuid");
      }
    }
    return new Bad("uuid", "a string that is no uuid");
  }

  private static ValueReader binary(ColumnType type, WireType wire) {
    String expected = type.toString();
    int length = type.kind() == ColumnType.Kind.FIXED ? type.length() : -1;
    boolean geometry = wire.kind() == WireType.Kind.GEOMETRY || wire.isUntold();
    return (parser, token) -> {
      if (token == JsonToken.VALUE_STRING) {
        return decode(parser.getText(), expected, length);
      }
      return token == JsonToken.START_OBJECT && geometry
          ? readGeometry(parser, expected, length)
          : Bad.of(expected, parser, token);
    };
  }

  private static Object readGeometry(JsonParser parser, String expected, int length)
      throws IOException {
    Object wkb = new Bad(expected, "an object without well-known binary");
    String name;
    while ((name = parser.nextFieldName()) != null) {
      JsonToken token = parser.nextToken();
      if (name.equals("wkb") && token == JsonToken.VALUE_STRING) {
        wkb = decode(parser.getText(), expected, length);
      } else {
        parser.skipChildren();
      }
    }
    return wkb;
  }

  private static Object decode(String base64, String expected, int length) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return length >= 0 && bytes.length != length
          ? new Bad(expected, bytes.length + " bytes")
          : bytes;
    } catch (IllegalArgumentException e) {
      return new Bad(expected, "a string that is no base64");
    }
  }

  /** Raised by readers of structs that meet fields their type does not name. */
  static final class UnknownFieldFlag {
    private boolean raised;

    void raise() {
      raised = true;
    }

    /** True if raised since the last call. */
    boolean lower() {
      boolean was = raised;
      raised = false;
      return was;
    }
  }
}
