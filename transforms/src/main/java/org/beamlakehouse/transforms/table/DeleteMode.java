package org.beamlakehouse.transforms.table;

/** What a delete leaves behind in a table that keeps the latest row per key. */
public enum DeleteMode {
  /**
   * The row stays with its last known values, {@code is_deleted} and {@code deleted_at} are set.
   */
  SOFT,
  /** The row goes, its values are forgotten; a tombstone is kept in the ledger. */
  HARD
}
