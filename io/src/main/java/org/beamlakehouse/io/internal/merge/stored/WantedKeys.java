package org.beamlakehouse.io.internal.merge.stored;

import org.beamlakehouse.io.internal.merge.changes.HashRange;
import org.beamlakehouse.io.internal.merge.changes.KeyTable;
import org.beamlakehouse.io.internal.merge.changes.LongKeyTable;

/** The keys whose stored rows a pass looks for: those of its changes, or all of its part. */
public final class WantedKeys {
  /** How many of a part's keys are wanted. */
  public enum Extent {
    /** Those that have changes. */
    CHANGED,
    /** Every key that is stored. */
    ALL
  }

  private final KeyTable keys;
  private final HashRange part;
  private final Extent extent;
  private final boolean whole;

  /** The wanted keys of a part; stored keys are added to the table where all are wanted. */
  public WantedKeys(KeyTable keys, HashRange part, Extent extent) {
    this.keys = keys;
    this.part = part;
    this.extent = extent;
    this.whole = part.equals(HashRange.WHOLE);
  }

  /** Whether keys are single whole numbers, so that {@link #find(long)} may be called. */
  boolean areLong() {
    return keys instanceof LongKeyTable;
  }

  /** The number of a key in the table, or {@link KeyTable#NONE} where it is not wanted. */
  public int find(long key) {
    LongKeyTable table = (LongKeyTable) keys;
    if (extent == Extent.CHANGED) {
      int found = table.find(key);
      return found == KeyTable.NONE || owns(found) ? found : KeyTable.NONE;
    }
    synchronized (keys) {
      return part.owns(KeyTable.mix(key)) ? table.add(key) : KeyTable.NONE;
    }
  }

  /**
   * As {@link #find(long)} for many keys.
   *
   * @param count of the values
   * @param at gets the indexes of those that are wanted, in ascending order; as long as values
   * @param found gets their numbers in the table
   * @return how many are wanted
   */
  public int find(long[] values, int count, int[] at, int[] found) {
    if (whole && extent == Extent.CHANGED) {
      return ((LongKeyTable) keys).find(values, count, at, found);
    }
    int hits = 0;
    for (int i = 0; i < count; i++) {
      int key = find(values[i]);
      if (key != KeyTable.NONE) {
        at[hits] = i;
        found[hits++] = key;
      }
    }
    return hits;
  }

  /** As {@link #find(long)}, by the bytes of a key. */
  public int find(byte[] bytes, int offset, int length) {
    if (extent == Extent.CHANGED) {
      int found = keys.find(bytes, offset, length);
      return found == KeyTable.NONE || owns(found) ? found : KeyTable.NONE;
    }
    synchronized (keys) {
      return part.owns(keys.hash(bytes, offset, length))
          ? keys.add(bytes, offset, length)
          : KeyTable.NONE;
    }
  }

  private boolean owns(int key) {
    return whole || part.owns(keys.hash(key));
  }
}
