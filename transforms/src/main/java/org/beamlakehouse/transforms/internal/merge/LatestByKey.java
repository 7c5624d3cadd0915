package org.beamlakehouse.transforms.internal.merge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.KnownChanges.Known;
import org.beamlakehouse.transforms.internal.merge.Tombstones.ValidTime;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * SCD type 1: one row per key, as the change with the highest sequence left it.
 *
 * <p>The newest change decides what the row is: its sequence, its provenance, and whether it is
 * deleted. Each column that it does not send has the newest value that an older change sent.
 *
 * <ul>
 *   <li><b>Soft delete:</b> the row stays with its last known values. A delete of a key never seen
 *       gives a deleted row of its key.
 *   <li><b>Hard delete:</b> the row goes and its values are forgotten; what a later change does not
 *       send is null.
 *   <li><b>Truncate:</b> a delete of every key that has a change before it. It comes after upserts
 *       of the very same sequence, as a delete does.
 * </ul>
 *
 * <p><b>What is remembered.</b> A row stands for the one change that sent everything it shows.
 * Other changes are remembered only as long as they can still matter:
 *
 * <ul>
 *   <li>the newest change, where the row shows values of older ones as well, or no row is left,
 *   <li>for each column that it does not send, the newest change that does,
 *   <li>the hard delete that made such columns null,
 *   <li>changes of the very order of one of these: where a copy takes one of them further up, it is
 *       another that decides,
 *   <li>tombstones, and the change that one follows as long as the delete that it is matters.
 * </ul>
 *
 * <p><b>Extracts.</b> A key that is missing from several extracts in a row was deleted by the first
 * of them. The values of a deleted key are remembered even where deletes are hard, as an extract
 * may come in pieces, and one of them confirm the key.
 *
 * <p>A table of complete upserts (and complete soft deletes) remembers nothing. The event time of
 * an upsert is not in its row and plays no part here; one remembered from a row has the epoch.
 */
public final class LatestByKey implements MergeRule {
  private static final long serialVersionUID = 1L;

  private final CarriedColumns columns;
  private final boolean hardDeletes;
  private final boolean forgets;
  private final Comparable<?> unknownValidTime;

  /**
   * A rule for a table.
   *
   * @param unknownValidTime what stands for the valid time, which rows do not have, where a row's
   *     change must be remembered
   */
  LatestByKey(TableDefinition table, Comparable<?> unknownValidTime) {
    this.columns = new CarriedColumns(table);
    this.hardDeletes = table.deletes() == DeleteMode.HARD;
    this.forgets = hardDeletes && !columns.ofExtracts();
    this.unknownValidTime = unknownValidTime;
  }

  @Override
  public Result merge(List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    Result bySequence = mergeBySequence(stored, remembered, changes);
    return bySequence != null ? bySequence : mergeByValues(stored, remembered, changes);
  }

  /**
   * False where sequences decide: the newest change is above the stored row and brings everything
   * (or deletes for good), or all are below a row that stands for one change. True where changes
   * are as new as the row, and where values of older changes show through.
   */
  @Override
  public boolean needsStoredValues(
      List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    return !stored.isEmpty() && mergeBySequence(stored, remembered, changes) == null;
  }

  /**
   * Keeps the newest change, for each column that it does not send the newest change that does, the
   * hard delete that forgets what is older, and changes of the very order of one of these.
   * Truncates, tombstones and confirmations are kept, once each.
   */
  @Override
  public List<Change> reduce(List<Change> changes) {
    if (changes.size() < 2) {
      return changes;
    }
    List<Change> kept = new ArrayList<>();
    List<Change> others = new ArrayList<>(changes.size());
    for (Change change : changes) {
      boolean always =
          change.kind() == Kind.TRUNCATE
              || change.kind() == Kind.TOMBSTONE
              || columns.isConfirmation(change);
      (always ? kept : others).add(plain(change));
    }
    List<Known> known = KnownChanges.of(columns, List.of(), List.of(), others);
    kept = KnownChanges.distinct(columns, kept);
    if (!known.isEmpty()) {
      kept = new ArrayList<>(kept);
      for (Known needed : decide(known).needed()) {
        kept.add(needed.change());
      }
    }
    return kept;
  }

  /** The merge without a look at stored values, or null where they are needed. */
  private @Nullable Result mergeBySequence(
      List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    if (changes.isEmpty() && remembered.isEmpty()) {
      return new Result(stored, List.of());
    }
    if (stored.size() > 1
        || Tombstones.any(remembered)
        || Tombstones.any(changes)
        || columns.anyConfirmation(remembered)
        || columns.anyConfirmation(changes)) {
      return null;
    }
    Newest newest = new Newest(remembered.size());
    for (Change change : remembered) {
      newest.offer(change);
    }
    for (Change change : changes) {
      newest.offer(change);
    }
    if (newest.tied) {
      return null;
    }
    int order =
        stored.isEmpty() ? 1 : newest.change.sequence().compareOrder(stored.get(0).sequence());
    if (order > 0) {
      boolean isNew = newest.offeredAt >= remembered.size();
      return mergeAbove(newest.change, isNew, remembered);
    }
    boolean standsForOneChange = !columns.ignoresNulls() && !holdsChange(remembered);
    return order < 0 && standsForOneChange ? new Result(stored, List.of()) : null;
  }

