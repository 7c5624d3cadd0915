package org.beamlakehouse.transforms.internal.cdc.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Finds the end of JSON strings and resolves their escapes, in bytes that are valid UTF-8. */
final class JsonStrings {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long SPACES = ' ' * ONES;

  private static final int REPLACEMENT = 0xfffd;

  private JsonStrings() {}

  /**
   * Offset of the first byte from {@code from} that ends a string or is special in it: a quote, a
   * backslash, a control character; {@code end} where there is none.
   */
  static int plainEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at + Long.BYTES <= end) {
      long next = (long) LONGS.get(bytes, at);
      long quote = next ^ QUOTES;
      long backslash = next ^ BACKSLASHES;
      // Each term has the high bit of a byte set where that byte is special. Bytes above the first
      // such one may be marked wrongly; only the first is used.
      long special =
          (((quote - ONES) & ~quote)
                  | ((backslash - ONES) & ~backslash)
                  | ((next - SPACES) & ~next))
              & HIGH_BITS;
      if (special != 0) {
        return at + (Long.numberOfTrailingZeros(special) >>> 3);
      }
      at += Long.BYTES;
    }
    while (at < end && isPlain(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean isPlain(byte b) {
    return b != '"' && b != '\\' && (b < 0 || b >= ' ');
  }

  /**
   * Length of the escape that begins with the backslash at {@code at}.
   *
   * @throws JsonException where there is no such escape, or the input ends in it
   */
  static int escapeLength(byte[] bytes, int at, int end) throws JsonException {
    if (at + 1 >= end) {
      throw JsonException.truncated(end);
    }
    switch (bytes[at + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return 2;
      }
      case 'u' -> {
        for (int i = at + 2; i < at + 6; i++) {
          if (i >= end) {
            throw JsonException.truncated(end);
          }
          if (Character.digit(bytes[i], 16) < 0) {
            throw JsonException.invalid(i);
          }
        }
        return 6;
      }
      default -> throw JsonException.invalid(at + 1);
    }
  }

  /**
   * Writes a checked string's text as UTF-8; in the place of half a surrogate pair, which is no
   * character, the replacement character.
   *
   * @param target has as many bytes as the string
   * @return the number of bytes written; where there is such a half, the complement of the number
   */
  static int unescape(byte[] bytes, int from, int to, byte[] target) {
    int size = 0;
    boolean halfPair = false;
    int at = from;
    while (at < to) {
      byte b = bytes[at++];
      if (b != '\\') {
        target[size++] = b;
        continue;
      }
      b = bytes[at++];
      if (b != 'u') {
        target[size++] = simple(b);
        continue;
      }
      int code = hex(bytes, at);
      at += 4;
      if (Character.isHighSurrogate((char) code) && isLowSurrogate(bytes, at, to)) {
        code = Character.toCodePoint((char) code, (char) hex(bytes, at + 2));
        at += 6;
      } else if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
        code = REPLACEMENT;
        halfPair = true;
      }
      size = encode(code, target, size);
    }
    return halfPair ? ~size : size;
  }

  /** The text of a checked string in which halves of surrogate pairs are kept as they are. */
  static String withHalfPairs(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int at = from;
    while (at < to) {
      int plain = at;
      while (plain < to && bytes[plain] != '\\') {
        plain++;
      }
      text.append(new String(bytes, at, plain - at, StandardCharsets.UTF_8));
      at = plain;
      if (at == to) {
        break;
      }
      if (bytes[at + 1] == 'u') {
        text.append((char) hex(bytes, at + 2));
        at += 6;
      } else {
        text.append((char) simple(bytes[at + 1]));
        at += 2;
      }
    }
    return text.toString();
  }

  private static boolean isLowSurrogate(byte[] bytes, int at, int to) {
    return at + 6 <= to
        && bytes[at] == '\\'
        && bytes[at + 1] == 'u'
        && Character.isLowSurrogate((char) hex(bytes, at + 2));
  }

  private static byte simple(byte escape) {
    return switch (escape) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escape;
    };
  }

  private static int hex(byte[] bytes, int at) {
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      value = value << 4 | Character.digit(bytes[i], 16);
    }
    return value;
  }

  private static int encode(int code, byte[] target, int at) {
    int size = at;
    if (code < 0x80) {
      target[size++] = (byte) code;
    } else if (code < 0x800) {
      target[size++] = (byte) (0xc0 | code >> 6);
      target[size++] = (byte) (0x80 | code & 0x3f);
    } else if (code < 0x10000) {
      target[size++] = (byte) (0xe0 | code >> 12);
      target[size++] = (byte) (0x80 | code >> 6 & 0x3f);
      target[size++] = (byte) (0x80 | code & 0x3f);
    } else {
      target[size++] = (byte) (0xf0 | code >> 18);
      target[size++] = (byte) (0x80 | code >> 12 & 0x3f);
      target[size++] = (byte) (0x80 | code >> 6 & 0x3f);
      target[size++] = (byte) (0x80 | code & 0x3f);
    }
    return size;
  }
}
