package org.beamlakehouse.transforms.internal.merge;

import java.time.Instant;
import org.beamlakehouse.transforms.change.Sequence;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One row of a table as the merge rules see it.
 *
 * @param values the carried columns, in column order
 * @param sequence of the change that decides what the row is
 * @param deletedAt when the row was softly deleted; null while it lives and in history tables
 * @param validFrom begin of the version, inclusive; null unless the table keeps history
 * @param validTo end of the version, exclusive; null while it is open
 */
public record StoredRow(
    Object[] values,
    Sequence sequence,
    @Nullable Instant deletedAt,
    @Nullable Comparable<?> validFrom,
    @Nullable Comparable<?> validTo) {

  /** A living row of a table that keeps one row per key. */
  public static StoredRow live(Object[] values, Sequence sequence) {
    return new StoredRow(values, sequence, null, null, null);
  }

  /** A softly deleted row. */
  public static StoredRow deleted(Object[] values, Sequence sequence, Instant deletedAt) {
    return new StoredRow(values, sequence, deletedAt, null, null);
  }

  /** A version of a key's history. */
  public static StoredRow version(
      Object[] values, Sequence sequence, Comparable<?> from, @Nullable Comparable<?> to) {
    return new StoredRow(values, sequence, null, from, to);
  }

  public boolean isDeleted() {
    return deletedAt != null;
  }
}
