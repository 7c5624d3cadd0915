package org.beamlakehouse.io.internal.merge.changes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A {@link KeyTable} of any keys, compared by hash and bytes and never decoded. */
final class ByteKeyTable extends KeyTable {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteArena bytes = new ByteArena();
  private int[] hashes = new int[1024];
  private long[] places = new long[1024];
  private int[] lengths = new int[1024];

  @Override
  public int add(byte[] array, int offset, int length) {
    int hash = hash(array, offset, length);
    int slot = firstSlot(hash);
    for (int key = keyAt(slot); key != NONE; key = keyAt(slot)) {
      if (isKey(key, hash, array, offset, length)) {
        return key;
      }
      slot = nextSlot(slot);
    }
    if (size() == hashes.length) {
      hashes = Arrays.copyOf(hashes, hashes.length * 2);
      places = Arrays.copyOf(places, hashes.length);
      lengths = Arrays.copyOf(lengths, hashes.length);
    }
    hashes[size()] = hash;
    places[size()] = bytes.append(array, offset, length);
    lengths[size()] = length;
    return occupy(slot);
  }

  @Override
  public int find(byte[] array, int offset, int length) {
    int hash = hash(array, offset, length);
    if (seen(hash) == 0) {
      return NONE;
    }
    int slot = firstSlot(hash);
    for (int key = keyAt(slot); key != NONE; key = keyAt(slot)) {
      if (isKey(key, hash, array, offset, length)) {
        return key;
      }
      slot = nextSlot(slot);
    }
    return NONE;
  }

  private boolean isKey(int key, int hash, byte[] array, int offset, int length) {
    return hashes[key] == hash
        && lengths[key] == length
        && bytes.equals(places[key], array, offset, length);
  }

  @Override
  public int hash(byte[] array, int offset, int length) {
    long h = length;
    int at = offset;
    int end = offset + length;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      h = (h ^ (long) LONG.get(array, at)) * 0x9e3779b97f4a7c15L;
      h ^= h >>> 32;
    }
    for (; at < end; at++) {
      h = (h ^ array[at]) * 0x9e3779b97f4a7c15L;
    }
    return mix(h);
  }

  @Override
  public int hash(int key) {
    return hashes[key];
  }

  @Override
  public byte[] keyBytes(int key) {
    return bytes.copy(places[key], lengths[key]);
  }

  @Override
  long memory() {
    return slotMemory() + bytes.memory() + 16L * hashes.length;
  }
}
