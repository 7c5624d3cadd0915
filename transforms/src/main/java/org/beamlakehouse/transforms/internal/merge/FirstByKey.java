package org.beamlakehouse.transforms.internal.merge;

import java.util.List;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Events: one row per key, the one with the lowest sequence. Repeated and later changes, deletes
 * and truncates change nothing; columns that the event did not send are null.
 *
 * <p>Nothing is ever remembered. Of events with one key and one source order, be they copies or
 * not, the lowest position is kept, and without positions the lowest values by {@link ValueOrder}.
 */
public final class FirstByKey implements MergeRule {
  private static final long serialVersionUID = 1L;

  private final CarriedColumns columns;

  FirstByKey(TableDefinition table) {
    this.columns = new CarriedColumns(table);
  }

  @Override
  public Result merge(List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    StoredRow first = lowest(stored);
    for (Change change : changes) {
      if (change.kind() != Kind.UPSERT || (first != null && isAbove(change, first))) {
        continue;
      }
      Object[] shown = columns.shown(change);
      if (first == null
          || isBelow(change, first)
          || columns.compareShown(shown, first.values()) < 0) {
        first = StoredRow.live(shown, change.sequence());
      }
    }
    return new Result(first == null ? List.of() : List.of(first), List.of());
  }

  /** True where only their values tell a change and the stored event apart. */
  @Override
  public boolean needsStoredValues(
      List<StoredRow> stored, List<Change> remembered, List<Change> changes) {
    for (StoredRow row : stored) {
      for (Change change : changes) {
        if (change.kind() == Kind.UPSERT && change.sequence().equals(row.sequence())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Keeps the lowest change. */
  @Override
  public List<Change> reduce(List<Change> changes) {
    Change first = null;
    for (Change change : changes) {
      if (change.kind() == Kind.UPSERT && (first == null || precedes(change, first))) {
        first = change;
      }
    }
    return first == null ? List.of() : List.of(first);
  }

  private boolean precedes(Change change, Change other) {
    int order = change.sequence().compareTo(other.sequence());
    return order != 0
        ? order < 0
        : columns.compareShown(columns.shown(change), columns.shown(other)) < 0;
  }

  private static boolean isAbove(Change change, StoredRow row) {
    return change.sequence().compareTo(row.sequence()) > 0;
  }

  private static boolean isBelow(Change change, StoredRow row) {
    return change.sequence().compareTo(row.sequence()) < 0;
  }

  private static @Nullable StoredRow lowest(List<StoredRow> stored) {
    StoredRow lowest = null;
    for (StoredRow row : stored) {
      if (lowest == null || row.sequence().compareTo(lowest.sequence()) < 0) {
        lowest = row;
      }
    }
    return lowest;
  }
}
