package org.beamlakehouse.transforms.internal.sql.function;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import org.apache.calcite.linq4j.function.Strict;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Times as microseconds, for code that expressions are compiled to; not for other use. It is public
 * only because the generated classes live in no package.
 *
 * <p>Calcite computes with milliseconds. Expressions therefore carry timestamps (microseconds since
 * 1970 in UTC) and times (microseconds of the day) as 64-bit integers, and call Calcite's functions
 * with milliseconds only where they do more than compare or choose.
 */
public final class TemporalFunctions {

  private static final long MICROS_PER_MILLI = 1_000L;
  private static final long MICROS_PER_SECOND = 1_000_000L;

  /** {@code 2024-01-31}, then a time of day and an offset if there are, {@code T} or a space. */
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendPattern("[XXX][XX][X]")
          .optionalEnd()
          .optionalEnd()
          .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
          .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
          .toFormatter(java.util.Locale.ROOT)
          // Otherwise 30 February would be the 29th.
          .withResolverStyle(ResolverStyle.STRICT);

  private TemporalFunctions() {}

  /** Timestamp in microseconds to milliseconds, rounded down. */
  @Strict
  public static long toMillis(long micros) {
    return Math.floorDiv(micros, MICROS_PER_MILLI);
  }

  /** Timestamp in microseconds to milliseconds, rounded up. */
  @Strict
  public static long toMillisUp(long micros) {
    return -Math.floorDiv(-micros, MICROS_PER_MILLI);
  }

  /** Timestamp in milliseconds to microseconds. */
  @Strict
  public static long toMicros(long millis) {
    return Math.multiplyExact(millis, MICROS_PER_MILLI);
  }

  /** Time of day in microseconds to milliseconds. */
  @Strict
  public static int timeToMillis(long micros) {
    return (int) (micros / MICROS_PER_MILLI);
  }

  /** Time of day in milliseconds to microseconds. */
  @Strict
  public static long timeToMicros(int millis) {
    return millis * MICROS_PER_MILLI;
  }

  /** Cuts the last digits of a second; {@code unit} is the microseconds of the last digit kept. */
  @Strict
  public static long truncate(long micros, long unit) {
    return micros - Math.floorMod(micros, unit);
  }

  /** Parses a date, or a date and time with or without an offset, to microseconds in UTC. */
  @Strict
  public static long parseTimestamp(String text) {
    TemporalAccessor parsed = TIMESTAMP.parse(text.strip());
    if (parsed.isSupported(ChronoField.OFFSET_SECONDS)) {
      return micros(OffsetDateTime.from(parsed).toInstant());
    }
    return micros(LocalDateTime.from(parsed));
  }

  /** Parses a time of day to microseconds. */
  @Strict
  public static long parseTime(String text) {
    return LocalTime.parse(text.strip()).toNanoOfDay() / 1_000;
  }

  /** Parses an ISO date to days since 1970; a time behind it is an error. */
  @Strict
  public static int parseDate(String text) {
    return Math.toIntExact(LocalDate.parse(text.strip()).toEpochDay());
  }

  /** {@link #parseTimestamp}, or null where the text is none. */
  @Strict
  public static @Nullable Long tryTimestamp(String text) {
    try {
      return parseTimestamp(text);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** {@link #parseTime}, or null where the text is none. */
  @Strict
  public static @Nullable Long tryTime(String text) {
    try {
      return parseTime(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** {@link #parseDate}, or null where the text is none. */
  @Strict
  public static @Nullable Integer tryDate(String text) {
    try {
      return parseDate(text);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** A timestamp as text: {@code 2024-01-31 12:00:00}, with six more digits where not all zero. */
  @Strict
  public static String formatTimestamp(long micros) {
    LocalDateTime time = localDateTime(micros);
    return time.toLocalDate() + " " + clock(time.toLocalTime());
  }

  /** A time of day as text, as {@link #formatTimestamp(long)} shows it. */
  @Strict
  public static String formatTime(long micros) {
    return clock(localTime(micros));
  }

  private static String clock(LocalTime time) {
    String seconds =
        String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    int micros = time.getNano() / 1_000;
    return micros == 0 ? seconds : seconds + String.format(".%06d", micros);
  }

  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / 1_000);
  }

  public static long micros(LocalDateTime time) {
    return Math.addExact(
        Math.multiplyExact(time.toEpochSecond(ZoneOffset.UTC), MICROS_PER_SECOND),
        time.getNano() / 1_000);
  }

  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
  }

  public static LocalDateTime localDateTime(long micros) {
    return LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC);
  }

  public static LocalTime localTime(long micros) {
    if (micros < 0 || micros >= 86_400L * MICROS_PER_SECOND) {
      throw new DateTimeException("time of day out of range");
    }
    return LocalTime.ofNanoOfDay(micros * 1_000);
  }
}
