package org.beamlakehouse.io.internal.merge.changes;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a shard's keys that is merged in one pass: those whose hash falls in some slots.
 *
 * @param from first slot
 * @param to slot behind the last
 */
public record HashRange(int from, int to) {
  private static final int SLOT_BITS = 10;

  /** Number of slots: as finely as a shard can be split. */
  static final int SLOTS = 1 << SLOT_BITS;

  /** All keys. */
  public static final HashRange WHOLE = new HashRange(0, SLOTS);

  /** The slot of a hash of {@link KeyTable}. */
  static int slotOf(int hash) {
    // The lowest bits are for the tables.
    return hash >>> (Integer.SIZE - SLOT_BITS);
  }

  /** True where the part holds the keys of a hash. */
  public boolean owns(int hash) {
    int slot = slotOf(hash);
    return slot >= from && slot < to;
  }

  /** The numbers of a table's keys that the part holds, in ascending order. */
  public int[] keys(KeyTable table) {
    IntStream all = IntStream.range(0, table.size());
    return (equals(WHOLE) ? all : all.filter(key -> owns(table.hash(key)))).toArray();
  }

  /** True where the part is more than one slot. */
  public boolean isSplittable() {
    return to - from > 1;
  }

  /** The part in two. */
  public List<HashRange> halves() {
    int middle = (from + to) / 2;
    return List.of(new HashRange(from, middle), new HashRange(middle, to));
  }
}
