package org.beamlakehouse.transforms.internal.cdc.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonNumber;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads decimals: a JSON number, a string with a number, base64 of a two's complement number, or an
 * object of {@code scale} and {@code value}. The value must fit precision and scale without
 * rounding.
 *
 * <p>Whether a string is base64 or digits is told by the record's schema, by a format that knows
 * one of them only, or was {@linkplain Declared declared}. Else a string that can be but one of
 * them is that one, base64 of the contract's scale; one that can be both ({@code 8888} is -7989.16
 * in base64) is no value.
 */
public final class DecimalReader implements JsonValueReader {
  /** Longer numbers are never decimals of 38 digits written by a sane source. */
  private static final int MAX_LENGTH = 1_000;

  private final ColumnType type;
  private final WireType wire;
  private final String expected;
  private final @Nullable DecimalEncoding encoding;
  private final JsonNumber digits = new JsonNumber();

  public DecimalReader(ColumnType type, WireType wire, Declared declared) {
    this.type = type;
    this.wire = wire;
    this.expected = type.toString();
    this.encoding =
        switch (wire.kind()) {
          case DECIMAL -> DecimalEncoding.BASE64;
          // Debezium writes what its schema or its own setting says; JSON alone has no base64.
          case UNKNOWN, NATIVE, DOCUMENT -> declared.encoding();
          default -> DecimalEncoding.TEXT;
        };
  }

  @Override
  public Object read(JsonReader in, JsonToken token) throws JsonException {
    return switch (token) {
      case INTEGER, FRACTION ->
          in.number().length() > MAX_LENGTH
              ? outOfRange("a number")
              : fit(in.number().decimalValue());
      case STRING -> readString(in);
      case OBJECT ->
          wire.kind() == WireType.Kind.VARIABLE_DECIMAL || wire.isUntold()
              ? readVariable(in)
              : Bad.of(expected, in, token);
      default -> Bad.of(expected, in, token);
    };
  }

  private Object readString(JsonReader in) {
    if (in.textLength() > MAX_LENGTH) {
      return outOfRange("a string");
    }
    if (wire.kind() == WireType.Kind.BYTES) {
      return new Bad(expected, "an encoded value of type " + wire.name());
    }
    if (encoding == DecimalEncoding.BASE64) {
      boolean told = wire.kind() == WireType.Kind.DECIMAL;
      return fitOrNone(decode(in, told ? wire.scale() : type.scale()));
    }
    BigDecimal number = parse(in);
    if (encoding == DecimalEncoding.TEXT || !wire.isUntold()) {
      return fitOrNone(number);
    }
    // Connectors pad their base64. Java also decodes it without, and would take many words for it.
    BigDecimal decoded = in.textLength() % 4 == 0 ? decode(in, type.scale()) : null;
    if (decoded != null && (number != null || in.isText("Infinity"))) {
      return new Bad(
          expected,
          "a string that can be text as well as base64; declare decimalEncoding (base64 or text)"
              + " for the column or its source");
    }
    return fitOrNone(number != null ? number : decoded);
  }

  private Object fitOrNone(@Nullable BigDecimal value) {
    return value == null ? new Bad(expected, "a string that is no number") : fit(value);
  }

  private Object readVariable(JsonReader in) throws JsonException {
    BigDecimal unscaled = null;
    int scale = 0;
    boolean scaled = false;
    String name;
    while ((name = in.nextFieldName()) != null) {
      JsonToken token = in.next();
      if (name.equals("value") && token == JsonToken.STRING) {
        unscaled = in.textLength() > MAX_LENGTH ? null : decode(in, 0);
      } else if (name.equals("scale") && token == JsonToken.INTEGER && in.number().isInt()) {
        scale = (int) in.number().longValue();
        scaled = true;
      } else {
        in.skip();
      }
    }
    return unscaled == null || !scaled
        ? new Bad(expected, "an object without scale and value of a decimal")
        : fit(new BigDecimal(unscaled.unscaledValue(), scale));
  }

  private @Nullable BigDecimal parse(JsonReader in) {
    if (digits.readPlain(in.text(), in.textFrom(), in.textTo())) {
      return digits.decimalValue();
    }
    String text = in.string();
    // Java would take digits of other scripts as well.
    boolean ascii = text.length() == in.textLength();
    if (text.isEmpty() || !ascii || !mayBeginNumber(text.charAt(0))) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean mayBeginNumber(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
  }

  /** The number whose two's complement is in base64 under the reader; null where none is. */
  private static @Nullable BigDecimal decode(JsonReader in, int scale) {
    if (!hasAlphabetOfBase64(in)) {
      return null;
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(Arrays.copyOfRange(in.text(), in.textFrom(), in.textTo()));
    } catch (IllegalArgumentException e) {
      return null;
    }
    return decode(bytes, 0, bytes.length, scale);
  }

  /**
   * Tells most text apart without the exception that a decoder throws: it costs as much as a row.
   */
  private static boolean hasAlphabetOfBase64(JsonReader in) {
    byte[] text = in.text();
    for (int i = in.textFrom(); i < in.textTo(); i++) {
      byte c = text[i];
      boolean is =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || c == '+'
              || c == '/'
              || c == '=';
      if (!is) {
        return false;
      }
    }
    return true;
  }

  /** The number whose two's complement lies between two offsets; null where nothing does. */
  public static @Nullable BigDecimal decode(byte[] bytes, int from, int to, int scale) {
    if (from == to) {
      return null;
    }
    if (to - from > Long.BYTES) {
      return new BigDecimal(new BigInteger(bytes, from, to - from), scale);
    }
    long value = bytes[from];
    for (int i = from + 1; i < to; i++) {
      value = value << Byte.SIZE | bytes[i] & 0xff;
    }
    return BigDecimal.valueOf(value, scale);
  }

  /** The value in exactly the contract's scale; null stands for one beyond all bounds. */
  public Object fit(@Nullable BigDecimal value) {
    if (value == null) {
      return outOfRange("a number");
    }
    int scale = type.scale();
    if (value.signum() == 0) {
      return BigDecimal.valueOf(0, scale);
    }
    long digitsBeforePoint = (long) value.precision() - value.scale();
    if (digitsBeforePoint > type.precision() - scale) {
      return outOfRange("a number");
    }
    if (value.scale() == scale) {
      return value;
    }
    // A number with fewer digits than its surplus scale cannot end in that many zeros; asking first
    // keeps tiny exponents from making huge numbers.
    long surplus = (long) value.scale() - scale;
    if (surplus >= value.precision()) {
      return tooFine();
    }
    try {
      return value.setScale(scale);
    } catch (ArithmeticException e) {
      return tooFine();
    }
  }

  private Bad outOfRange(String what) {
    return new Bad(expected, what + " with more digits");
  }

  private Bad tooFine() {
    return new Bad(expected, "a number with more digits behind the point");
  }
}
