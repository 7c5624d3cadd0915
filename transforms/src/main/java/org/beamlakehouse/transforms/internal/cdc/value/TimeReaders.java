package org.beamlakehouse.transforms.internal.cdc.value;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Readers of dates and times, from ISO text or from numbers. The unit of a number is told by the
 * record's schema, by its format, or was {@linkplain Declared declared}; a number whose unit nobody
 * told is no value.
 *
 * <p>What is finer than a microsecond is cut off, towards the past.
 */
final class TimeReaders {
  /** PostgreSQL's {@code infinity} in microseconds, as its driver and Debezium have it. */
  static final long INFINITY_MICROS = 9_223_372_036_825_200_000L;

  /** PostgreSQL's {@code -infinity}. */
  static final long NEGATIVE_INFINITY_MICROS = -9_223_372_036_832_400_000L;

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;
  private static final String UNTOLD =
      "a number whose unit nobody told; declare timestampUnit (days, seconds, millis, micros or"
          + " nanos) for the column or its source";

  private TimeReaders() {}

  /**
   * What a reader knows of the numbers it meets.
   *
   * @param unit their unit; null where they are no values
   * @param refused what they are instead, for messages
   */
  private record Numbers(@Nullable TimestampUnit unit, String refused) {

    static Numbers of(TimestampUnit unit) {
      return new Numbers(unit, "");
    }

    /** Numbers of another meaning than the column's. */
    static Numbers other(WireType wire) {
      return new Numbers(null, "a number of type " + wire.name());
    }

    static Numbers declared(Declared declared) {
      return new Numbers(declared.unit(), UNTOLD);
    }
  }

