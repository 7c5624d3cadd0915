package org.beamlakehouse.io.internal.merge.shard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows of one key, to be found by the version that they are of: by when it begins. Tables without
 * versions have one row per key.
 */
public final class RowVersions {
  /** Fewer rows are looked at one by one. */
  private static final int MANY = 8;

  private final List<StoredRow> rows;
  private final @Nullable Map<Comparable<?>, Integer> places;

  private RowVersions(List<StoredRow> rows, @Nullable Map<Comparable<?>, Integer> places) {
    this.rows = rows;
    this.places = places;
  }

  public static RowVersions of(List<StoredRow> rows) {
    if (rows.size() < MANY) {
      return new RowVersions(rows, null);
    }
    Map<Comparable<?>, Integer> places = new HashMap<>(rows.size() * 2);
    for (int i = 0; i < rows.size(); i++) {
      places.putIfAbsent(rows.get(i).validFrom(), i);
    }
    return new RowVersions(rows, places);
  }

  List<StoredRow> rows() {
    return rows;
  }

  /** Place of the first row of the same version as another row; -1 where there is none. */
  public int find(StoredRow row) {
    if (places != null) {
      return places.getOrDefault(row.validFrom(), -1);
    }
    for (int i = 0; i < rows.size(); i++) {
      if (Objects.equals(row.validFrom(), rows.get(i).validFrom())) {
        return i;
      }
    }
    return -1;
  }
}
