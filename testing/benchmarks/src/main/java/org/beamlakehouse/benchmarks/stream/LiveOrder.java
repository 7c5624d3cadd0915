package org.beamlakehouse.benchmarks.stream;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Random;

/** Values of an order, the columns of about 600 bytes of envelope. */
record LiveOrder(
    long customer,
    String status,
    String email,
    String city,
    String note,
    BigDecimal amount,
    double weight,
    int quantity,
    boolean gift,
    Instant createdAt) {
  private static final String[] STATUSES = {"placed", "paid", "packed", "shipped", "delivered"};
  private static final String[] CITIES = {"Amsterdam", "Berlin", "Cairo", "Delhi", "Edinburgh"};
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /** Random values for a key. */
  static LiveOrder of(long id, Random random) {
    return new LiveOrder(
        random.nextInt(1_000_000),
        STATUSES[random.nextInt(STATUSES.length)],
        "customer" + id + "@example.com",
        CITIES[random.nextInt(CITIES.length)],
        "leave at the door number " + random.nextInt(1_000) + " behind the shop",
        BigDecimal.valueOf(random.nextInt(10_000_000), 2),
        random.nextInt(100_000) / 1000.0,
        1 + random.nextInt(64),
        random.nextInt(8) == 0,
        BEGIN.minusSeconds(random.nextInt(100_000_000)));
  }
}