  static JsonValueReader date(WireType wire, Declared declared) {
    Numbers numbers =
        switch (wire.kind()) {
          // Of a column that is a date Debezium writes no other numbers.
          case DAYS, UNKNOWN -> Numbers.of(TimestampUnit.DAYS);
          default -> wire.isTold() ? Numbers.other(wire) : Numbers.declared(declared);
        };
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        LocalDate date = iso.date(in.text(), in.textFrom(), in.textTo());
        return date != null
            ? date
            : new JsonValueReader.Bad("date", "a string that is no ISO date");
      }
      if (token != JsonToken.INTEGER) {
        return JsonValueReader.Bad.of("date", in, token);
      }
      if (numbers.unit == null) {
        return new JsonValueReader.Bad("date", numbers.refused);
      }
      return in.number().isLong()
          ? dateOf(in.number().longValue(), numbers.unit)
          : new JsonValueReader.Bad("date", "a number out of range");
    };
  }

  private static Object dateOf(long value, TimestampUnit unit) {
    long perDay =
        switch (unit) {
          case DAYS -> 1;
          case SECONDS -> MICROS_PER_DAY / MICROS_PER_SECOND;
          case MILLIS -> MICROS_PER_DAY / 1_000;
          case MICROS -> MICROS_PER_DAY;
          case NANOS -> MICROS_PER_DAY * 1_000;
        };
    if (value % perDay != 0) {
      return new JsonValueReader.Bad("date", "a number that is no whole day");
    }
    long days = value / perDay;
    if (days != (int) days) {
      return new JsonValueReader.Bad("date", "a number of days out of range");
    }
    return isInfinite(days)
        ? new JsonValueReader.Bad("date", "infinity, which dates do not have")
        : LocalDate.ofEpochDay(days);
  }

  /**
   * The days that Debezium sends for PostgreSQL's infinite dates: both lie before all others (in
   * the year -5877611), so that they cannot stand for what they mean; and the ends of the range.
   */
  private static boolean isInfinite(long days) {
    return days == -2_147_472_692L
        || days == -2_147_472_691L
        || days == Integer.MAX_VALUE
        || days == Integer.MIN_VALUE;
  }

  static JsonValueReader time(WireType wire, Declared declared) {
    Numbers numbers =
        switch (wire.kind()) {
          case TIME_MILLIS -> Numbers.of(TimestampUnit.MILLIS);
          case TIME_MICROS -> Numbers.of(TimestampUnit.MICROS);
          case TIME_NANOS -> Numbers.of(TimestampUnit.NANOS);
          default -> wire.isTold() ? Numbers.other(wire) : Numbers.declared(declared);
        };
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        LocalTime time = iso.time(in.text(), in.textFrom(), in.textTo());
        return time != null
            ? time
            : new JsonValueReader.Bad("time", "a string that is no ISO time");
      }
      if (token != JsonToken.INTEGER) {
        return JsonValueReader.Bad.of("time", in, token);
      }
      if (numbers.unit == null) {
        return new JsonValueReader.Bad("time", numbers.refused);
      }
      return in.number().isLong()
          ? timeOf(in.number().longValue(), numbers.unit)
          : new JsonValueReader.Bad("time", "a number that is no time of day");
    };
  }

  private static Object timeOf(long value, TimestampUnit unit) {
    // So that no product is out of range; only nanoseconds count beyond a day of microseconds.
    boolean mayBeInRange = value >= 0 && (unit == TimestampUnit.NANOS || value < MICROS_PER_DAY);
    long micros =
        switch (unit) {
          case DAYS -> -1;
          case SECONDS -> mayBeInRange ? value * MICROS_PER_SECOND : -1;
          case MILLIS -> mayBeInRange ? value * 1_000 : -1;
          case MICROS -> value;
          case NANOS -> Math.floorDiv(value, 1_000L);
        };
    return micros < 0 || micros >= MICROS_PER_DAY
        ? new JsonValueReader.Bad("time", "a number that is no time of day")
        : LocalTime.ofNanoOfDay(micros * 1_000);
  }

  static JsonValueReader timestamp(WireType wire, Declared declared) {
    Numbers numbers = epoch(wire, declared);
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        LocalDateTime time = iso.timestamp(in.text(), in.textFrom(), in.textTo());
        if (time != null) {
          return time;
        }
        Instant infinity = infinity(in);
        return infinity != null
            ? toLocal(infinity)
            : new JsonValueReader.Bad(
                "timestamp", "a string that is no ISO timestamp without zone");
      }
      Object instant = instant("timestamp", numbers, in, token);
      return instant instanceof Instant found ? toLocal(found) : instant;
    };
  }

  private static LocalDateTime toLocal(Instant instant) {
    return LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
  }

  static JsonValueReader timestamptz(WireType wire, Declared declared) {
    Numbers numbers = epoch(wire, declared);
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        Instant instant = iso.instant(in.text(), in.textFrom(), in.textTo());
        instant = instant != null ? instant : infinity(in);
        return instant != null
            ? instant
            : new JsonValueReader.Bad("timestamptz", "a string that is no ISO timestamp with zone");
      }
      return instant("timestamptz", numbers, in, token);
    };
  }

  /**
   * PostgreSQL's infinite instants, as the text that it or some version of Debezium has for them;
   * null where the text is anything else.
   */
  private static @Nullable Instant infinity(JsonReader in) {
    if (in.isText("infinity")
        || in.beginsWith("+294247-01-10T04:00:25.2")
        || in.beginsWith("+292278994-08-16T23:00")) {
      return ofMicros(INFINITY_MICROS);
    }
    return in.isText("-infinity")
            || in.beginsWith("-290308-12-21T19:59:27.6")
            || in.beginsWith("-292275055-05-16T23:00")
        ? ofMicros(NEGATIVE_INFINITY_MICROS)
        : null;
  }

  private static Numbers epoch(WireType wire, Declared declared) {
    return switch (wire.kind()) {
      case EPOCH_SECONDS -> Numbers.of(TimestampUnit.SECONDS);
      case EPOCH_MILLIS -> Numbers.of(TimestampUnit.MILLIS);
      case EPOCH_MICROS -> Numbers.of(TimestampUnit.MICROS);
      case EPOCH_NANOS -> Numbers.of(TimestampUnit.NANOS);
      default -> wire.isTold() ? Numbers.other(wire) : Numbers.declared(declared);
    };
  }

  private static Object instant(String expected, Numbers numbers, JsonReader in, JsonToken token)
      throws JsonException {
    if (token != JsonToken.INTEGER) {
      return JsonValueReader.Bad.of(expected, in, token);
    }
    if (numbers.unit == null) {
      return new JsonValueReader.Bad(expected, numbers.refused);
    }
    Instant instant =
        in.number().isLong() ? instantOf(in.number().longValue(), numbers.unit) : null;
    return instant != null ? instant : new JsonValueReader.Bad(expected, "a number out of range");
  }

  /** The instant so long after 1970; null where its microseconds do not fit 64 bits. */
  private static @Nullable Instant instantOf(long value, TimestampUnit unit) {
    return switch (unit) {
      case DAYS -> {
        long max = Long.MAX_VALUE / MICROS_PER_DAY;
        yield value > max || value < -max ? null : ofMicros(value * MICROS_PER_DAY);
      }
      case SECONDS -> ofSeconds(value);
      case MILLIS -> ofMillis(value);
      case MICROS -> ofMicros(value);
      case NANOS -> ofNanos(value);
    };
  }

  /** The instant, or null where its microseconds do not fit 64 bits. */
  static @Nullable Instant ofSeconds(long seconds) {
    long max = Long.MAX_VALUE / MICROS_PER_SECOND;
    return seconds > max || seconds < -max ? null : Instant.ofEpochSecond(seconds);
  }

  /** The instant, or null where its microseconds do not fit 64 bits. */
  static @Nullable Instant ofMillis(long millis) {
    long max = Long.MAX_VALUE / 1_000;
    return millis > max || millis < -max ? null : Instant.ofEpochMilli(millis);
  }

  static Instant ofMicros(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
  }

  /** The instant; Debezium writes infinity as the ends of the range, which are of no other use. */
  private static Instant ofNanos(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      return ofMicros(INFINITY_MICROS);
    }
    return ofMicros(
        nanos == Long.MIN_VALUE ? NEGATIVE_INFINITY_MICROS : Math.floorDiv(nanos, 1_000L));
  }
}
