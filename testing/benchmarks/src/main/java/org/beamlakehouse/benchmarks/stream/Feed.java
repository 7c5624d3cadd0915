package org.beamlakehouse.benchmarks.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Writes orders to a source at a steady rate, each of a random key, and remembers when each key was
 * written last: what the table must have in the end.
 */
abstract class Feed implements AutoCloseable {
  private static final int KEYS = 1_000_000;
  private static final long TURN_NANOS = 10_000_000;

  private final Random random = new Random(42);
  private final Map<Long, Instant> written = new HashMap<>();
  private Instant last = Instant.EPOCH;

  /** Writes one order; where the source cannot take it yet, waits. */
  abstract void write(long id, Instant now, Random values);

  /**
   * Writes for a while.
   *
   * @return how many orders were written per second
   */
  final double run(int perSecond, Duration time) {
    long begin = System.nanoTime();
    long turn = begin;
    long count = 0;
    while (turn - begin < time.toNanos()) {
      turn += TURN_NANOS;
      while (System.nanoTime() < turn) {
        pause();
      }
      // Where the source is slower than the rate, fewer are written: what is told is what was.
      for (long due = perSecond * (turn - begin) / 1_000_000_000 - count; due > 0; due--) {
        long id = random.nextInt(KEYS);
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        write(id, now, random);
        written.put(id, now);
        last = now;
        count++;
        if (System.nanoTime() - begin > time.toNanos()) {
          break;
        }
      }
    }
    return count / ((System.nanoTime() - begin) / 1e9);
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot go on writing: interrupted", e);
    }
  }

  /** When each key was written last. */
  final Map<Long, Instant> written() {
    return written;
  }

  /** When the last order was written. */
  final Instant last() {
    return last;
  }

  @Override
  public abstract void close();
}
