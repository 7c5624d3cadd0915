package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.MergeRule;
import org.beamlakehouse.transforms.pack.Key;

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
  private final Consumer<Change> output;
  private final Slot[] slots = new Slot[SLOTS];

  /** A key, and its changes that are held back. */
  private static final class Slot {
    private Key key;
    private final List<Change> held = new ArrayList<>(1);
  }

  /**
   * Nothing is held back yet.
   *
   * @param output gets the changes that are left
   */
  RecentKeys(MergeRule rule, Consumer<Change> output) {
    this.rule = rule;
    this.output = output;
  }

  /** Takes a change of a key. */
  void add(Key key, Change change) {
    int index = KeyTable.mix(key.hashCode()) & (SLOTS - 1);
    Slot slot = slots[index];
    if (slot == null) {
      slot = new Slot();
      slots[index] = slot;
    }
    if (!key.equals(slot.key)) {
      flush(slot);
      slot.key = key;
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

  /** Gives out all that is held back. */
  void flush() {
    for (Slot slot : slots) {
      if (slot != null) {
        flush(slot);
      }
    }
  }

  private void flush(Slot slot) {
    List<Change> left = slot.held.size() > 1 ? rule.reduce(slot.held) : slot.held;
    left.forEach(output);
    slot.held.clear();
  }
}
