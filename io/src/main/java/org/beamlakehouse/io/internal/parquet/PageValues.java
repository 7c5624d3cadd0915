package org.beamlakehouse.io.internal.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;

/**
 * The values of one page, nulls left out: each is read once or skipped. Skipped ones cost nothing
 * before the next one is read.
 */
abstract class PageValues {
  private int skipped;

  /** Goes past so many values. */
  final void skip(int count) {
    skipped += count;
  }

  /** Goes past what was skipped: to be called before each value is read. */
  final void settle() {
    if (skipped > 0) {
      pass(skipped);
      skipped = 0;
    }
  }

  abstract void pass(int count);

  abstract boolean readBoolean();

  abstract int readInt();

  abstract long readLong();

  abstract float readFloat();

  abstract double readDouble();

  abstract Binary readBinary();

  /** Values as they are, one behind the other. */
  static PageValues plain(PrimitiveType type, byte[] bytes, int offset) {
    return new Plain(type, bytes, offset);
  }

  /** Numbers of dictionary entries. */
  static PageValues ofDictionary(Dictionary dictionary, byte[] bytes, int offset) {
    return new OfDictionary(dictionary, bytes, offset);
  }

  /** Any other encoding, read by Parquet's own reader. */
  static PageValues other(ValuesReader reader, int count, byte[] bytes, int offset) {
    try {
      reader.initFromPage(
          count, ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes, offset, bytes.length - offset)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a page: " + e.getMessage(), e);
    }
    return new Other(reader);
  }

  private static final class Plain extends PageValues {
    private static final VarHandle INTS =
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes of a value; 0 where each has its length before it. */
    private final int width;

    private final boolean bits;
    private final byte[] bytes;
    private int at;
    private int bit;

    Plain(PrimitiveType type, byte[] bytes, int offset) {
      this.bits = type.getPrimitiveTypeName() == PrimitiveType.PrimitiveTypeName.BOOLEAN;
      this.width =
          switch (type.getPrimitiveTypeName()) {
            case BOOLEAN, BINARY -> 0;
            case INT32, FLOAT -> Integer.BYTES;
            case INT64, DOUBLE -> Long.BYTES;
            case INT96 -> Integer.BYTES + Long.BYTES;
            case FIXED_LEN_BYTE_ARRAY -> type.getTypeLength();
          };
      this.bytes = bytes;
      this.at = offset;
    }

    @Override
    void pass(int count) {
      if (width > 0) {
        at += count * width;
      } else if (bits) {
        bit += count;
      } else {
        for (int i = 0; i < count; i++) {
          at += Integer.BYTES + (int) INTS.get(bytes, at);
        }
      }
    }

    @Override
    boolean readBoolean() {
      boolean value = (bytes[at + (bit >>> 3)] >>> (bit & 7) & 1) != 0;
      bit++;
      return value;
    }

    @Override
    int readInt() {
      int value = (int) INTS.get(bytes, at);
      at += Integer.BYTES;
      return value;
    }

    @Override
    long readLong() {
      long value = (long) LONGS.get(bytes, at);
      at += Long.BYTES;
      return value;
    }

    @Override
    float readFloat() {
      return Float.intBitsToFloat(readInt());
    }

    @Override
    double readDouble() {
      return Double.longBitsToDouble(readLong());
    }

    @Override
    Binary readBinary() {
      int length = width > 0 ? width : readInt();
      Binary value = Binary.fromConstantByteArray(bytes, at, length);
      at += length;
      return value;
    }
  }

  private static final class OfDictionary extends PageValues {
    private final Dictionary dictionary;
    private final RunLengths numbers = new RunLengths();

    OfDictionary(Dictionary dictionary, byte[] bytes, int offset) {
      this.dictionary = dictionary;
      if (offset < bytes.length) {
        numbers.start(bytes, offset + 1, bytes[offset]);
      }
    }

    @Override
    void pass(int count) {
      numbers.skip(count);
    }

    @Override
    boolean readBoolean() {
      return dictionary.decodeToBoolean(numbers.next());
    }

    @Override
    int readInt() {
      return dictionary.decodeToInt(numbers.next());
    }

    @Override
    long readLong() {
      return dictionary.decodeToLong(numbers.next());
    }

    @Override
    float readFloat() {
      return dictionary.decodeToFloat(numbers.next());
    }

    @Override
    double readDouble() {
      return dictionary.decodeToDouble(numbers.next());
    }

    @Override
    Binary readBinary() {
      return dictionary.decodeToBinary(numbers.next());
    }
  }

  private static final class Other extends PageValues {
    private final ValuesReader reader;

    Other(ValuesReader reader) {
      this.reader = reader;
    }

    @Override
    void pass(int count) {
      reader.skip(count);
    }

    @Override
    boolean readBoolean() {
      return reader.readBoolean();
    }

    @Override
    int readInt() {
      return reader.readInteger();
    }

    @Override
    long readLong() {
      return reader.readLong();
    }

    @Override
    float readFloat() {
      return reader.readFloat();
    }

    @Override
    double readDouble() {
      return reader.readDouble();
    }

    @Override
    Binary readBinary() {
      return reader.readBytes();
    }
  }
}
