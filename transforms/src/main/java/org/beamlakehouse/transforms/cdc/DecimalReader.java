package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads decimals: a JSON number, a string with a number, base64 of a two's complement number, or an
 * object of {@code scale} and {@code value}. The value must fit precision and scale without
 * rounding.
 *
 * <p>Where no schema says that a connector's string is base64, it is one only if it does not read
 * as a number and is padded, and has the contract's scale. (A base64 text of digits only is a
 * negative number of 3, 6, … bytes; sources that hold such need the schema.)
 */
final class DecimalReader implements ValueReader {
  /** Longer numbers are never decimals of 38 digits written by a sane source. */
  private static final int MAX_LENGTH = 1_000;

  private final ColumnType type;
  private final WireType wire;
  private final String expected;

  DecimalReader(ColumnType type, WireType wire) {
    this.type = type;
    this.wire = wire;
    this.expected = type.toString();
  }

  @Override
  public Object read(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          parser.getTextLength() > MAX_LENGTH
              ? outOfRange("a number")
              : fit(parser.getDecimalValue());
      case VALUE_STRING -> readString(parser);
      case START_OBJECT ->
          wire.kind() == WireType.Kind.VARIABLE_DECIMAL || wire.isUntold()
              ? readVariable(parser)
              : Bad.of(expected, parser, token);
      default -> Bad.of(expected, parser, token);
    };
  }

  private Object readString(JsonParser parser) throws IOException {
    if (parser.getTextLength() > MAX_LENGTH) {
      return outOfRange("a string");
    }
    if (wire.kind() == WireType.Kind.DECIMAL) {
      BigInteger unscaled = decode(parser.getText());
      return unscaled == null ? noNumber() : fit(new BigDecimal(unscaled, wire.scale()));
    }
    BigDecimal number = parse(parser);
    if (number != null) {
      return fit(number);
    }
    // Connectors pad their base64. Java also decodes it without, and would take many words for it.
    boolean mayBeBase64 = wire.isUntold() && parser.getTextLength() % 4 == 0;
    BigInteger unscaled = mayBeBase64 ? decode(parser.getText()) : null;
    return unscaled == null ? noNumber() : fit(new BigDecimal(unscaled, type.scale()));
  }

  private Object readVariable(JsonParser parser) throws IOException {
    BigInteger unscaled = null;
    Integer scale = null;
    String name;
    while ((name = parser.nextFieldName()) != null) {
      JsonToken token = parser.nextToken();
      if (name.equals("value") && token == JsonToken.VALUE_STRING) {
        unscaled = parser.getTextLength() > MAX_LENGTH ? null : decode(parser.getText());
      } else if (name.equals("scale")
          && token == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() == JsonParser.NumberType.INT) {
        scale = parser.getIntValue();
      } else {
        parser.skipChildren();
      }
    }
    return unscaled == null || scale == null
        ? new Bad(expected, "an object without scale and value of a decimal")
        : fit(new BigDecimal(unscaled, scale));
  }

  private static @Nullable BigDecimal parse(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int from = parser.getTextOffset();
    int length = parser.getTextLength();
    if (length == 0 || !mayBeginNumber(chars[from])) {
      return null;
    }
    try {
      return new BigDecimal(chars, from, length);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean mayBeginNumber(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
  }

  private static @Nullable BigInteger decode(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return bytes.length == 0 ? null : new BigInteger(bytes);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The value in exactly the contract's scale. */
  private Object fit(BigDecimal value) {
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

  private Bad noNumber() {
    return new Bad(expected, "a string that is no number");
  }
}
