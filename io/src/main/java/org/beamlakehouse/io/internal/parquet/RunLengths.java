package org.beamlakehouse.io.internal.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads Parquet's hybrid of run lengths and bit packing (the encoding {@code RLE} of its format
 * description), in which definition levels and numbers of dictionary entries are stored. Skipping
 * costs as much as there are runs.
 */
final class RunLengths {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int at;
  private int width;
  private long mask;

  /** Values left in the current run. */
  private int left;

  private boolean packed;
  private int repeated;
  private long bit;

  /**
   * Goes to the first value.
   *
   * @param width bits of a value, up to 32
   */
  void start(byte[] source, int offset, int bitWidth) {
    bytes = source;
    at = offset;
    width = bitWidth;
    mask = (1L << bitWidth) - 1;
    left = 0;
  }

  /** The next value. */
  int next() {
    if (left == 0) {
      startRun();
    }
    left--;
    if (!packed) {
      return repeated;
    }
    int value = packedAt(bit);
    bit += width;
    return value;
  }

  /** Goes past so many values. */
  void skip(int count) {
    for (int rest = count; rest > 0; ) {
      rest -= passInRun(rest);
    }
  }

  /** Goes past so many values of one bit, and tells how many of them are ones. */
  int skipAndCountOnes(int count) {
    int ones = 0;
    for (int rest = count; rest > 0; ) {
      if (left == 0) {
        startRun();
      }
      long from = bit;
      int passed = passInRun(rest);
      rest -= passed;
      ones += packed ? countOnes(from, passed) : passed * repeated;
    }
    return ones;
  }

  private int passInRun(int wanted) {
    if (left == 0) {
      startRun();
    }
    int passed = Math.min(left, wanted);
    left -= passed;
    if (packed) {
      bit += (long) passed * width;
    }
    return passed;
  }

  private int countOnes(long from, int count) {
    int ones = 0;
    long end = from + count;
    for (long i = from; i < end; ) {
      int inByte = (int) Math.min(8 - (i & 7), end - i);
      int some = (bytes[(int) (i >>> 3)] & 0xff) >>> (int) (i & 7);
      ones += Integer.bitCount(some & ((1 << inByte) - 1));
      i += inByte;
    }
    return ones;
  }

  private void startRun() {
    int header = 0;
    byte next;
    int shift = 0;
    do {
      next = bytes[at++];
      header |= (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    packed = (header & 1) != 0;
    if (packed) {
      int groups = header >>> 1;
      left = groups * 8;
      bit = (long) at << 3;
      at += groups * width;
    } else {
      left = header >>> 1;
      repeated = 0;
      for (int i = 0; i < width; i += 8) {
        repeated |= (bytes[at++] & 0xff) << i;
      }
    }
  }

  private int packedAt(long position) {
    int index = (int) (position >>> 3);
    int shift = (int) (position & 7);
    if (index + Long.BYTES <= bytes.length) {
      return (int) (((long) LONGS.get(bytes, index) >>> shift) & mask);
    }
    long value = 0;
    for (int i = 0; index + i < bytes.length; i++) {
      value |= (bytes[index + i] & 0xffL) << (8 * i);
    }
    return (int) ((value >>> shift) & mask);
  }
}
