package org.beamlakehouse.io.internal.merge.changes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;

/**
 * Combines changes of one key that come near each other, so that a key with very many of them costs
 * the shuffle and the merge next to nothing. Of each slot the last key's hash is remembered; a
 * change with another is given out at once, while it is in the processor's cache, and one with the
 * same is held back with those that follow. So memory is bounded, and keys that do not repeat cost
 * a comparison.
 */
public final class RecentKeys {
  private static final int SLOTS = 1 << 8;

  /** Changes of a key that are held back until they are combined. */
  private static final int MANY = 16;

  private final MergeRule rule;
  private final int[] keyIndexes;
  private final Consumer<Change> output;
  private final int[] hashes = new int[SLOTS];

  /** Changes of one key with the slot's hash; null before the first. */
  private final List<Change>[] held;

  /**
   * Nothing is held back yet.
   *
   * @param keyIndexes of the key columns among a change's values
   * @param output gets the changes that are left
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public RecentKeys(MergeRule rule, int[] keyIndexes, Consumer<Change> output) {
    this.rule = rule;
    this.keyIndexes = keyIndexes;
    this.output = output;
    this.held = new List[SLOTS];
  }

  /** Takes a change with a key. */
  public void add(Change change) {
    int hash = KeyTable.mix(hash(change.values()));
    int slot = hash & (SLOTS - 1);
    if (hashes[slot] != hash) {
      hashes[slot] = hash;
      if (held[slot] != null) {
        flush(held[slot]);
      }
      output.accept(change);
    } else {
      if (held[slot] == null) {
        held[slot] = new ArrayList<>(MANY);
      }
      hold(held[slot], change);
    }
  }

  private void hold(List<Change> changes, Change change) {
    if (!changes.isEmpty() && !isSameKey(changes.get(0).values(), change.values())) {
      flush(changes);
    }
    changes.add(change);
    if (changes.size() == MANY) {
      List<Change> reduced = List.copyOf(rule.reduce(changes));
      changes.clear();
      if (reduced.size() > MANY / 2) {
        // They all matter: held back, they would only be looked at again in vain.
        reduced.forEach(output);
      } else {
        changes.addAll(reduced);
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
  public void flush() {
    for (List<Change> changes : held) {
      if (changes != null) {
        flush(changes);
      }
    }
  }

  private void flush(List<Change> changes) {
    if (changes.size() == 1) {
      output.accept(changes.get(0));
    } else if (!changes.isEmpty()) {
      rule.reduce(changes).forEach(output);
    }
    changes.clear();
  }
}
