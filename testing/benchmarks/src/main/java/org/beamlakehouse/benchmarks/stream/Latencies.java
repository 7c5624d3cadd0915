package org.beamlakehouse.benchmarks.stream;

import java.util.Arrays;
import java.util.Locale;

/** Latencies in microseconds; may be read when nobody adds to them any more. */
final class Latencies {
  private long[] all = new long[1 << 16];
  private int size;

  synchronized void add(long micros) {
    if (size == all.length) {
      all = Arrays.copyOf(all, 2 * size);
    }
    all[size++] = micros;
  }

  /** The latency that a part of all does not exceed, in seconds, nearest rank. */
  synchronized String seconds(double part) {
    if (size == 0) {
      throw new IllegalStateException("Cannot tell latencies: no row was measured");
    }
    long[] sorted = Arrays.copyOf(all, size);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(part * size) - 1;
    return String.format(Locale.ROOT, "%.2f", sorted[Math.max(0, rank)] / 1e6);
  }

  synchronized int size() {
    return size;
  }
}
