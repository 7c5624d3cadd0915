package org.beamlakehouse.io.internal.merge.changes;

import java.util.Arrays;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;

/** A {@link KeyTable} of single whole numbers, found without a look at bytes. */
public final class LongKeyTable extends KeyTable {
  /** One byte of null bits comes before the number. */
  private static final int NUMBER_OFFSET = 1;

  private long[] keys = new long[1024];

  @Override
  public int add(byte[] bytes, int offset, int length) {
    return add(number(bytes, offset));
  }

  @Override
  public int find(byte[] bytes, int offset, int length) {
    return find(number(bytes, offset));
  }

  @Override
  public int hash(byte[] bytes, int offset, int length) {
    return mix(number(bytes, offset));
  }

  /** The number of a key, which is added where it is new. */
  public int add(long value) {
    int slot = firstSlot(mix(value));
    for (int key = keyAt(slot); key != NONE; key = keyAt(slot)) {
      if (keys[key] == value) {
        return key;
      }
      slot = nextSlot(slot);
    }
    if (size() == keys.length) {
      keys = Arrays.copyOf(keys, keys.length * 2);
    }
    keys[size()] = value;
    return occupy(slot);
  }

  /** The number of a key, or {@link #NONE}. */
  public int find(long value) {
    int hash = mix(value);
    if (seen(hash) == 0) {
      return NONE;
    }
    int slot = firstSlot(hash);
    for (int key = keyAt(slot); key != NONE; key = keyAt(slot)) {
      if (keys[key] == value) {
        return key;
      }
      slot = nextSlot(slot);
    }
    return NONE;
  }

  /**
   * Finds many keys at once. Most are not there, and where that cannot be foreseen a branch per key
   * makes the processor wait for one look at memory after the other; without, they overlap.
   *
   * @param count of the values
   * @param at gets the indexes of the values that are there, in ascending order; as long as values
   * @param found gets the numbers of these keys
   * @return how many are there
   */
  public int find(long[] values, int count, int[] at, int[] found) {
    int candidates = 0;
    for (int i = 0; i < count; i++) {
      at[candidates] = i;
      candidates += seen(mix(values[i]));
    }
    int hits = 0;
    for (int i = 0; i < candidates; i++) {
      int key = find(values[at[i]]);
      if (key != NONE) {
        at[hits] = at[i];
        found[hits++] = key;
      }
    }
    return hits;
  }

  /** Some keys, given by their numbers, in ascending order. */
  public long[] sorted(int[] numbers) {
    long[] sorted = new long[numbers.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = keys[numbers[i]];
    }
    Arrays.sort(sorted);
    return sorted;
  }

  @Override
  public byte[] keyBytes(int key) {
    ByteOutput out = new ByteOutput(16);
    out.writeByte(0);
    out.writeSigned(keys[key]);
    return out.toByteArray();
  }

  @Override
  public int hash(int key) {
    return mix(keys[key]);
  }

  @Override
  long memory() {
    return slotMemory() + (long) Long.BYTES * keys.length;
  }

  /** Reads what {@link ByteOutput#writeSigned} wrote. */
  private static long number(byte[] bytes, int offset) {
    int at = offset + NUMBER_OFFSET;
    byte next = bytes[at++];
    long value = next & 0x7f;
    for (int shift = 7; next < 0; shift += 7) {
      next = bytes[at++];
      value |= (next & 0x7fL) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }
}
