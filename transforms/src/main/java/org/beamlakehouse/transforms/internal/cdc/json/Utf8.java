package org.beamlakehouse.transforms.internal.cdc.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Strict UTF-8 validation as RFC 3629 defines it, before anything else looks at the bytes. A zero
 * byte, which no JSON text in UTF-8 has and any in UTF-16 and UTF-32, counts as invalid as well.
 */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int BLOCK = 4 * Long.BYTES;
  private static final long NOT_ASCII = 0x8080808080808080L;
  private static final long ONES = 0x0101010101010101L;

  private Utf8() {}

  /**
   * Checks the bytes from {@code from}, where a character begins, to the end.
   *
   * @throws JsonException where one of them is not UTF-8
   */
  public static void check(byte[] bytes, int from) throws JsonException {
    int invalid = firstInvalid(bytes, from);
    if (invalid >= 0) {
      throw JsonException.notUtf8(invalid);
    }
  }

  /** Offset of the first byte from {@code from} that is not UTF-8, or -1. */
  public static int firstInvalid(byte[] bytes, int from) {
    int end = bytes.length;
    int at = skipAscii(bytes, from);
    while (at < end) {
      if (at + Long.BYTES <= end) {
        long next = (long) LONGS.get(bytes, at);
        // The second term has the high bit of a byte set only if some byte is zero.
        if (((next | (next - ONES)) & NOT_ASCII) == 0) {
          at += Long.BYTES;
          continue;
        }
      }
      int lead = bytes[at];
      if (lead > 0) {
        at++;
        continue;
      }
      int length = sequenceLength(bytes, at, end);
      if (length == 0) {
        return at;
      }
      at += length;
    }
    return -1;
  }

  /** Offset behind the blocks from {@code from} of which all bytes are ASCII and not zero. */
  private static int skipAscii(byte[] bytes, int from) {
    int at = from;
    while (at + BLOCK <= bytes.length) {
      long a = (long) LONGS.get(bytes, at);
      long b = (long) LONGS.get(bytes, at + 8);
      long c = (long) LONGS.get(bytes, at + 16);
      long d = (long) LONGS.get(bytes, at + 24);
      long other = a | (a - ONES) | b | (b - ONES) | c | (c - ONES) | d | (d - ONES);
      if ((other & NOT_ASCII) != 0) {
        break;
      }
      at += BLOCK;
    }
    return at;
  }

  /** Length of the well-formed multi-byte sequence at {@code at}; 0 where there is none. */
  private static int sequenceLength(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xff;
    if (lead >= 0xc2 && lead <= 0xdf) {
      return at + 1 < end && isTail(bytes[at + 1]) ? 2 : 0;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
      if (at + 2 >= end || !isTail(bytes[at + 1]) || !isTail(bytes[at + 2])) {
        return 0;
      }
      int second = bytes[at + 1] & 0xff;
      boolean overlong = lead == 0xe0 && second < 0xa0;
      boolean surrogate = lead == 0xed && second >= 0xa0;
      return overlong || surrogate ? 0 : 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
      if (at + 3 >= end
          || !isTail(bytes[at + 1])
          || !isTail(bytes[at + 2])
          || !isTail(bytes[at + 3])) {
        return 0;
      }
      int second = bytes[at + 1] & 0xff;
      boolean overlong = lead == 0xf0 && second < 0x90;
      boolean tooLarge = lead == 0xf4 && second >= 0x90;
      return overlong || tooLarge ? 0 : 4;
    }
    return 0;
  }

  /**
   * Offset behind the byte order mark that some writers put before UTF-8; 0 where there is none.
   */
  public static int afterMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xef
            && bytes[1] == (byte) 0xbb
            && bytes[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  private static boolean isTail(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
