package org.beamlakehouse.transforms.internal.merge;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.KnownChanges.Known;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which of a key's changes make its row under {@link LatestByKey}, what row they make, and which of
 * them later merges must know.
 */
final class LatestDecision {
  private final CarriedColumns columns;
  private final boolean hardDeletes;
  private final List<Known> known;
  private final Change newest;
  private final BitSet unsent;

  private final List<Known> needed = new ArrayList<>();
  private final BitSet isNeeded = new BitSet();
  private final List<Change> providers = new ArrayList<>();

  /**
   * Decides.
   *
   * @param known changes in plain form, each once, in order; not all of them truncates
   */
  LatestDecision(CarriedColumns columns, DeleteMode deletes, List<Known> known) {
    this.columns = columns;
    this.hardDeletes = deletes == DeleteMode.HARD;
    this.known = known;
    this.newest = known.get(known.size() - 1).change();
    this.unsent = columns.unsent(newest);
    need(known.size() - 1);
    collect();
  }

  /** The changes that later merges must know, newest first. */
  List<Known> needed() {
    return Collections.unmodifiableList(needed);
  }

  /** Whether the newest change is the delete that a tombstone is. */
  private boolean isPlaced() {
    return known.get(known.size() - 1).placed();
  }

  private boolean isGone() {
    return hardDeletes && newest.kind() != Kind.UPSERT;
  }

  /** Goes down from the newest change as far as something can matter. */
  private void collect() {
    BitSet open = (BitSet) unsent.clone();
    BitSet wanted = open;
    Sequence forgottenAt = isGone() ? newest.sequence() : null;
    for (int i = known.size() - 2; i >= 0; i--) {
      Change change = known.get(i).change();
      boolean tiesNewest = change.sequence().sameOrder(newest.sequence());
      boolean tiesProvider = tiesProvider(change);
      boolean forgotten = forgottenAt != null;
      boolean tiesDelete = forgotten && !open.isEmpty() && change.sequence().sameOrder(forgottenAt);
      boolean ties = tiesNewest || tiesProvider || tiesDelete;
      if (!ties && (forgotten || open.isEmpty())) {
        return;
      }
      if (hardDeletes && change.kind() != Kind.UPSERT) {
        need(i);
        forgottenAt = forgotten ? forgottenAt : change.sequence();
        continue;
      }
      wanted = tiesProvider || forgotten ? wanted : (BitSet) open.clone();
      if (!forgotten && sendsAny(change, open)) {
        need(i);
        providers.add(change);
        close(open, change);
      } else if (tiesNewest
          || mayBeDeleted(change, forgotten && !ties)
          || (tiesProvider && sendsAny(change, wanted))
          || (tiesDelete && sendsAny(change, open))) {
        need(i);
      }
    }
  }

  /**
   * Whether a tombstone that arrives later may follow the change, and hide what is shown of older
   * ones.
   */
  private boolean mayBeDeleted(Change change, boolean forgotten) {
    return hardDeletes && !forgotten && change.sequence().isInTopic();
  }

  private void need(int place) {
    if (isNeeded.get(place)) {
      return;
    }
    isNeeded.set(place);
    Known one = known.get(place);
    needed.add(one);
    if (one.placed()) {
      // A copy of what a tombstone follows, found further up, is none that follows the tombstone.
      int followed = place - 1;
      while (known.get(followed).change() != one.follows()) {
        followed--;
      }
      need(followed);
    }
  }

  private boolean tiesProvider(Change change) {
    return !providers.isEmpty()
        && change.sequence().sameOrder(providers.get(providers.size() - 1).sequence());
  }

  private static boolean sendsAny(Change change, BitSet columns) {
    for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
      if (change.sends(i)) {
        return true;
      }
    }
    return false;
  }

  private static void close(BitSet open, Change provider) {
    for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
      if (provider.sends(i)) {
        open.clear(i);
      }
    }
  }

  /** The row, or null where there is none. */
  @Nullable StoredRow row() {
    if (isGone()) {
      return null;
    }
    Object[] values = unsent.isEmpty() ? newest.values() : filled();
    return newest.kind() == Kind.UPSERT
        ? StoredRow.live(values, newest.sequence())
        : StoredRow.deleted(values, newest.sequence(), newest.eventTime());
  }

  private Object[] filled() {
    Object[] values = provenance();
    BitSet open = (BitSet) unsent.clone();
    for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
      values[i] = null;
    }
    for (Change provider : providers) {
      for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
        if (provider.sends(i)) {
          values[i] = provider.values()[i];
        }
      }
      close(open, provider);
    }
    return values;
  }

  /** A copy of the newest values; a truncate has none and leaves the provenance as it was. */
  private Object[] provenance() {
    if (newest.values() != null) {
      return newest.values().clone();
    }
    return providers.isEmpty() ? new Object[columns.carried()] : providers.get(0).values().clone();
  }

  /** What the ledger has to remember where this row is stored, newest first. */
  List<Change> remember(@Nullable StoredRow row) {
    boolean told = row != null && isTold();
    List<Change> remember = new ArrayList<>();
    // The newest comes first among the needed.
    for (Known one : told ? needed.subList(1, needed.size()) : needed) {
      if (!one.remembered() && !one.placed() && one.change().kind() != Kind.TRUNCATE) {
        remember.add(one.change());
      }
    }
    return remember;
  }

  /** Whether the row alone tells the newest change, so that it can be read off it again. */
  private boolean isTold() {
    if (newest.kind() == Kind.TRUNCATE || newest.values() == null || isPlaced()) {
      return false;
    }
    boolean showsOthers = !providers.isEmpty() || !columns.ignoresNullsIn(unsent);
    return !showsOthers && !isAmbiguous();
  }

  /** Whether the ledger has, or gets, changes that the row could be taken for. */
  private boolean isAmbiguous() {
    for (int i = 0; i < known.size() - 1; i++) {
      Known one = known.get(i);
      if (!one.copyRemembered() && !isNeeded.get(i)) {
        continue;
      }
      Change change = one.change();
      boolean sameSequence =
          change.kind() == newest.kind() && change.sequence().equals(newest.sequence());
      // A truncate of the same sequence tells itself apart by the ledger's other changes.
      boolean likeTruncate = newest.kind() == Kind.DELETE && change.kind() != Kind.TRUNCATE;
      if (sameSequence || likeTruncate) {
        return true;
      }
    }
    return false;
  }
}
