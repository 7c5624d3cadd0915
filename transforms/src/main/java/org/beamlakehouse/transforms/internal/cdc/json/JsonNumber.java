package org.beamlakehouse.transforms.internal.cdc.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A number, read from digits in bytes with as little work as its size allows, or given. One object
 * is filled again for every number.
 */
public final class JsonNumber {
  /** Any number of so many digits fits a long. */
  private static final int MAX_DIGITS = 18;

  /** Powers of ten that a double holds exactly. */
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18
  };

  private static final long MAX_EXACT_DOUBLE = 1L << 53;

  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private boolean negative;
  private boolean exponent;
  private int digits;
  private int scale;
  private long unscaled;

  /**
   * Reads the JSON number that begins at {@code start}, of which at least a minus or a digit is
   * there.
   *
   * @return the offset behind it
   * @throws JsonException where it is none, or the input ends in it
   */
  int read(byte[] source, int start, int end) throws JsonException {
    int at = begin(source, start, end);
    int integer = at;
    at = readDigits(at, end);
    if (at == integer) {
      throw missingDigit(at, end);
    }
    if (bytes[integer] == '0' && at > integer + 1) {
      throw JsonException.invalid(integer);
    }
    if (at < end && bytes[at] == '.') {
      int fraction = at + 1;
      at = readDigits(fraction, end);
      scale = at - fraction;
      if (scale == 0) {
        throw missingDigit(at, end);
      }
    }
    if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      exponent = true;
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      int power = at;
      while (at < end && isDigit(bytes[at])) {
        at++;
      }
      if (at == power) {
        throw missingDigit(at, end);
      }
    }
    to = at;
    return at;
  }

  /** Takes an integer. */
  void set(long value) {
    negative = value < 0;
    unscaled = negative ? -value : value;
    scale = 0;
    exponent = false;
    from = 0;
    to = 0;
    digits = MAX_DIGITS;
    if (Long.compareUnsigned(unscaled, MAX_EXACT_DOUBLE) > 0) {
      // Only of such is the text ever asked for.
      bytes = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
      to = bytes.length;
      digits++;
    }
  }

  /**
   * Reads a text of digits with an optional minus and fraction; false where the text is anything
   * else, be it a number.
   */
  public boolean readPlain(byte[] source, int start, int end) {
    int at = begin(source, start, end);
    int integer = at;
    at = readDigits(at, end);
    if (at == integer) {
      return false;
    }
    if (at < end && bytes[at] == '.') {
      int fraction = at + 1;
      at = readDigits(fraction, end);
      scale = at - fraction;
    }
    to = at;
    return at == end && bytes[at - 1] != '.' && digits <= MAX_DIGITS;
  }

  private int begin(byte[] source, int start, int end) {
    bytes = source;
    from = start;
    digits = 0;
    scale = 0;
    unscaled = 0;
    exponent = false;
    negative = start < end && source[start] == '-';
    return negative ? start + 1 : start;
  }

  private int readDigits(int start, int end) {
    int at = start;
    long value = unscaled;
    while (at < end && isDigit(bytes[at])) {
      value = value * 10 + (bytes[at] - '0');
      at++;
    }
    unscaled = value;
    digits += at - start;
    return at;
  }

  private static JsonException missingDigit(int at, int end) {
    return at < end ? JsonException.invalid(at) : JsonException.truncated(end);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** True for a number without fraction and exponent. */
  public boolean isInteger() {
    return scale == 0 && !exponent;
  }

  /** True where an integer is in the range of a long. */
  public boolean isLong() {
    // 19 digits fit the 64 bits as an unsigned number.
    return digits <= MAX_DIGITS
        || (digits == MAX_DIGITS + 1
            && Long.compareUnsigned(unscaled, negative ? Long.MIN_VALUE : Long.MAX_VALUE) <= 0);
  }

  /** An integer in the range of a long. */
  public long longValue() {
    return negative ? -unscaled : unscaled;
  }

  /** True where an integer is in the range of an int. */
  public boolean isInt() {
    return isLong() && longValue() == (int) longValue();
  }

  /** The nearest double; infinite where there is none. */
  public double doubleValue() {
    if (!exponent && digits <= MAX_DIGITS && unscaled <= MAX_EXACT_DOUBLE) {
      // Both are exact, so that the one division rounds as it must (Clinger's fast path).
      double value = unscaled / POWERS_OF_TEN[scale];
      // An integer has no negative zero.
      return negative && (unscaled != 0 || !isInteger()) ? -value : value;
    }
    return Double.parseDouble(text());
  }

  /** The exact value, with the scale as it is written; null where the exponent is too large. */
  public @Nullable BigDecimal decimalValue() {
    if (!exponent && digits <= MAX_DIGITS) {
      return BigDecimal.valueOf(longValue(), scale);
    }
    try {
      return new BigDecimal(text());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Bytes of the number as it is written. */
  public int length() {
    return to - from;
  }

  private String text() {
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }
}
