package org.beamlakehouse.transforms.internal.merge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.KnownChanges.Known;
import org.beamlakehouse.transforms.internal.merge.Timeline.Version;
import org.beamlakehouse.transforms.internal.merge.Tombstones.ValidTime;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * SCD type 2: one row per version of a key.
 *
 * <p>All changes of the key, sorted, are replayed:
 *
 * <ul>
 *   <li>An upsert opens a version where none is open, or where it changes a tracked column; the
 *       version before ends when the new one begins.
 *   <li>An upsert that changes other columns only updates the open version in place: it shows the
 *       newest values that fall in it, and the provenance of the change that last changed anything
 *       it shows. One that changes nothing leaves it alone, provenance and all.
 *   <li>A delete, or a truncate, ends the open version. The next upsert opens one again, even with
 *       the same values.
 *   <li>Changes of one valid time leave one version, the last of them in order. Where that shows
 *       what was valid up to this time, the version before goes on: no time has passed. So does one
 *       that an extract has on both sides of its truncate.
 *   <li>A column that was not sent has the newest value that an older change sent, be it before a
 *       delete.
 *   <li>A version begins at the valid time of the change that opens it, but never before that of an
 *       older change: versions do not overlap though a source's clock and its log disagree.
 *       Versions that end when they begin are not shown.
 * </ul>
 *
 * <p><b>What is remembered.</b> A row tells the upsert that opened it, where it shows all of it and
 * nothing else. Every other change is remembered, as a later one may bring it to light: deletes,
 * confirmations, updates in place and what they update, changes with columns not sent, versions of
 * no length, changes that begin later than they say, tombstones. The event time of a change plays
 * no part; one remembered from a row has the begin of its version if that is an instant, else the
 * epoch.
 */
public final class VersionHistory implements MergeRule {
  private static final long serialVersionUID = 1L;

  private final CarriedColumns columns;
  private final int[] tracked;
  private final ValidTime ofTombstones;

  VersionHistory(TableDefinition table) {
    this.columns = new CarriedColumns(table);
    this.tracked = table.trackedColumns().stream().mapToInt(table::indexOf).toArray();
    this.ofTombstones =
        table.validTimeType().isDateOrTimestamp() ? ValidTime.OF_TOMBSTONE : ValidTime.OF_CHANGE;
  }

  @Override
  public Result merge(List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    if (remembered.isEmpty() && changes.isEmpty()) {
      return new Result(stored, List.of());
    }
    if (remembered.isEmpty() && changes.size() == 1 && stored.size() <= 1) {
      Result simple = mergeOne(stored.isEmpty() ? null : stored.get(0), changes.get(0));
      if (simple != null) {
        return simple;
      }
    }
    return replay(stored, remembered, changes);
  }

  /** True wherever there are rows: whether a version begins depends on the values of the last. */
  @Override
  public boolean needsStoredValues(
      List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    return !stored.isEmpty() && !(remembered.isEmpty() && changes.isEmpty());
  }

  /** Keeps one copy of each change. */
  @Override
  public List<Change> reduce(List<Change> changes) {
    return changes.size() < 2 ? changes : KnownChanges.distinct(columns, plain(changes));
  }

  /** The common cases without a replay: the first version, and a complete upsert behind it. */
  private @Nullable Result mergeOne(@Nullable StoredRow row, Change change) {
    if (change.kind() != Kind.UPSERT || !columns.isComplete(change)) {
      return null;
    }
    StoredRow next =
        StoredRow.version(change.values(), change.sequence(), change.validTime(), null);
    if (row == null) {
      return new Result(List.of(next), List.of());
    }
    if (row.validTo() != null
        || change.sequence().compareOrder(row.sequence()) <= 0
        || ValueOrder.compare(change.validTime(), row.validFrom()) <= 0) {
      return null;
    }
    if (!Timeline.same(tracked, row.values(), change.values())) {
      StoredRow closed =
          StoredRow.version(row.values(), row.sequence(), row.validFrom(), change.validTime());
      return new Result(List.of(closed, next), List.of());
    }
    boolean confirms = columns.compareShown(row.values(), change.values()) == 0;
    return confirms ? new Result(List.of(row), List.of(change)) : null;
  }

