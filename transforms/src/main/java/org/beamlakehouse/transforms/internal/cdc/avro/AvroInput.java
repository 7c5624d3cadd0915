package org.beamlakehouse.transforms.internal.cdc.avro;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;

/**
 * Reads the values of Avro's binary encoding from a record's bytes, at any offset.
 *
 * <p>An instance is opened again for every record.
 */
public final class AvroInput {
  /** Items that take no bytes, as nulls do, can be claimed in any number; more are not believed. */
  private static final int MAX_EMPTY_ITEMS = 1_000_000;

  private final JsonReader json = new JsonReader();
  private final CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int from;
  private int to;

  /** Begins at an offset of a record. */
  void open(byte[] record, int offset) {
    bytes = record;
    at = offset;
    end = record.length;
  }

  /** Goes to another offset of the record. */
  public void seek(int offset) {
    at = offset;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Offset behind what was read. */
  public int at() {
    return at;
  }

  /** Checks that nothing follows. */
  public void expectEnd() throws AvroException {
    if (at != end) {
      throw AvroException.notEnding(at);
    }
  }

  boolean readBoolean() throws AvroException {
    if (at == end) {
      throw AvroException.truncated(end);
    }
    byte value = bytes[at];
    if (value != 0 && value != 1) {
      throw AvroException.invalid(at);
    }
    at++;
    return value == 1;
  }

  int readInt() throws AvroException {
    int start = at;
    long value = readLong();
    if (value != (int) value) {
      throw AvroException.invalid(start);
    }
    return (int) value;
  }

  long readLong() throws AvroException {
    int start = at;
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == end) {
        throw AvroException.truncated(end);
      }
      byte next = bytes[at++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value >>> 1 ^ -(value & 1);
      }
    }
    throw AvroException.invalid(start);
  }

  float readFloat() throws AvroException {
    return Float.intBitsToFloat((int) readFixed(Float.BYTES));
  }

  double readDouble() throws AvroException {
    return Double.longBitsToDouble(readFixed(Double.BYTES));
  }

  /** An index below a bound: of a union's branch or an enum's symbol. */
  int readIndex(int bound) throws AvroException {
    int start = at;
    long index = readLong();
    if (index < 0 || index >= bound) {
      throw AvroException.invalid(start);
    }
    return (int) index;
  }

  /** Reads a length and as many bytes, which then lie between {@link #from} and {@link #to}. */
  void readBytes() throws AvroException {
    int start = at;
    long length = readLong();
    if (length < 0) {
      throw AvroException.invalid(start);
    }
    readBytes(length);
  }

  /** Reads so many bytes, which then lie between {@link #from} and {@link #to}. */
  void readBytes(long length) throws AvroException {
    if (length > end - at) {
      throw AvroException.truncated(end);
    }
    from = at;
    at += (int) length;
    to = at;
  }

  /** Reads text, which then lies between {@link #from} and {@link #to}. */
  void readText() throws AvroException {
    readBytes();
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        checkUtf8();
        return;
      }
    }
  }

  private void checkUtf8() throws AvroException {
    try {
      strict.decode(ByteBuffer.wrap(bytes, from, to - from));
    } catch (CharacterCodingException e) {
      throw AvroException.notUtf8(from);
    }
  }

  /** How many items follow in a block of an array or map; 0 behind the last block. */
  long readItemCount() throws AvroException {
    int start = at;
    long count = readLong();
    if (count < 0) {
      // The block's size in bytes follows, for readers that pass over it; items are checked here.
      readLong();
      count = -count;
    }
    if (count < 0 || count > Math.max(end - at, MAX_EMPTY_ITEMS)) {
      throw AvroException.invalid(start);
    }
    return count;
  }

  /** Offset of the bytes or the text that was read last. */
  int from() {
    return from;
  }

  /** Offset behind the bytes or the text that was read last. */
  int to() {
    return to;
  }

  /** The text that was read last. */
  String string() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /**
   * A reader that is set on a value to be seen as JSON, so that both formats share what is made of
   * it.
   */
  public JsonReader json() {
    return json;
  }

  /** A number of fixed size, the lowest byte first. */
  private long readFixed(int size) throws AvroException {
    if (size > end - at) {
      throw AvroException.truncated(end);
    }
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << Byte.SIZE | (bytes[at + i] & 0xff);
    }
    at += size;
    return value;
  }
}
