package org.beamlakehouse.io.internal.merge.changes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many byte strings in few arrays: a million of them cost the garbage collector nothing. What was
 * appended stays until the arena goes.
 */
public final class ByteArena {
  private static final int CHUNK = 256 * 1024;

  private final List<byte[]> chunks = new ArrayList<>();
  private byte[] current = new byte[0];
  private int used;
  private long memory;

  /** Copies bytes in and gives their place. */
  public long append(byte[] bytes, int offset, int length) {
    if (current.length - used < length) {
      // The first chunk is small, as many shards get a handful of changes only.
      int size = chunks.isEmpty() ? CHUNK / 64 : CHUNK;
      current = new byte[Math.max(size, length)];
      chunks.add(current);
      memory += current.length;
      used = 0;
    }
    System.arraycopy(bytes, offset, current, used, length);
    long place = ((long) (chunks.size() - 1) << Integer.SIZE) | used;
    used += length;
    return place;
  }

  /** The array that holds the bytes of a place. */
  byte[] array(long place) {
    return chunks.get((int) (place >>> Integer.SIZE));
  }

  /** Where in {@link #array} the bytes of a place begin. */
  static int offset(long place) {
    return (int) place;
  }

  public byte[] copy(long place, int length) {
    int offset = offset(place);
    return Arrays.copyOfRange(array(place), offset, offset + length);
  }

  boolean equals(long place, byte[] bytes, int offset, int length) {
    int own = offset(place);
    return Arrays.equals(array(place), own, own + length, bytes, offset, offset + length);
  }

  /** Bytes of memory taken. */
  long memory() {
    return memory;
  }
}
