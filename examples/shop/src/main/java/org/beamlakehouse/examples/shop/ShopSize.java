package org.beamlakehouse.examples.shop;

import java.time.Duration;
import java.time.Instant;

/**
 * How much data the shop has, and from when.
 *
 * @param scale 1 for the sample as it is shown in the documentation
 */
record ShopSize(double scale) {
  /** When the change capture began, with a snapshot of the customers of then. */
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  /** When the apps began to send events. */
  static final Instant EVENTS_START = Instant.parse("2026-06-08T00:00:00Z");

  /** The end of all data, a week after the run date so that a point in time has a future. */
  static final Instant END = Instant.parse("2026-07-08T00:00:00Z");

  ShopSize {
    if (!(scale > 0) || scale > 1_000) {
      throw new IllegalArgumentException(
          "Cannot generate the shop at scale "
              + scale
              + ": use a number above 0 and up to 1000, 1 is about 60,000 records");
    }
  }

  int snapshotCustomers() {
    return atLeast(10, 400);
  }

  int newCustomers() {
    return atLeast(4, 100);
  }

  int customerChanges() {
    return atLeast(20, 1_500);
  }

  int orders() {
    return atLeast(40, 10_000);
  }

  int events() {
    return atLeast(100, 30_000);
  }

  /** Broken and special records of each kind. */
  int specialsOfEachKind() {
    return atLeast(2, 10);
  }

  int linesPerFile() {
    return Math.min(atLeast(40, 5_000), 100_000);
  }

  /** How many lines a record may come late at the most. */
  int disorder() {
    return Math.min(atLeast(30, 4_000), 50_000);
  }

  /** The middle of part {@code index} of {@code count} equal parts of the time since a start. */
  static Instant spread(Instant start, long index, long count) {
    Duration span = Duration.between(start, END);
    return start.plusMillis((2 * index + 1) * span.toMillis() / (2 * count));
  }

  private int atLeast(int minimum, int atScaleOne) {
    return Math.max(minimum, (int) (atScaleOne * scale));
  }
}
