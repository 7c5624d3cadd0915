package org.beamlakehouse.transforms.internal.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The changes of one key as a set, in their order: what stored rows tell, what is remembered and
 * what arrives, each once.
 *
 * <p><b>One and the same</b> are changes of equal source order, kind and content (see {@link
 * CarriedColumns#compareContent}). Of several copies the one with the lowest position stands for
 * all, wherever it comes from: read again further back in the source, a change changes nothing, not
 * even an {@code ingested_at}; found further up, it takes the place that it has there.
 *
 * <p>Tombstones are told apart by their positions, which are all that they have.
 *
 * <p><b>The order</b> is that of the sequences with their positions. Where those are equal a delete
 * comes after (and so wins over) a truncate, and a truncate after an upsert; changes of one kind
 * follow the order of their content.
 */
final class KnownChanges {

  /**
   * A change of the set.
   *
   * @param remembered whether the ledger has it already, at this place
   * @param copyRemembered whether the ledger has it at this place or another
   * @param follows of the delete that a tombstone is the change that it follows, else null; the
   *     ledger has the tombstone as itself
   */
  record Known(
      Change change, boolean remembered, boolean copyRemembered, @Nullable Change follows) {
    Known(Change change, boolean remembered, boolean copyRemembered) {
      this(change, remembered, copyRemembered, null);
    }

    boolean placed() {
      return follows != null;
    }
  }

  private record Candidate(Change change, int origin) {}

  private static final int TOLD = 0;
  private static final int REMEMBERED = 1;
  private static final int ARRIVED = 2;

  private KnownChanges() {}

  /** The set of all given changes, in order, lowest first. All changes are given in plain form. */
  static List<Known> of(
      CarriedColumns columns, List<Change> told, List<Change> ledger, List<Change> arrived) {
    List<Candidate> candidates = new ArrayList<>(told.size() + ledger.size() + arrived.size());
    told.forEach(change -> candidates.add(new Candidate(change, TOLD)));
    ledger.forEach(change -> candidates.add(new Candidate(change, REMEMBERED)));
    arrived.forEach(change -> candidates.add(new Candidate(change, ARRIVED)));
    candidates.sort(copiesTogether(columns));

    List<Known> known = new ArrayList<>(candidates.size());
    for (int i = 0; i < candidates.size(); ) {
      Change first = candidates.get(i).change();
      boolean remembered = false;
      boolean copyRemembered = false;
      for (; i < candidates.size() && isSame(columns, first, candidates.get(i).change()); i++) {
        if (candidates.get(i).origin() == REMEMBERED) {
          copyRemembered = true;
          remembered |= candidates.get(i).change().sequence().equals(first.sequence());
        }
      }
      known.add(new Known(first, remembered, copyRemembered));
    }
    known.sort((a, b) -> compare(columns, a.change(), b.change()));
    return known;
  }

  /**
   * The changes that are to be played. Of extracts these are fewer than all: a confirmation says
   * that its key was there, so the truncate of its order passes the key by; and of truncates in a
   * row, which tell that the key is still missing, only the first deletes.
   *
   * @param known all changes of the set, in order
   */
  static List<Known> played(CarriedColumns columns, List<Known> known) {
    if (!columns.ofExtracts()) {
      return known;
    }
    Set<Sequence> confirmed = new HashSet<>();
    for (Known one : known) {
      if (columns.isConfirmation(one.change())) {
        confirmed.add(one.change().sequence().withoutPosition());
      }
    }
    List<Known> played = new ArrayList<>(known.size());
    boolean missing = true;
    for (Known one : known) {
      Change change = one.change();
      boolean truncates = change.kind() == Kind.TRUNCATE;
      boolean passesBy =
          truncates
              ? missing || confirmed.contains(change.sequence().withoutPosition())
              : columns.isConfirmation(change);
      if (!passesBy) {
        played.add(one);
        missing = truncates;
      }
    }
    return played;
  }

  /** The confirmations that the ledger does not have yet. */
  static List<Change> newConfirmations(CarriedColumns columns, List<Known> known) {
    List<Change> confirmations = new ArrayList<>(0);
    for (Known one : known) {
      if (!one.remembered() && columns.isConfirmation(one.change())) {
        confirmations.add(one.change());
      }
    }
    return confirmations;
  }

  /** The distinct ones of some changes, in order. */
  static List<Change> distinct(CarriedColumns columns, List<Change> changes) {
    List<Change> distinct = new ArrayList<>(changes.size());
    for (Known known : of(columns, List.of(), List.of(), changes)) {
      distinct.add(known.change());
    }
    return Collections.unmodifiableList(distinct);
  }

  /** The order of two changes of one key. */
  static int compare(CarriedColumns columns, Change a, Change b) {
    int bySequence = a.sequence().compareTo(b.sequence());
    if (bySequence != 0) {
      return bySequence;
    }
    int byKind = Integer.compare(rank(a.kind()), rank(b.kind()));
    return byKind != 0 ? byKind : columns.compareContent(a, b);
  }

  /** Whether two changes are one and the same, whatever their positions. */
  static boolean isSame(CarriedColumns columns, Change a, Change b) {
    return a.kind() == b.kind()
        && a.sequence().sameOrder(b.sequence())
        && (a.kind() != Kind.TOMBSTONE || a.sequence().equals(b.sequence()))
        && columns.compareContent(a, b) == 0;
  }

  /** Orders copies of one change: the one to keep comes first. */
  static int compareCopies(CarriedColumns columns, Change a, Change b) {
    int order = a.sequence().compareTo(b.sequence());
    order = order != 0 ? order : a.eventTime().compareTo(b.eventTime());
    order = order != 0 ? order : ValueOrder.compare(a.validTime(), b.validTime());
    return order != 0 ? order : columns.compareProvenance(a, b);
  }

  private static Comparator<Candidate> copiesTogether(CarriedColumns columns) {
    return (x, y) -> {
      Change a = x.change();
      Change b = y.change();
      int order = a.sequence().compareOrder(b.sequence());
      order = order != 0 ? order : Integer.compare(rank(a.kind()), rank(b.kind()));
      order = order != 0 ? order : columns.compareContent(a, b);
      // Copies from here on: the one to keep comes first, of the very same the one that is kept.
      order = order != 0 ? order : a.sequence().compareTo(b.sequence());
      order = order != 0 ? order : Integer.compare(x.origin(), y.origin());
      return order != 0 ? order : compareCopies(columns, a, b);
    };
  }

  private static int rank(Kind kind) {
    return switch (kind) {
      case UPSERT -> 0;
      case TRUNCATE -> 1;
      case DELETE -> 2;
      case TOMBSTONE -> 3;
    };
  }
}