  private Result replay(List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    List<Known> all =
        KnownChanges.of(columns, told(stored, remembered), plain(remembered), plain(changes));
    List<Known> known = KnownChanges.played(columns, Tombstones.placed(columns, all, ofTombstones));
    boolean[] told = new boolean[known.size()];
    List<StoredRow> rows = new ArrayList<>();
    RowFinder before = new RowFinder(stored);
    for (Version version : Timeline.of(columns, tracked, known)) {
      if (version.isVisible()) {
        rows.add(before.sameOr(version.row()));
        told[version.opener()] =
            version.tellsItsOpening(columns) && isUnmistakable(known, version.opener());
      }
    }
    List<Change> remember = KnownChanges.newConfirmations(columns, all);
    remember.addAll(Tombstones.unknown(all));
    for (int i = 0; i < told.length; i++) {
      Known one = known.get(i);
      if (!told[i] && !one.remembered() && !one.placed() && one.change().kind() != Kind.TRUNCATE) {
        remember.add(one.change());
      }
    }
    return new Result(rows, remember);
  }

  /**
   * The openings that rows tell. Where the opening of a row is remembered, the row tells nothing
   * that the ledger does not: it may show more than its opening.
   *
   * <p>A remembered change of the same sequence that has other values in tracked columns opened
   * another version. It got into the ledger ahead of its own rows, by a merge that has not
   * committed them yet, or died before.
   */
  private List<Change> told(List<StoredRow> stored, List<Change> remembered) {
    Map<Sequence, List<Change>> upserts = new HashMap<>();
    for (Change change : remembered) {
      if (change.kind() == Kind.UPSERT) {
        upserts.computeIfAbsent(change.sequence(), s -> new ArrayList<>(1)).add(change);
      }
    }
    List<Change> told = new ArrayList<>(stored.size());
    for (StoredRow row : stored) {
      List<Change> ofSequence = upserts.getOrDefault(row.sequence(), List.of());
      if (ofSequence.stream().noneMatch(change -> mayOpen(change, row))) {
        Instant eventTime = row.validFrom() instanceof Instant from ? from : Instant.EPOCH;
        told.add(columns.told(row, eventTime, row.validFrom()));
      }
    }
    return told;
  }

  /** Updates in place leave tracked columns alone, so an opening agrees in all that it sends. */
  private boolean mayOpen(Change change, StoredRow row) {
    for (int column : tracked) {
      if (change.sends(column)
          && !ValueOrder.equal(change.values()[column], row.values()[column])) {
        return false;
      }
    }
    return true;
  }

  /** Whether no other upsert has the very same sequence; such stand side by side. */
  private static boolean isUnmistakable(List<Known> known, int place) {
    return !isTwin(known, place, place - 1) && !isTwin(known, place, place + 1);
  }

  private static boolean isTwin(List<Known> known, int place, int neighbour) {
    if (neighbour < 0 || neighbour >= known.size()) {
      return false;
    }
    Change other = known.get(neighbour).change();
    return other.kind() == Kind.UPSERT
        && other.sequence().equals(known.get(place).change().sequence());
  }

  private List<Change> plain(List<Change> changes) {
    if (!columns.ignoresNulls()) {
      return changes;
    }
    List<Change> plain = new ArrayList<>(changes.size());
    changes.forEach(change -> plain.add(columns.plain(change)));
    return plain;
  }

  /** Finds stored rows that stay as they are. A key has few, or very many. */
  private final class RowFinder {
    /** A map of fewer rows costs more than looking at them one by one. */
    private static final int MANY = 8;

    private final List<StoredRow> stored;
    private final @Nullable Map<Sequence, List<StoredRow>> bySequence;

    RowFinder(List<StoredRow> stored) {
      this.stored = stored;
      this.bySequence = stored.size() < MANY ? null : new HashMap<>(stored.size() * 2);
      if (bySequence != null) {
        for (StoredRow row : stored) {
          bySequence.computeIfAbsent(row.sequence(), s -> new ArrayList<>(1)).add(row);
        }
      }
    }

    StoredRow sameOr(StoredRow row) {
      for (StoredRow candidate :
          bySequence == null ? stored : bySequence.getOrDefault(row.sequence(), List.of())) {
        if (columns.sameRow(candidate, row)) {
          return candidate;
        }
      }
      return row;
    }
  }
}
