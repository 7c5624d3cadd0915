package org.beamlakehouse.transforms.internal.sql.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.calcite.linq4j.function.Strict;

/**
 * Arithmetic that has a result or none, never a wrong one, for code that expressions are compiled
 * to; not for other use. It is public only because the generated classes live in no package.
 *
 * <p>Floating-point numbers: an infinite or undefined operand gives what IEEE 754 says; a finite
 * one gives a finite result or an error, as whole numbers do.
 */
public final class NumberFunctions {
  /** No type has more digits; beyond, rounding changes nothing or gives zero. */
  private static final int MAX_DIGITS = 400;

  /** Longer texts of numbers take time out of proportion. */
  private static final int MAX_TEXT = 10_000;

  private NumberFunctions() {}

  /** {@code ABS} of an integer. */
  @Strict
  public static long abs(long value) {
    return Math.absExact(value);
  }

  /** An integer of 32 bits. */
  @Strict
  public static int toInt(long value) {
    return Math.toIntExact(value);
  }

  /** {@code ROUND} of an integer to a power of ten. */
  @Strict
  public static long round(long value, int digits) {
    return digits >= 0
        ? value
        : BigDecimal.valueOf(value).setScale(digits(digits), RoundingMode.HALF_UP).longValueExact();
  }

  /** The digits of {@code ROUND} and {@code TRUNCATE}, as far as they make a difference. */
  @Strict
  public static int digits(int digits) {
    return Math.max(-MAX_DIGITS, Math.min(MAX_DIGITS, digits));
  }

  /** {@code +}. */
  @Strict
  public static double plus(double left, double right) {
    return finite(left + right, left, right);
  }

  /** {@code -}. */
  @Strict
  public static double minus(double left, double right) {
    return finite(left - right, left, right);
  }

  /** {@code *}. */
  @Strict
  public static double times(double left, double right) {
    return finite(left * right, left, right);
  }

  /** {@code /}. */
  @Strict
  public static double divide(double left, double right) {
    if (right == 0 && Double.isFinite(left)) {
      throw new ArithmeticException("/ by zero");
    }
    return finite(left / right, left, right);
  }

  /** {@code /} of decimals, rounded half up to the digits of the result's type. */
  @Strict
  public static BigDecimal divideExactly(BigDecimal left, BigDecimal right, int scale) {
    return left.divide(right, scale, RoundingMode.HALF_UP);
  }

  /** {@code POWER}. */
  @Strict
  public static double power(double base, double exponent) {
    if (base == 0 && exponent < 0) {
      throw new ArithmeticException("/ by zero");
    }
    return finite(Math.pow(base, exponent), base, exponent);
  }

  /** {@code EXP}. */
  @Strict
  public static double exp(double value) {
    return finite(Math.exp(value), value, value);
  }

  /** {@code SQRT}. */
  @Strict
  public static double sqrt(double value) {
    return finite(Math.sqrt(value), value, value);
  }

  /** {@code ASIN}. */
  @Strict
  public static double asin(double value) {
    return finite(Math.asin(value), value, value);
  }

  /** {@code ACOS}. */
  @Strict
  public static double acos(double value) {
    return finite(Math.acos(value), value, value);
  }

  /** {@code COT}. */
  @Strict
  public static double cot(double value) {
    return divide(1, Math.tan(value));
  }

  /** {@code DEGREES}. */
  @Strict
  public static double degrees(double value) {
    return finite(Math.toDegrees(value), value, value);
  }

  /** A number of 32 bits. */
  @Strict
  public static float toReal(double value) {
    float real = (float) value;
    if (Float.isInfinite(real) && !Double.isInfinite(value)) {
      throw new ArithmeticException("overflow");
    }
    return real;
  }

  /** {@code CAST} of a text to {@code DOUBLE}. */
  @Strict
  public static double parseDouble(String text) {
    String number = text.strip();
    // Java's suffixes and hexadecimal numbers are not SQL's.
    if (number.isEmpty() || "dDfF".indexOf(number.charAt(number.length() - 1)) >= 0) {
      throw new NumberFormatException("not a number");
    }
    if (number.length() > MAX_TEXT || number.indexOf('x') >= 0 || number.indexOf('X') >= 0) {
      throw new NumberFormatException("not a number");
    }
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value) && number.indexOf('I') < 0) {
      throw new ArithmeticException("overflow");
    }
    return value;
  }

  /**
   * {@code CAST} of a text to {@code DECIMAL}, rounded half up. A text such as {@code 1e999999999}
   * is never written out.
   */
  @Strict
  public static BigDecimal parseDecimal(String text, int precision, int scale) {
    String number = text.strip();
    if (number.length() > MAX_TEXT) {
      throw new NumberFormatException("not a number");
    }
    BigDecimal value = new BigDecimal(number);
    long digitsBefore = (long) value.precision() - value.scale();
    if (value.signum() == 0 || digitsBefore < -scale) {
      return BigDecimal.ZERO.setScale(scale);
    }
    if (digitsBefore > precision) {
      throw new ArithmeticException("overflow");
    }
    BigDecimal scaled = value.setScale(scale, RoundingMode.HALF_UP);
    if (scaled.precision() > precision) {
      throw new ArithmeticException("overflow");
    }
    return scaled;
  }

  private static double finite(double result, double left, double right) {
    if (!Double.isFinite(result) && Double.isFinite(left) && Double.isFinite(right)) {
      throw new ArithmeticException("overflow");
    }
    return result;
  }
}
