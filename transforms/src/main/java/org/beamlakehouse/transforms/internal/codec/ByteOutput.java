package org.beamlakehouse.transforms.internal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte array with the few primitive forms that the codecs are made of. It may be reset
 * and used again. Not safe for use by several threads.
 */
public final class ByteOutput {
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int MAX_VAR_LONG = 10;

  private byte[] bytes;
  private int size;

  /** An empty output with room for a row of common size. */
  public ByteOutput() {
    this(256);
  }

  /** An empty output with room for {@code capacity} bytes before it has to grow. */
  public ByteOutput(int capacity) {
    this.bytes = new byte[Math.max(capacity, 16)];
  }

  /** Bytes written so far. */
  public int size() {
    return size;
  }

  /** The backing array, valid up to {@link #size()} and until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** A copy of the bytes written so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Forgets what was written and keeps the room. */
  public void reset() {
    size = 0;
  }

  /** Hands all bytes to a stream. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
  }

  /** Writes the low eight bits. */
  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  /** Writes four bytes, big-endian. */
  public void writeInt(int value) {
    ensure(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
  }

  /** Writes eight bytes, big-endian. */
  public void writeLong(long value) {
    ensure(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  /** Writes one to ten bytes, fewer for smaller values; a negative value takes ten. */
  public void writeUnsigned(long value) {
    ensure(MAX_VAR_LONG);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Writes one to ten bytes, fewer for values near zero of either sign. */
  public void writeSigned(long value) {
    writeUnsigned((value << 1) ^ (value >> 63));
  }

  /** Writes bytes as they are. */
  public void writeRaw(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /** Writes the length and the bytes. */
  public void writeBytes(byte[] value) {
    writeUnsigned(value.length);
    writeRaw(value, 0, value.length);
  }

  /**
   * Writes the length in bytes and the text in UTF-8. An unpaired surrogate, which UTF-8 cannot
   * hold, becomes a question mark.
   */
  public void writeString(String value) {
    int length = value.length();
    ensure(MAX_VAR_LONG + length);
    int start = size;
    writeUnsigned(length);
    // Most text is ASCII: one pass with no copy, given up at the first character beyond.
    byte[] to = bytes;
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        size = start;
        writeBytes(value.getBytes(StandardCharsets.UTF_8));
        return;
      }
      to[at + i] = (byte) c;
    }
    size = at + length;
  }

  /** Leaves room for a length; what is written from here to {@link #endLength} is measured. */
  public int beginLength() {
    writeByte(0);
    return size;
  }

  /**
   * Fills in the number of bytes written since {@code start}, in the form of {@link
   * #writeUnsigned}.
   *
   * @param start what {@link #beginLength} returned
   */
  public void endLength(int start) {
    int length = size - start;
    if (length < 0x80) {
      bytes[start - 1] = (byte) length;
      return;
    }
    // Room was left for the short form only, which most lengths have.
    int more = (31 - Integer.numberOfLeadingZeros(length)) / 7;
    ensure(more);
    System.arraycopy(bytes, start, bytes, start + more, length);
    size = start - 1;
    writeUnsigned(length);
    size += length;
  }

  /** Forgets what was written behind the first {@code length} bytes. */
  public void truncate(int length) {
    if (length < 0 || length > size) {
      throw new IllegalArgumentException(String.format("Cannot cut %d bytes to %d", size, length));
    }
    size = length;
  }

  /** Appends zero bytes to be filled in by {@link #setBit}; returns the place of the first. */
  int reserve(int length) {
    ensure(length);
    Arrays.fill(bytes, size, size + length, (byte) 0);
    size += length;
    return size - length;
  }

  /** Sets bit {@code index} of the bytes that begin at {@code start}. */
  void setBit(int start, int index) {
    bytes[start + (index >> 3)] |= (byte) (1 << (index & 7));
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      long wanted = Math.max((long) size + more, Math.min(size * 2L, Integer.MAX_VALUE - 8L));
      if (wanted > Integer.MAX_VALUE - 8) {
        throw new IllegalStateException(
            String.format(
                "Cannot encode more than 2 GiB in one piece: %d bytes and %d more", size, more));
      }
      bytes = Arrays.copyOf(bytes, (int) wanted);
    }
  }
}
