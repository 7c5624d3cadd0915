package org.beamlakehouse.transforms.internal.cdc.value;

import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes the reader of a column type for values written in a certain way. There are no implicit
 * casts: a string is no number, a number no boolean, a fractional number no integer. A column of an
 * integer type may take any integer, also that of a date or time.
 */
public final class JsonValueReaderFactory {
  /** A longer number than this is out of the range of a double, or has no meaning in it. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  static final String HALF_PAIR = "a string with half of a surrogate pair, which is no character";

  private JsonValueReaderFactory() {}

  /**
   * The reader of {@code type}.
   *
   * @param declared what was said to hold where neither schema nor format tells
   */
  public static JsonValueReader of(ColumnType type, WireType wire, Declared declared) {
    if (wire.kind() == WireType.Kind.TEXT) {
      return TextReaders.of(type, declared);
    }
    return switch (type.kind()) {
      case BOOLEAN -> JsonValueReaderFactory::readBoolean;
      case INT, LONG -> integer(type, wire, declared);
      case FLOAT -> JsonValueReaderFactory::readFloat;
      case DOUBLE -> JsonValueReaderFactory::readDouble;
      case DECIMAL -> new DecimalReader(type, wire, declared);
      case DATE -> TimeReaders.date(wire, declared);
      case TIME -> TimeReaders.time(wire, declared);
      case TIMESTAMP -> TimeReaders.timestamp(wire, declared);
      case TIMESTAMPTZ -> TimeReaders.timestamptz(wire, declared);
      case STRING -> string(wire);
      case UUID -> JsonValueReaderFactory::readUuid;
      case BINARY, FIXED -> binary(type, wire);
      case LIST, MAP, STRUCT -> NestedReaders.of(type, wire, declared);
    };
  }

  private static JsonValueReader integer(ColumnType type, WireType wire, Declared declared) {
    JsonValueReader numbers =
        type.kind() == ColumnType.Kind.INT
            ? JsonValueReaderFactory::readInt
            : JsonValueReaderFactory::readLong;
    // A string that stands for something else has no digits.
    return declared.digitsInText() && !wire.isTold()
        ? TextReaders.orInteger(numbers, type)
        : numbers;
  }

  private static Object readBoolean(JsonReader in, JsonToken token) throws JsonException {
    return switch (token) {
      case TRUE, FALSE -> token == JsonToken.TRUE;
      default -> Bad.of("boolean", in, token);
    };
  }

  private static Object readInt(JsonReader in, JsonToken token) throws JsonException {
    if (token != JsonToken.INTEGER) {
      return Bad.of("int", in, token);
    }
    return in.number().isInt()
        ? (Object) (int) in.number().longValue()
        : new Bad("int", "an integer out of range");
  }

  private static Object readLong(JsonReader in, JsonToken token) throws JsonException {
    if (token != JsonToken.INTEGER) {
      return Bad.of("long", in, token);
    }
    return in.number().isLong()
        ? (Object) in.number().longValue()
        : new Bad("long", "an integer out of range");
  }

  private static Object readFloat(JsonReader in, JsonToken token) throws JsonException {
    Object value = readFloating("float", in, token);
    if (!(value instanceof Double number)) {
      return value;
    }
    float narrow = number.floatValue();
    return Float.isInfinite(narrow) && !Double.isInfinite(number)
        ? new Bad("float", "a number out of range")
        : (Object) narrow;
  }

  private static Object readDouble(JsonReader in, JsonToken token) throws JsonException {
    return readFloating("double", in, token);
  }

  private static Object readFloating(String expected, JsonReader in, JsonToken token)
      throws JsonException {
    if (token == JsonToken.STRING) {
      // JSON has no such numbers; Connect's converter writes them as strings.
      return switch (in.textLength() <= 9 ? in.string() : "") {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> Bad.of(expected, in, token);
      };
    }
    if (token != JsonToken.INTEGER && token != JsonToken.FRACTION) {
      return Bad.of(expected, in, token);
    }
    if (in.number().length() > MAX_NUMBER_LENGTH) {
      return new Bad(expected, "a number with too many digits");
    }
    double value = in.number().doubleValue();
    return Double.isInfinite(value) ? new Bad(expected, "a number out of range") : (Object) value;
  }

  private static JsonValueReader string(WireType wire) {
    // A string that encodes something else is not text.
    boolean encoded =
        wire.kind() == WireType.Kind.BYTES
            || wire.kind() == WireType.Kind.DECIMAL
            || wire.kind() == WireType.Kind.VARIABLE_DECIMAL;
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        return encoded ? new Bad("string", "an encoded value of type " + wire.name()) : text(in);
      }
      return token.isNested() && !encoded ? json(in, token) : Bad.of("string", in, token);
    };
  }

  /** The string under the reader, or why it is no text. */
  public static Object text(JsonReader in) {
    String text = in.string();
    return in.holdsHalfPair() ? new Bad("string", HALF_PAIR) : text;
  }

  /** An object or array as it was sent. */
  private static Object json(JsonReader in, JsonToken token) throws JsonException {
    int from = in.start();
    in.skip();
    return UnavailableValue.isNested(in.bytes(), from, in.end(), token)
        ? JsonValueReader.UNSENT
        : in.json(from, in.end());
  }

  private static Object readUuid(JsonReader in, JsonToken token) throws JsonException {
    if (token != JsonToken.STRING) {
      return Bad.of("uuid", in, token);
    }
    UUID uuid = in.textLength() == 36 ? parseUuid(in.text(), in.textFrom()) : null;
    return uuid != null ? uuid : new Bad("uuid", "a string that is no uuid");
  }

  /** The UUID of 36 bytes in groups of 8, 4, 4, 4 and 12 digits; null where they are none. */
  private static @Nullable UUID parseUuid(byte[] text, int from) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < 36; i++) {
      byte b = text[from + i];
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (b != '-') {
          return null;
        }
        continue;
      }
      int digit = Character.digit(b, 16);
      if (digit < 0) {
        return null;
      }
      high = high << 4 | low >>> 60;
      low = low << 4 | digit;
    }
    return new UUID(high, low);
  }

  private static JsonValueReader binary(ColumnType type, WireType wire) {
    String expected = type.toString();
    int length = type.kind() == ColumnType.Kind.FIXED ? type.length() : -1;
    boolean geometry = wire.kind() == WireType.Kind.GEOMETRY || wire.isUntold();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        return decode(in, expected, length);
      }
      return token == JsonToken.OBJECT && geometry
          ? readGeometry(in, expected, length)
          : Bad.of(expected, in, token);
    };
  }

  private static Object readGeometry(JsonReader in, String expected, int length)
      throws JsonException {
    Object wkb = new Bad(expected, "an object without well-known binary");
    String name;
    while ((name = in.nextFieldName()) != null) {
      JsonToken token = in.next();
      if (name.equals("wkb") && token == JsonToken.STRING) {
        wkb = decode(in, expected, length);
      } else {
        in.skip();
      }
    }
    return wkb;
  }

  private static Object decode(JsonReader in, String expected, int length) {
    try {
      byte[] base64 = Arrays.copyOfRange(in.text(), in.textFrom(), in.textTo());
      byte[] bytes = Base64.getDecoder().decode(base64);
      return length >= 0 && bytes.length != length
          ? new Bad(expected, bytes.length + " bytes")
          : bytes;
    } catch (IllegalArgumentException e) {
      return new Bad(expected, "a string that is no base64");
    }
  }
}
