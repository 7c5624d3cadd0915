package org.beamlakehouse.transforms.internal.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.KnownChanges.Known;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Gives tombstones their places. A tombstone, a message with a key and no value, tells neither an
 * order nor values, only where it stands in its partition:
 *
 * <ul>
 *   <li>It is a delete right after the highest change of its key that its own partition held before
 *       it.
 *   <li>Behind a delete, or another tombstone, it changes nothing.
 *   <li>Where no such change is known, it waits for one.
 * </ul>
 *
 * Of copies of a change the lowest counts here too; they are taken to be in one partition.
 *
 * <p>As any change that arrives may be a higher one, tombstones are remembered for good, and the
 * change that one follows as long as the delete matters.
 */
final class Tombstones {
  private Tombstones() {}

  /** Whether any change is a tombstone. */
  static boolean any(List<Change> changes) {
    // By index: this is asked for every key, and most have one change.
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).kind() == Kind.TOMBSTONE) {
        return true;
      }
    }
    return false;
  }

  /** The tombstones that the ledger does not have yet. */
  static List<Change> unknown(List<Known> known) {
    List<Change> unknown = new ArrayList<>(0);
    for (Known one : known.subList(0, count(known))) {
      if (!one.remembered()) {
        unknown.add(one.change());
      }
    }
    return unknown;
  }

  /**
   * The changes in order, each tombstone that deletes as a delete in its place and all others left
   * out.
   *
   * @param known all changes of the set, in order
   * @param time whose time such a delete has
   */
  static List<Known> placed(CarriedColumns columns, List<Known> known, ValidTime time) {
    int count = count(known);
    if (count == 0) {
      return known;
    }
    List<Known> changes = known.subList(count, known.size());
    Map<Long, TreeMap<Long, Integer>> highest = highestByOffset(changes);
    Set<Change> deleted = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Known> placed = new ArrayList<>(changes);
    for (Known one : known.subList(0, count)) {
      Change last = before(one.change(), highest, changes);
      if (last != null && last.kind() != Kind.DELETE && deleted.add(last)) {
        placed.add(new Known(deleteAfter(last, one.change(), time), false, false, last));
      }
    }
    placed.sort((a, b) -> KnownChanges.compare(columns, a.change(), b.change()));
    return placed;
  }

  /** Whether a stored row is one that a remembered tombstone has deleted. */
  static boolean deleted(StoredRow row, List<Change> remembered) {
    if (!row.isDeleted() || !row.sequence().isInTopic()) {
      return false;
    }
    for (Change change : remembered) {
      if (change.kind() == Kind.TOMBSTONE
          && change.sequence().partition() == row.sequence().partition()
          && change.sequence().offset() == row.sequence().offset()) {
        return true;
      }
    }
    return false;
  }

  /** Whose valid time the delete has that a tombstone is. */
  enum ValidTime {
    /** The tombstone's: that of its message. */
    OF_TOMBSTONE,
    /** That of the change it follows, where valid times are no times. */
    OF_CHANGE
  }

  /** A sequence without an order comes before all others: tombstones lead, in their order. */
  private static int count(List<Known> known) {
    int count = 0;
    while (count < known.size() && known.get(count).change().sequence().isUntold()) {
      count++;
    }
    return count;
  }

  /** For each partition and each offset of a change, the highest change up to there. */
  private static Map<Long, TreeMap<Long, Integer>> highestByOffset(List<Known> changes) {
    List<Integer> byOffset = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i).change();
      if (change.kind() != Kind.TRUNCATE && change.sequence().isInTopic()) {
        byOffset.add(i);
      }
    }
    byOffset.sort(Comparator.comparingLong(i -> changes.get(i).change().sequence().offset()));
    Map<Long, TreeMap<Long, Integer>> highest = new HashMap<>();
    for (int place : byOffset) {
      Sequence sequence = changes.get(place).change().sequence();
      TreeMap<Long, Integer> ofPartition =
          highest.computeIfAbsent(sequence.partition(), partition -> new TreeMap<>());
      int before = ofPartition.isEmpty() ? -1 : ofPartition.lastEntry().getValue();
      ofPartition.merge(sequence.offset(), Math.max(before, place), Math::max);
    }
    return highest;
  }

  private static @Nullable Change before(
      Change tombstone, Map<Long, TreeMap<Long, Integer>> highest, List<Known> changes) {
    Sequence sequence = tombstone.sequence();
    TreeMap<Long, Integer> ofPartition = highest.get(sequence.partition());
    Map.Entry<Long, Integer> last =
        ofPartition == null ? null : ofPartition.lowerEntry(sequence.offset());
    return last == null ? null : changes.get(last.getValue()).change();
  }

  private static Change deleteAfter(Change last, Change tombstone, ValidTime time) {
    return new Change(
        Kind.DELETE,
        tombstone.sequence().withOrderOf(last.sequence()),
        tombstone.eventTime(),
        time == ValidTime.OF_TOMBSTONE ? tombstone.validTime() : last.validTime(),
        tombstone.values(),
        tombstone.unsent());
  }
}
