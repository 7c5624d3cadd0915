package org.beamlakehouse.transforms.internal.sql.function;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import org.apache.calcite.linq4j.function.Strict;

/**
 * Intervals (milliseconds, or months) and what is added to dates and times, never wrapped around;
 * for code that expressions are compiled to, not for other use. It is public only because the
 * generated classes live in no package.
 */
public final class IntervalFunctions {
  private static final long MILLIS_PER_DAY = 86_400_000L;

  private IntervalFunctions() {}

  /** The sum of two intervals. */
  @Strict
  public static long addIntervals(long left, long right) {
    return Math.addExact(left, right);
  }

  /** The difference of two intervals. */
  @Strict
  public static long subtractIntervals(long left, long right) {
    return Math.subtractExact(left, right);
  }

  /** An interval the other way. */
  @Strict
  public static long negateInterval(long interval) {
    return Math.negateExact(interval);
  }

  /** A multiple of an interval. */
  @Strict
  public static long multiplyInterval(long interval, BigDecimal factor) {
    return factor.precision() - factor.scale() > 38
        ? overflow()
        : factor.multiply(BigDecimal.valueOf(interval)).toBigInteger().longValueExact();
  }

  /** A date and an interval of days or less. */
  @Strict
  public static int addToDate(int days, long millis) {
    return Math.toIntExact(Math.addExact(days, Math.floorDiv(millis, MILLIS_PER_DAY)));
  }

  /** A date and an interval of months. */
  @Strict
  public static int addMonthsToDate(int days, long months) {
    try {
      return Math.toIntExact(LocalDate.ofEpochDay(days).plusMonths(months).toEpochDay());
    } catch (DateTimeException e) {
      return (int) overflow();
    }
  }

  /** A timestamp in microseconds and an interval of days or less. */
  @Strict
  public static long addToTimestamp(long micros, long millis) {
    return Math.addExact(micros, Math.multiplyExact(millis, 1_000L));
  }

  /** A timestamp in microseconds and an interval of months. */
  @Strict
  public static long addMonthsToTimestamp(long micros, long months) {
    try {
      return TemporalFunctions.micros(TemporalFunctions.localDateTime(micros).plusMonths(months));
    } catch (DateTimeException e) {
      return overflow();
    }
  }

  private static long overflow() {
    throw new ArithmeticException("overflow");
  }
}
