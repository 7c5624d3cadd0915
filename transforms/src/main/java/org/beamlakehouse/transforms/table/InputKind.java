package org.beamlakehouse.transforms.table;

/** What the records that feed a table are. */
public enum InputKind {
  /** Each record says what happened to one row. */
  CHANGES,
  /**
   * Each record is a row of a full extract, whose time is the value of {@code sequenceBy}. What an
   * extract does not hold is deleted at its time: it is a truncate, then an upsert of each row.
   */
  SNAPSHOTS
}
