package org.beamlakehouse.transforms.cdc;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Readers of dates and times, from ISO text or from numbers in the unit that the schema names.
 *
 * <p>Without a schema the unit of a number is told by its size:
 *
 * <ul>
 *   <li>timestamps: below 10<sup>14</sup> milliseconds (to the year 5138), below 10<sup>17</sup>
 *       microseconds (from 1973 on), above that nanoseconds. Sources with older timestamps in
 *       micro- or nanoseconds need the schema;
 *   <li>times of day: up to a day of microseconds (the default of Debezium's MySQL and PostgreSQL
 *       connectors) microseconds, above that nanoseconds;
 *   <li>dates: days since 1970.
 * </ul>
 *
 * <p>What is finer than a microsecond is cut off, towards the past.
 */
final class TimeReaders {
  private static final long MILLIS_BELOW = 100_000_000_000_000L;
  private static final long MICROS_BELOW = 100_000_000_000_000_000L;
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000;

  private TimeReaders() {}

  static ValueReader date(WireType wire) {
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        LocalDate date = iso.date(in.text(), in.textFrom(), in.textTo());
        return date != null ? date : new ValueReader.Bad("date", "a string that is no ISO date");
      }
      if (token != JsonToken.INTEGER) {
        return ValueReader.Bad.of("date", in, token);
      }
      if (isTime(wire) && wire.kind() != WireType.Kind.DAYS) {
        return new ValueReader.Bad("date", "a number of type " + wire.name());
      }
      if (!in.number().isInt()) {
        return new ValueReader.Bad("date", "a number of days out of range");
      }
      return LocalDate.ofEpochDay(in.number().longValue());
    };
  }

  static ValueReader time(WireType wire) {
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        LocalTime time = iso.time(in.text(), in.textFrom(), in.textTo());
        return time != null ? time : new ValueReader.Bad("time", "a string that is no ISO time");
      }
      if (token != JsonToken.INTEGER) {
        return ValueReader.Bad.of("time", in, token);
      }
      if (!in.number().isLong()) {
        return new ValueReader.Bad("time", "a number that is no time of day");
      }
      long value = in.number().longValue();
      long micros;
      switch (wire.kind()) {
        case TIME_MILLIS -> micros = value < 0 || value > MICROS_PER_DAY ? -1 : value * 1_000;
        case TIME_MICROS -> micros = value;
        case TIME_NANOS -> micros = Math.floorDiv(value, 1_000L);
        case DAYS, EPOCH_SECONDS, EPOCH_MILLIS, EPOCH_MICROS, EPOCH_NANOS -> {
          return new ValueReader.Bad("time", "a number of type " + wire.name());
        }
        default -> micros = value < MICROS_PER_DAY ? value : value / 1_000;
      }
      if (micros < 0 || micros >= MICROS_PER_DAY) {
        return new ValueReader.Bad("time", "a number that is no time of day");
      }
      return LocalTime.ofNanoOfDay(micros * 1_000);
    };
  }

  static ValueReader timestamp(WireType wire) {
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        LocalDateTime time = iso.timestamp(in.text(), in.textFrom(), in.textTo());
        return time != null
            ? time
            : new ValueReader.Bad("timestamp", "a string that is no ISO timestamp without zone");
      }
      Object instant = epoch("timestamp", wire, in, token);
      return instant instanceof Instant found
          ? LocalDateTime.ofEpochSecond(found.getEpochSecond(), found.getNano(), ZoneOffset.UTC)
          : instant;
    };
  }

  static ValueReader timestamptz(WireType wire) {
    IsoTime iso = new IsoTime();
    return (in, token) -> {
      if (token == JsonToken.STRING) {
        Instant instant = iso.instant(in.text(), in.textFrom(), in.textTo());
        return instant != null
            ? instant
            : new ValueReader.Bad("timestamptz", "a string that is no ISO timestamp with zone");
      }
      return epoch("timestamptz", wire, in, token);
    };
  }

  private static Object epoch(String expected, WireType wire, JsonReader in, JsonToken token)
      throws JsonException {
    if (token != JsonToken.INTEGER) {
      return ValueReader.Bad.of(expected, in, token);
    }
    if (!in.number().isLong()) {
      return new ValueReader.Bad(expected, "a number out of range");
    }
    long value = in.number().longValue();
    Instant instant;
    switch (wire.kind()) {
      case EPOCH_MILLIS -> instant = ofMillis(value);
      case EPOCH_SECONDS -> instant = ofSeconds(value);
      case EPOCH_MICROS -> instant = ofMicros(value);
      case EPOCH_NANOS -> instant = ofMicros(Math.floorDiv(value, 1_000L));
      case DAYS, TIME_MILLIS, TIME_MICROS, TIME_NANOS -> {
        return new ValueReader.Bad(expected, "a number of type " + wire.name());
      }
      default -> instant = ofUntoldUnit(value);
    }
    return instant != null ? instant : new ValueReader.Bad(expected, "a number out of range");
  }

  private static Instant ofUntoldUnit(long value) {
    long size = value == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(value);
    if (size < MILLIS_BELOW) {
      return Instant.ofEpochMilli(value);
    }
    return ofMicros(size < MICROS_BELOW ? value : Math.floorDiv(value, 1_000L));
  }

  /** The instant, or null where its microseconds do not fit 64 bits. */
  static @Nullable Instant ofSeconds(long seconds) {
    long max = MAX_MILLIS / 1_000;
    return seconds > max || seconds < -max ? null : Instant.ofEpochSecond(seconds);
  }

  /** The instant, or null where its microseconds do not fit 64 bits. */
  static @Nullable Instant ofMillis(long millis) {
    return millis > MAX_MILLIS || millis < -MAX_MILLIS ? null : Instant.ofEpochMilli(millis);
  }

  static Instant ofMicros(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
  }

  private static boolean isTime(WireType wire) {
    return switch (wire.kind()) {
      case DAYS,
          EPOCH_SECONDS,
          EPOCH_MILLIS,
          EPOCH_MICROS,
          EPOCH_NANOS,
          TIME_MILLIS,
          TIME_MICROS,
          TIME_NANOS ->
          true;
      default -> false;
    };
  }
}
