package org.beamlakehouse.io.internal.merge.changes;

import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Numbers the distinct keys of a merge from 0 on, so that all else is kept in arrays. Keys are the
 * bytes of {@link ChangeCodec#keyBytes}.
 *
 * <p>Open addressing with linear probing, at most half full. Finding may be done by several threads
 * at once, as long as nobody adds.
 */
public abstract class KeyTable {
  /** Marks a key that is not in the table. */
  public static final int NONE = -1;

  private static final int INITIAL_SLOTS = 1024;

  /** Bits per slot of what tells, mostly, that a key is not there. */
  private static final int SEEN_BITS = 4;

  private int[] slots = new int[INITIAL_SLOTS];
  private int size;

  /**
   * A bit for each hash that has a key, by other bits of the hash than slots go by. Most keys of a
   * table have no change: a look here, in an eighth of the memory, leaves the slots alone.
   */
  private long[] seen = new long[INITIAL_SLOTS * SEEN_BITS / Long.SIZE];

  /** An empty table for the keys of a definition: one of primitives where the key allows. */
  static KeyTable of(TableDefinition definition) {
    return isLong(definition) ? new LongKeyTable() : new ByteKeyTable();
  }

  /** Whether the key is a single whole number. */
  static boolean isLong(TableDefinition definition) {
    ColumnType.Kind kind = definition.columns().get(definition.keyIndexes()[0]).type().kind();
    return definition.keyIndexes().length == 1
        && (kind == ColumnType.Kind.LONG || kind == ColumnType.Kind.INT);
  }

  /** The number of a key, which is added where it is new. */
  public abstract int add(byte[] bytes, int offset, int length);

  /** The number of a key, or {@link #NONE}. */
  public abstract int find(byte[] bytes, int offset, int length);

  /** A hash of the key, the same in every table of this kind; all its bits are well mixed. */
  public abstract int hash(byte[] bytes, int offset, int length);

  /** The bytes of a key. */
  public abstract byte[] keyBytes(int key);

  /** Bytes of memory that the table takes. */
  abstract long memory();

  /** Number of the keys. */
  final int size() {
    return size;
  }

  /** What {@link #memory} is without the keys themselves. */
  final long slotMemory() {
    return (long) Integer.BYTES * slots.length + (long) Long.BYTES * seen.length;
  }

  /** 0 for the hash of a key that is certainly not in the table, else 1. */
  final int seen(int hash) {
    int bit = seenBit(hash);
    return (int) (seen[bit >>> 6] >>> bit) & 1;
  }

  private int seenBit(int hash) {
    return Integer.reverse(hash) & (seen.length * Long.SIZE - 1);
  }

  private void see(int hash) {
    int bit = seenBit(hash);
    seen[bit >>> 6] |= 1L << bit;
  }

  /** The slot at which the search for a hash begins. */
  final int firstSlot(int hash) {
    return hash & (slots.length - 1);
  }

  final int nextSlot(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  /** The key in a slot, or {@link #NONE}. */
  final int keyAt(int slot) {
    return slots[slot] - 1;
  }

  /** Puts the next key into an empty slot. */
  final int occupy(int slot) {
    slots[slot] = ++size;
    int key = size - 1;
    if (size * 2 > slots.length) {
      grow();
    } else {
      see(hash(key));
    }
    return key;
  }

  /** The hash of a key of this table. */
  public abstract int hash(int key);

  private void grow() {
    slots = new int[slots.length * 2];
    seen = new long[seen.length * 2];
    for (int key = 0; key < size; key++) {
      see(hash(key));
      int slot = firstSlot(hash(key));
      while (slots[slot] != 0) {
        slot = nextSlot(slot);
      }
      slots[slot] = key + 1;
    }
  }

  /** Spreads the bits of a number over all bits of the hash (the finalizer of MurmurHash3). */
  public static int mix(long value) {
    long h = value;
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return (int) (h ^ (h >>> 33));
  }
}
