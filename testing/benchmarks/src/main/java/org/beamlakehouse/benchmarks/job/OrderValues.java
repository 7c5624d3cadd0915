package org.beamlakehouse.benchmarks.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One state of an order: twelve columns which follow from its key and from the log position of the
 * change that made it, so that any of the states is known without being stored.
 */
record OrderValues(
    long id,
    long customerId,
    String status,
    String email,
    String city,
    String note,
    BigDecimal amount,
    double weight,
    int quantity,
    boolean gift,
    Instant createdAt,
    Instant updatedAt) {

  private static final Instant EPOCH = Instant.parse("2021-01-01T00:00:00Z");
  private static final Instant LOG_BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final long FIVE_YEARS_MICROS = 5L * 365 * 24 * 3600 * 1_000_000;

  private static final String[] STATUSES = {
    "placed", "paid", "packed", "shipped", "delivered", "returned"
  };
  private static final String[] CITIES = {
    "Amsterdam", "Berlin", "Cairo", "Delhi", "Edinburgh", "Florence", "Geneva", "Helsinki",
    "Istanbul", "Jakarta", "Kyoto", "Lisbon", "Madrid", "Nairobi", "Oslo", "Prague"
  };
  private static final String[] WORDS = {
    "leave", "at", "the", "door", "call", "before", "ring", "twice", "fragile", "this", "side",
    "up", "gate", "code", "neighbour", "garage", "please", "no", "bag", "evening", "only", "safe",
    "place", "porch", "desk", "reception", "floor", "second", "blue", "house", "behind", "shop"
  };
  private static final int NOTE_WORDS = 6;

  /** The state of an order after the change at a log position. */
  static OrderValues of(long key, long lsn) {
    long bits = mix(key * 0x9E3779B97F4A7C15L + lsn);
    long more = mix(bits);
    long words = mix(more);
    StringBuilder note = new StringBuilder(48);
    for (int i = 0; i < NOTE_WORDS; i++) {
      note.append(i == 0 ? "" : " ").append(WORDS[(int) (words >>> (5 * i)) & 31]);
    }
    return new OrderValues(
        key,
        Long.remainderUnsigned(mix(key), 1_000_000),
        STATUSES[(int) Long.remainderUnsigned(bits, STATUSES.length)],
        "customer" + Long.remainderUnsigned(mix(key), 1_000_000) + "@example.com",
        CITIES[(int) (bits >>> 20) & 15],
        note.toString(),
        BigDecimal.valueOf(Long.remainderUnsigned(more, 10_000_000), 2),
        (more >>> 40) % 100_000 / 1000.0,
        1 + (int) ((bits >>> 30) & 63),
        (bits >>> 40 & 7) == 0,
        EPOCH.plus(Long.remainderUnsigned(mix(~key), FIVE_YEARS_MICROS), ChronoUnit.MICROS),
        timeOf(lsn));
  }

  /** When the change at a log position was made. */
  static Instant timeOf(long lsn) {
    return LOG_BEGIN.plus(lsn * 1_003, ChronoUnit.MICROS);
  }

  /** A number that follows from all values; rows that differ have different ones, practically. */
  long checksum(boolean deleted) {
    long sum = mix(id);
    sum = mix(sum + customerId);
    sum = mix(sum + text(status));
    sum = mix(sum + text(email));
    sum = mix(sum + text(city));
    sum = mix(sum + text(note));
    sum = mix(sum + amount.unscaledValue().longValueExact() * 31 + amount.scale());
    sum = mix(sum + Double.doubleToLongBits(weight));
    sum = mix(sum + quantity);
    sum = mix(sum + (gift ? 1 : 0));
    sum = mix(sum + micros(createdAt));
    sum = mix(sum + micros(updatedAt));
    return mix(sum + (deleted ? 1 : 0));
  }

  /** As a JSON object of a Debezium envelope; decimals and times are strings. */
  void appendJson(StringBuilder json) {
    json.append("{\"id\":").append(id);
    json.append(",\"customer_id\":").append(customerId);
    json.append(",\"status\":\"").append(status);
    json.append("\",\"email\":\"").append(email);
    json.append("\",\"city\":\"").append(city);
    json.append("\",\"note\":\"").append(note);
    json.append("\",\"amount\":\"").append(amount);
    json.append("\",\"weight\":").append(weight);
    json.append(",\"quantity\":").append(quantity);
    json.append(",\"gift\":").append(gift);
    json.append(",\"created_at\":\"").append(createdAt);
    json.append("\",\"updated_at\":\"").append(updatedAt).append("\"}");
  }

  /** Spreads the bits of a number (the finaliser of SplitMix64). */
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long text(String text) {
    return text.length() * 0x9E3779B97F4A7C15L + text.hashCode();
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