  /** What a change above all others makes of the row where no older values matter, else null. */
  private @Nullable Result mergeAbove(Change top, boolean isNew, List<Change> remembered) {
    if (top.kind() == Kind.UPSERT) {
      return columns.isComplete(top)
          ? new Result(List.of(StoredRow.live(top.values(), top.sequence())), List.of())
          : null;
    } else if (top.kind() == Kind.TRUNCATE) {
      return forgets ? new Result(List.of(), List.of()) : null;
    } else if (hardDeletes) {
      return new Result(List.of(), isNew ? List.of(columns.keyOnly(top)) : List.of());
    } else if (columns.isComplete(top)) {
      StoredRow row = StoredRow.deleted(top.values(), top.sequence(), top.eventTime());
      // As in LatestDecision: beside other remembered changes a deleted row could be mistaken.
      boolean remember = isNew && holdsChange(remembered);
      return new Result(List.of(row), remember ? List.of(top) : List.of());
    }
    return null;
  }

  /** The newest of some changes by order, and whether another one that is no copy is as new. */
  private final class Newest {
    private final int rememberedCount;
    private @Nullable Change change;
    private boolean tied;
    private boolean besideTruncate;
    private int offered;
    private int offeredAt;

    /** None yet; those that are remembered are offered first. */
    Newest(int rememberedCount) {
      this.rememberedCount = rememberedCount;
    }

    void offer(Change candidate) {
      int order = change == null ? 1 : candidate.sequence().compareOrder(change.sequence());
      if (order > 0) {
        take(candidate);
        tied = false;
        besideTruncate = false;
      } else if (order == 0) {
        offerOfSameOrder(candidate);
      }
      offered++;
    }

    private void offerOfSameOrder(Change candidate) {
      if (isAboveTruncate(candidate, change)) {
        take(candidate);
        besideTruncate = true;
      } else if (isAboveTruncate(change, candidate)) {
        besideTruncate = true;
      } else if (!KnownChanges.isSame(columns, candidate, change)) {
        tied = true;
      } else if (standsForCopies(candidate)) {
        take(candidate);
        // It may be below the truncate.
        tied |= besideTruncate;
      }
    }

    private void take(Change candidate) {
      change = candidate;
      offeredAt = offered;
    }

    /** Whether the one follows a truncate of its own order, and so is no copy of it. */
    private boolean isAboveTruncate(Change upsert, Change truncate) {
      return truncate.kind() == Kind.TRUNCATE
          && upsert.kind() == Kind.UPSERT
          && upsert.sequence().compareTo(truncate.sequence()) > 0;
    }

    /** Whether it is the copy to keep, and not the one that was. */
    private boolean standsForCopies(Change candidate) {
      int byPosition = candidate.sequence().compareTo(change.sequence());
      if (byPosition != 0) {
        return byPosition < 0;
      }
      boolean wasRemembered = offeredAt < rememberedCount && offered >= rememberedCount;
      return !wasRemembered && KnownChanges.compareCopies(columns, candidate, change) < 0;
    }
  }

  private Result mergeByValues(
      List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    List<Known> all =
        KnownChanges.of(columns, told(stored, remembered), plain(remembered), plain(changes));
    List<Change> remember = KnownChanges.newConfirmations(columns, all);
    remember.addAll(Tombstones.unknown(all));
    List<Known> known =
        KnownChanges.played(columns, Tombstones.placed(columns, all, ValidTime.OF_CHANGE));
    if (known.stream().allMatch(one -> one.change().kind() == Kind.TRUNCATE)) {
      return new Result(List.of(), remember);
    }
    LatestDecision decision = decide(known);
    StoredRow row = decision.row();
    if (row != null && row.isDeleted() && hardDeletes) {
      row = null;
    }
    remember.addAll(decision.remember(row));
    if (row == null) {
      return new Result(List.of(), remember);
    }
    for (StoredRow before : stored) {
      if (columns.sameRow(before, row)) {
        return new Result(List.of(before), remember);
      }
    }
    return new Result(List.of(row), remember);
  }

  private LatestDecision decide(List<Known> known) {
    return new LatestDecision(columns, forgets ? DeleteMode.HARD : DeleteMode.SOFT, known);
  }

  /**
   * The changes that rows tell: all but rows whose newest change is remembered, which show values
   * of several remembered changes.
   */
  private List<Change> told(List<StoredRow> stored, List<Change> remembered) {
    List<Change> told = new ArrayList<>(stored.size());
    for (StoredRow row : stored) {
      Kind kind = row.isDeleted() ? Kind.DELETE : Kind.UPSERT;
      boolean standsForMany =
          holds(remembered, kind, row.sequence())
              || Tombstones.deleted(row, remembered)
              // A soft delete by truncate: the values come from a remembered change, always.
              || (row.isDeleted()
                  && holds(remembered, Kind.TRUNCATE, row.sequence())
                  && holdsChange(remembered));
      if (!standsForMany) {
        Instant eventTime = row.isDeleted() ? row.deletedAt() : Instant.EPOCH;
        told.add(plain(columns.told(row, eventTime, unknownValidTime)));
      }
    }
    return told;
  }

  private static boolean holds(List<Change> changes, Kind kind, Sequence sequence) {
    for (Change change : changes) {
      if (change.kind() == kind && change.sequence().equals(sequence)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holdsChange(List<Change> remembered) {
    for (Change change : remembered) {
      if (change.kind() != Kind.TRUNCATE) {
        return true;
      }
    }
    return false;
  }

  private List<Change> plain(List<Change> changes) {
    List<Change> plain = new ArrayList<>(changes.size());
    changes.forEach(change -> plain.add(plain(change)));
    return plain;
  }

  private Change plain(Change change) {
    return hardDeletes && change.kind() == Kind.DELETE
        ? columns.keyOnly(change)
        : columns.plain(change);
  }
}
