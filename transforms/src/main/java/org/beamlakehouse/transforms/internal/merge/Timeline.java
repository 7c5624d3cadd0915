package org.beamlakehouse.transforms.internal.merge;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.KnownChanges.Known;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Replays the changes of one key, in order, into the versions of its row. See {@link
 * VersionHistory} for the rules that it follows.
 */
final class Timeline {

  /** A stretch of time in which no tracked column changed. */
  static final class Version {
    private final int opener;
    private final Change opening;
    private final Comparable<?> from;
    private @Nullable Comparable<?> to;
    private Object[] values;
    private boolean updatedInPlace;

    private Version(int opener, Change opening, Comparable<?> from, Object[] values) {
      this.opener = opener;
      this.opening = opening;
      this.from = from;
      this.values = values;
    }

    /** Place of the opening change among the replayed ones. */
    int opener() {
      return opener;
    }

    /** False for versions that end when they begin. */
    boolean isVisible() {
      return to == null || ValueOrder.compare(from, to) < 0;
    }

    StoredRow row() {
      return StoredRow.version(values, opening.sequence(), from, to);
    }

    /** Whether the row shows the opening change, all of it and nothing else. */
    boolean tellsItsOpening(CarriedColumns columns) {
      if (updatedInPlace || !ValueOrder.equal(from, opening.validTime())) {
        return false;
      }
      for (int i = 0; i < columns.contract(); i++) {
        if (!opening.sends(i) && !(columns.ignoresNulls(i) && values[i] == null)) {
          return false;
        }
      }
      return true;
    }
  }

  private final CarriedColumns columns;
  private final int[] tracked;
  private final List<Version> versions = new ArrayList<>();
  private @Nullable Version current;
  private Object @Nullable [] newestValues;
  private @Nullable Comparable<?> time;

  private Timeline(CarriedColumns columns, int[] tracked) {
    this.columns = columns;
    this.tracked = tracked;
  }

  /**
   * The versions that some changes give, oldest first, those of no length among them.
   *
   * @param known the changes in plain form, each once, in order
   */
  static List<Version> of(CarriedColumns columns, int[] tracked, List<Known> known) {
    Timeline timeline = new Timeline(columns, tracked);
    for (int i = 0; i < known.size(); i++) {
      timeline.replay(i, known.get(i).change());
    }
    return timeline.versions;
  }

  private void replay(int place, Change change) {
    // The source's clock may run behind its log; the log's order counts.
    if (time == null || ValueOrder.compare(time, change.validTime()) < 0) {
      time = change.validTime();
    }
    if (change.values() != null) {
      newestValues = filled(change);
    }
    if (change.kind() != Kind.UPSERT) {
      close();
    } else {
      if (current == null || !same(tracked, current.values, newestValues)) {
        close();
        current = resumed();
        if (current == null) {
          current = new Version(place, change, time, newestValues);
          versions.add(current);
        }
      }
      if (current.values != newestValues
          && columns.compareShown(current.values, newestValues) != 0) {
        current.values = newestValues;
        current.updatedInPlace = true;
      }
    }
  }

  /**
   * The version that ended at this very time and that the change continues, as it shows the same;
   * null where there is none. What lies between the two has no length, be it another version, a
   * delete or an extract.
   */
  private @Nullable Version resumed() {
    int last = versions.size() - 1;
    while (last >= 0 && !versions.get(last).isVisible()) {
      last--;
    }
    Version version = last < 0 ? null : versions.get(last);
    if (version == null
        || ValueOrder.compare(version.to, time) != 0
        || !same(tracked, version.values, newestValues)) {
      return null;
    }
    version.to = null;
    return version;
  }

  private void close() {
    if (current != null) {
      current.to = time;
      current = null;
    }
  }

  private Object[] filled(Change change) {
    if (change.isComplete()) {
      return change.values();
    }
    Object[] values = columns.shown(change);
    for (int i = 0; i < columns.contract() && newestValues != null; i++) {
      if (!change.sends(i)) {
        values[i] = newestValues[i];
      }
    }
    return values;
  }

  /** Whether two rows have the same values in some columns. */
  static boolean same(int[] columns, Object[] a, Object[] b) {
    for (int column : columns) {
      if (!ValueOrder.equal(a[column], b[column])) {
        return false;
      }
    }
    return true;
  }
}
