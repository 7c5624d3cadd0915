package org.beamlakehouse.transforms.internal.pack;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;
import org.beamlakehouse.transforms.internal.merge.Change;

/**
 * Many changes of one table in one array of bytes: the element of the merge's shuffle. Shipping
 * blocks of a few hundred kilobytes costs a fraction of shipping changes one by one.
 *
 * <p>A block is the number of changes (four bytes), then per change its length and its bytes as
 * {@link ChangeCodec} writes them. Changes come back in the order they were added.
 */
public final class ChangeBlock implements Iterable<Change> {
  /** Size at which a block is worth shipping. */
  public static final int DEFAULT_TARGET_BYTES = 256 * 1024;

  private final ChangeCodec codec;
  private final byte[] bytes;

  private ChangeBlock(ChangeCodec codec, byte[] bytes) {
    this.codec = requireNonNull(codec, "codec");
    this.bytes = requireNonNull(bytes, "bytes");
  }

  /** A block from the bytes of {@link Writer#finish}; they are not copied. */
  public static ChangeBlock of(ChangeCodec codec, byte[] bytes) {
    return new ChangeBlock(codec, bytes);
  }

  /** A writer of blocks of about {@value #DEFAULT_TARGET_BYTES} bytes. */
  public static Writer writer(ChangeCodec codec) {
    return new Writer(codec, DEFAULT_TARGET_BYTES);
  }

  /**
   * A writer of blocks of about {@code targetBytes}. With too few, elements are many and each costs
   * its overhead; with too many, a worker that fills blocks for many buckets runs out of memory.
   */
  public static Writer writer(ChangeCodec codec, int targetBytes) {
    return new Writer(codec, targetBytes);
  }

  /** Changes in the block. */
  public int count() {
    return ByteInput.of(bytes).readInt();
  }

  /** A cursor before the first change, for grouping by key without decoding. */
  public Cursor cursor() {
    return new Cursor(codec, bytes);
  }

  @Override
  public Iterator<Change> iterator() {
    Cursor cursor = cursor();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return cursor.hasNext();
      }

      @Override
      public Change next() {
        cursor.advance();
        return cursor.change();
      }
    };
  }

  /** Fills one block after the other. Not safe for use by several threads. */
  public static final class Writer {
    private final ChangeCodec codec;
    private final int targetBytes;
    private final ByteOutput block = new ByteOutput(4 * 1024);
    private int count;

    private Writer(ChangeCodec codec, int targetBytes) {
      this.codec = requireNonNull(codec, "codec");
      if (targetBytes < 1) {
        throw new IllegalArgumentException(
            "Cannot write blocks of " + targetBytes + " bytes; give at least 1");
      }
      this.targetBytes = targetBytes;
      block.writeInt(0);
    }

    /**
     * Adds a change; a failure leaves the block as it was.
     *
     * @throws IllegalArgumentException where a value is not of its column's type
     */
    public void add(Change change) {
      int before = block.size();
      boolean written = false;
      try {
        int start = block.beginLength();
        codec.write(change, block);
        block.endLength(start);
        written = true;
      } finally {
        if (!written) {
          block.truncate(before);
        }
      }
      count++;
    }

    /** Adds the change that a cursor of the same table is at. */
    public void add(Cursor cursor) {
      add(cursor.array(), cursor.changeOffset(), cursor.changeLength());
    }

    /** Adds a change that is encoded already, by the same codec. */
    public void add(byte[] change, int offset, int length) {
      block.writeUnsigned(length);
      block.writeRaw(change, offset, length);
      count++;
    }

    /** Changes in the block that is being filled. */
    public int count() {
      return count;
    }

    public boolean isEmpty() {
      return count == 0;
    }

    /** True where the block has reached its size; it should be finished before more is added. */
    public boolean isFull() {
      return block.size() >= targetBytes;
    }

    /** Bytes of the block that is being filled. */
    public int size() {
      return block.size();
    }

    /** The bytes of the block; the next change begins another. */
    public byte[] finish() {
      byte[] bytes = block.toByteArray();
      ByteOutput header = new ByteOutput(Integer.BYTES);
      header.writeInt(count);
      System.arraycopy(header.array(), 0, bytes, 0, Integer.BYTES);
      block.reset();
      block.writeInt(0);
      count = 0;
      return bytes;
    }
  }

  /** Walks over the changes of a block, decoding only what it is asked for. */
  public static final class Cursor {
    private final ChangeCodec codec;
    private final byte[] bytes;
    private final ByteInput in;
    private int left;
    private int start = -1;
    private int length;
    private int keyOffset;
    private int keyLength;

    private Cursor(ChangeCodec codec, byte[] bytes) {
      this.codec = codec;
      this.bytes = bytes;
      this.in = ByteInput.of(bytes);
      this.left = in.readInt();
    }

    public boolean hasNext() {
      return left > 0;
    }

    /**
     * Moves to the next change.
     *
     * @throws NoSuchElementException where there is none
     */
    public void advance() {
      if (left == 0) {
        throw new NoSuchElementException("Cannot read on: the block has no more changes");
      }
      left--;
      length = in.readLength();
      start = in.position();
      in.skip(length);
      ByteInput entry = ByteInput.of(bytes, start, length);
      keyLength = ChangeCodec.keyLength(entry);
      keyOffset = entry.position();
    }

    /** The block's bytes, in which the key lies; not to be changed. */
    public byte[] array() {
      return bytes;
    }

    /** Where in {@link #array} the current change's key begins. */
    public int keyOffset() {
      return keyOffset;
    }

    /** Bytes of the key; 0 where the change has none. */
    public int keyLength() {
      return keyLength;
    }

    /** A copy of the key's bytes, equal to {@link ChangeCodec#keyBytes}. */
    public byte[] keyBytes() {
      return Arrays.copyOfRange(bytes, keyOffset, keyOffset + keyLength);
    }

    /** Where in {@link #array} the current change's own bytes begin. */
    public int changeOffset() {
      return start;
    }

    /** Number of the current change's own bytes. */
    public int changeLength() {
      return length;
    }

    /** Decodes the current change. */
    public Change change() {
      return codec.read(ByteInput.of(bytes, start, length));
    }
  }
}
