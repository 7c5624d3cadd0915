package org.beamlakehouse.transforms.internal.cdc.value;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoChronology;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads ISO-8601 dates and times without regular expressions or exceptions: {@code 2024-02-29},
 * {@code 13:05[:09[.123456]]}, both joined by {@code T} or a space, followed by {@code Z} or an
 * offset like {@code +02}, {@code +0200} or {@code +02:00}. What is finer than a microsecond is cut
 * off. Not safe for use by several threads.
 */
public final class IsoTime {
  /** Years beyond this do not fit a 64-bit count of microseconds. */
  public static final int MAX_YEAR = 290_000;

  private byte[] text = new byte[0];
  private int at;
  private int end;
  private int year;
  private int month;
  private int day;
  private int secondOfDay;
  private int nano;
  private int offsetSeconds;

  /** The date that the text is, or null; a trailing {@code Z} is allowed. */
  @Nullable LocalDate date(byte[] bytes, int from, int to) {
    start(bytes, from, to);
    if (!readDate()) {
      return null;
    }
    skipUtc();
    return at == end ? LocalDate.of(year, month, day) : null;
  }

  /** The time of day that the text is, in UTC where it has an offset, or null. */
  @Nullable LocalTime time(byte[] bytes, int from, int to) {
    start(bytes, from, to);
    if (!readTime()) {
      return null;
    }
    if (at < end && !readOffset()) {
      return null;
    }
    int utc = Math.floorMod(secondOfDay - offsetSeconds, 86_400);
    return LocalTime.ofNanoOfDay(utc * 1_000_000_000L + nano);
  }

  /** The local date and time that the text is, or null; of offsets only UTC is allowed. */
  @Nullable LocalDateTime timestamp(byte[] bytes, int from, int to) {
    start(bytes, from, to);
    if (!readDateTime() || (at < end && !readOffset()) || offsetSeconds != 0) {
      return null;
    }
    return LocalDateTime.ofEpochSecond(epochSecond(), nano, ZoneOffset.UTC);
  }

  /** The instant that the text is, or null; the offset must be there. */
  @Nullable Instant instant(byte[] bytes, int from, int to) {
    start(bytes, from, to);
    if (!readDateTime() || at == end || !readOffset()) {
      return null;
    }
    return Instant.ofEpochSecond(epochSecond() - offsetSeconds, nano);
  }

  private long epochSecond() {
    return LocalDate.of(year, month, day).toEpochDay() * 86_400 + secondOfDay;
  }

  private void start(byte[] bytes, int from, int to) {
    text = bytes;
    at = from;
    end = to;
    nano = 0;
    offsetSeconds = 0;
  }

  private boolean readDateTime() {
    if (!readDate() || at == end) {
      return false;
    }
    byte separator = text[at++];
    return (separator == 'T' || separator == ' ' || separator == 't') && readTime();
  }

  private boolean readDate() {
    if (at == end) {
      return false;
    }
    byte sign = text[at];
    boolean signed = sign == '-' || sign == '+';
    if (signed) {
      at++;
    }
    int from = at;
    int value = 0;
    while (at < end && isDigit(text[at]) && at - from < 7) {
      value = value * 10 + text[at++] - '0';
    }
    int digits = at - from;
    if (digits < 4 || (digits > 4 && !signed) || value > MAX_YEAR) {
      return false;
    }
    year = sign == '-' ? -value : value;
    if (!is('-') || (month = twoDigits()) < 1 || month > 12 || !is('-')) {
      return false;
    }
    day = twoDigits();
    return day >= 1 && day <= lengthOfMonth();
  }

  private int lengthOfMonth() {
    return switch (month) {
      case 2 -> IsoChronology.INSTANCE.isLeapYear(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private boolean readTime() {
    int hour = twoDigits();
    if (hour < 0 || hour > 23 || !is(':')) {
      return false;
    }
    int minute = twoDigits();
    if (minute < 0 || minute > 59) {
      return false;
    }
    int second = 0;
    if (at < end && text[at] == ':') {
      at++;
      second = twoDigits();
      if (second < 0 || second > 59) {
        return false;
      }
      if (at < end && text[at] == '.' && !readFraction()) {
        return false;
      }
    }
    secondOfDay = (hour * 60 + minute) * 60 + second;
    return true;
  }

  private boolean readFraction() {
    at++;
    int from = at;
    int micros = 0;
    while (at < end && isDigit(text[at])) {
      if (at - from < 6) {
        micros = micros * 10 + text[at] - '0';
      }
      at++;
    }
    int digits = at - from;
    for (int i = digits; i < 6; i++) {
      micros *= 10;
    }
    nano = micros * 1_000;
    return digits >= 1 && digits <= 12;
  }

  private boolean readOffset() {
    if (skipUtc()) {
      return at == end;
    }
    byte sign = text[at++];
    if (sign != '+' && sign != '-') {
      return false;
    }
    int hours = twoDigits();
    if (hours < 0 || hours > 18) {
      return false;
    }
    int seconds = hours * 3_600;
    for (int unit = 60; unit >= 1 && at < end; unit /= 60) {
      if (text[at] == ':') {
        at++;
      }
      int value = twoDigits();
      if (value < 0 || value > 59) {
        return false;
      }
      seconds += value * unit;
    }
    offsetSeconds = sign == '-' ? -seconds : seconds;
    return at == end;
  }

  private boolean skipUtc() {
    if (at < end && (text[at] == 'Z' || text[at] == 'z')) {
      at++;
      return true;
    }
    return false;
  }

  private boolean is(char expected) {
    return at < end && text[at++] == expected;
  }

  private int twoDigits() {
    if (at + 1 >= end || !isDigit(text[at]) || !isDigit(text[at + 1])) {
      return -1;
    }
    int value = (text[at] - '0') * 10 + text[at + 1] - '0';
    at += 2;
    return value;
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }
}
