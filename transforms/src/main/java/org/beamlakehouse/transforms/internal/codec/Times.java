package org.beamlakehouse.transforms.internal.codec;

import java.time.Instant;

/**
 * Compact forms of times, without loss for every value of their Java class: whole seconds, then the
 * fraction, which is short where it is of no more than microseconds.
 */
public final class Times {
  private Times() {}

  /** Writes any instant; one of microseconds takes eight or nine bytes. */
  public static void writeInstant(Instant time, ByteOutput out) {
    out.writeSigned(time.getEpochSecond());
    writeNanos(time.getNano(), out);
  }

  /** Reads what {@link #writeInstant} wrote. */
  public static Instant readInstant(ByteInput in) {
    long seconds = in.readSigned();
    return Instant.ofEpochSecond(seconds, readNanos(in));
  }

  /** The lowest bit tells whether nanoseconds (1) or microseconds (0) are counted. */
  static void writeNanos(long nanos, ByteOutput out) {
    out.writeUnsigned(nanos % 1_000 == 0 ? nanos / 1_000 << 1 : nanos << 1 | 1);
  }

  static long readNanos(ByteInput in) {
    long value = in.readUnsigned();
    return (value & 1) == 0 ? (value >>> 1) * 1_000 : value >>> 1;
  }
}
