package org.beamlakehouse.transforms.internal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteOutput} wrote, from a part of a byte array that is not copied. Not safe for
 * use by several threads.
 *
 * <p>Every method throws {@link IllegalArgumentException} where the bytes end too early or cannot
 * be what was written.
 */
public final class ByteInput {
  private final byte[] bytes;
  private final int end;
  private int at;

  private ByteInput(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /** Reads a whole array. */
  public static ByteInput of(byte[] bytes) {
    return new ByteInput(bytes, 0, bytes.length);
  }

  /** Reads {@code length} bytes of an array from {@code offset}. */
  public static ByteInput of(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || length > bytes.length - offset) {
      throw new IllegalArgumentException(
          String.format("Cannot read %d bytes at %d: there are %d", length, offset, bytes.length));
    }
    return new ByteInput(bytes, offset, length);
  }

  /** Place of the next byte in the array. */
  public int position() {
    return at;
  }

  /** Bytes not yet read. */
  public int remaining() {
    return end - at;
  }

  /** Leaves bytes out. */
  public void skip(int length) {
    need(length);
    at += length;
  }

  public byte readByte() {
    need(1);
    return bytes[at++];
  }

  public int readInt() {
    need(Integer.BYTES);
    int value = (int) ByteOutput.INT.get(bytes, at);
    at += Integer.BYTES;
    return value;
  }

  public long readLong() {
    need(Long.BYTES);
    long value = (long) ByteOutput.LONG.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  public long readUnsigned() {
    if (at < end && bytes[at] >= 0) {
      // Most numbers are lengths and counts.
      return bytes[at++];
    }
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = readByte();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("Cannot read a number of more than ten bytes at " + at);
  }

  public long readSigned() {
    long value = readUnsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Reads a number that counts bytes or things of at least one bit each. */
  public int readLength() {
    long length = readUnsigned();
    if (length < 0 || length > 8L * remaining()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot read %d values or bytes at %d: only %d bytes are left",
              length, at, remaining()));
    }
    return (int) Math.min(length, Integer.MAX_VALUE);
  }

  /** Reads exactly {@code length} bytes into an array of their own. */
  public byte[] readRaw(int length) {
    need(length);
    byte[] value = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return value;
  }

  /** Reads a length and so many bytes. */
  public byte[] readBytes() {
    return readRaw(readLength());
  }

  public String readString() {
    int length = readLength();
    need(length);
    String value = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return value;
  }

  /** Bit {@code index} of the bytes that begin at {@code start}. */
  boolean bit(int start, int index) {
    return (bytes[start + (index >> 3)] & (1 << (index & 7))) != 0;
  }

  private void need(int length) {
    if (length > end - at) {
      throw new IllegalArgumentException(
          String.format("Cannot read %d bytes at %d: %d are left", length, at, end - at));
    }
  }
}
