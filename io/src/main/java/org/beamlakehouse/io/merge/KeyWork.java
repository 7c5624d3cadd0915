package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.StoredRow;

/** All that is known of one key while it is merged. */
final class KeyWork {
  /** Where a stored row lies. */
  record Place(StoredFile file, long position) {}

  private final List<Change> changes = new ArrayList<>(1);
  private final List<StoredRow> stored = new ArrayList<>(1);
  private final List<Place> places = new ArrayList<>(1);
  private final List<Change> remembered = new ArrayList<>(0);

  /** The arriving changes. */
  List<Change> changes() {
    return changes;
  }

  /** What the ledger has of the key. */
  List<Change> remembered() {
    return remembered;
  }

  /** The visible rows, each of the place of the same index. */
  List<StoredRow> stored() {
    return stored;
  }

  List<Place> places() {
    return places;
  }

  void addStored(StoredRow row, StoredFile file, long position) {
    stored.add(row);
    places.add(new Place(file, position));
  }
}
