package org.beamlakehouse.transforms.internal.sql;

import java.io.Serial;
import org.beamlakehouse.transforms.internal.sql.function.PatternFunctions;

/**
 * A SQL expression could not be evaluated for a row: division by zero, overflow, a text that is no
 * number. The message names the expression and the kind of error, never a value of the row; for the
 * same reason there is no cause, only its stack trace.
 */
public final class SqlEvaluationException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final String reason;

  private SqlEvaluationException(String sql, String reason) {
    super(String.format("Cannot evaluate '%s': %s", ExpressionParser.abbreviate(sql), reason));
    this.reason = reason;
  }

  static SqlEvaluationException of(String sql, Throwable error) {
    SqlEvaluationException exception = new SqlEvaluationException(sql, reason(error));
    exception.setStackTrace(error.getStackTrace());
    return exception;
  }

  /** The kind of the error in words, without the expression. */
  public String reason() {
    return reason;
  }

  /** The kind of the error in words; messages of libraries hold values and are not repeated. */
  private static String reason(Throwable error) {
    String message = String.valueOf(error.getMessage()).toLowerCase(java.util.Locale.ROOT);
    if (error instanceof StackOverflowError) {
      return "a value takes too much stack";
    }
    if (message.contains(PatternFunctions.NOT_A_PATTERN)) {
      return PatternFunctions.NOT_A_PATTERN;
    }
    if (message.startsWith("a text is longer than")) {
      return message;
    }
    if (error instanceof NumberFormatException) {
      return "a text is not a number";
    }
    if (message.contains("by zero")) {
      return "division by zero";
    }
    if (error instanceof ArithmeticException
        || message.contains("overflow")
        || message.contains("out of range")
        || message.contains("logarithm")
        || message.contains("cannot be represented")) {
      return "a number is out of range";
    }
    if (error instanceof java.time.DateTimeException
        || message.contains("invalid date")
        || message.contains("invalid datetime")
        || message.contains("to date")
        || message.contains("to timestamp")) {
      return "a text is not a date or time";
    }
    if (error instanceof ClassCastException) {
      return "a value has not the Java class of its column's type";
    }
    if (message.startsWith("invalid character for cast")) {
      return "a text is not true or false";
    }
    if (error instanceof IndexOutOfBoundsException) {
      return "a position lies outside of a text";
    }
    return "a function does not accept a value";
  }
}
