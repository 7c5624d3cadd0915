package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.MergeRule;

/**
 * Combines changes of one key that come near each other, so that a key with very many of them costs
 * the shuffle and the merge next to nothing. Of each hash the last key is remembered with a few
 * changes, so memory is bounded.
 */
final class RecentKeys {
  private static final int SLOTS = 1 << 8;

  /** Changes of a key that are held back until they are combined. */
  private static final int MANY = 16;

  private final MergeRule rule;
  private final int[] keyIndexes;
  private final Consumer<Change> output;
  private final Slot[] slots = new Slot[SLOTS];

  /** A key, and its changes that are held back. */
  private static final class Slot {
    /** Carried values of a change with the slot's key; null before the first. */
    private Object[] keyed;

    private final List<Change> held = new ArrayList<>(1);
  }

  /**
   * Nothing is held back yet.
   *
   * @param keyIndexes of the key columns among a change's values
   * @param output gets the changes that are left
   */
  RecentKeys(MergeRule rule, int[] keyIndexes, Consumer<Change> output) {
    this.rule = rule;
    this.keyIndexes = keyIndexes;
    this.output = output;
  }

  /** Takes a change with a key. */
  void add(Change change) {
    Object[] values = change.values();
    int index = KeyTable.mix(hash(values)) & (SLOTS - 1);
    Slot slot = slots[index];
    if (slot == null) {
      slot = new Slot();
      slots[index] = slot;
    }
    if (slot.keyed == null || !isSameKey(slot.keyed, values)) {
      flush(slot);
      slot.keyed = values;
    }
    slot.held.add(change);
    if (slot.held.size() == MANY) {
      List<Change> reduced = List.copyOf(rule.reduce(slot.held));
      slot.held.clear();
      if (reduced.size() > MANY / 2) {
        // They all matter: held back, they would only be looked at again in vain.
        reduced.forEach(output);
      } else {
        slot.held.addAll(reduced);
      }
    }
  }

  /** A hash by value of the key, byte arrays included. */
  private int hash(Object[] values) {
    int hash = 0;
    for (int index : keyIndexes) {
      Object value = values[index];
      hash = 31 * hash + (value instanceof byte[] b ? Arrays.hashCode(b) : value.hashCode());
    }
    return hash;
  }

  private boolean isSameKey(Object[] one, Object[] other) {
    for (int index : keyIndexes) {
      if (!Objects.deepEquals(one[index], other[index])) {
        return false;
      }
    }
    return true;
  }

  /** Gives out all that is held back. */
  void flush() {
    for (Slot slot : slots) {
      if (slot != null) {
        flush(slot);
      }
    }
  }

  private void flush(Slot slot) {
    if (slot.held.size() == 1) {
      output.accept(slot.held.get(0));
    } else if (!slot.held.isEmpty()) {
      rule.reduce(slot.held).forEach(output);
    }
    slot.held.clear();
  }
}
