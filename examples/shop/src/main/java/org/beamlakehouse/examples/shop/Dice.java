package org.beamlakehouse.examples.shop;

import java.util.SplittableRandom;

/**
 * Random choices that are the same on every machine and Java version.
 *
 * <p>Only the raw 64 bits of {@link SplittableRandom} are used: how it makes bounded numbers and
 * doubles of them is not promised to stay.
 */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A whole number from 0 up to, not including, {@code bound}. */
  long below(long bound) {
    return Math.floorMod(random.nextLong() >>> 1, bound);
  }

  /** A whole number from {@code from} to {@code to}, both included. */
  long between(long from, long to) {
    return from + below(to - from + 1);
  }

  /** True in {@code perMille} of a thousand throws. */
  boolean chance(int perMille) {
    return below(1_000) < perMille;
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[(int) below(choices.length)];
  }
}
