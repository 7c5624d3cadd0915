package org.beamlakehouse.transforms.table;

/** What to do with fields of a record that no column reads. */
public enum UnknownFields {
  /** Keep them as JSON in {@code _rescued_data}. */
  RESCUE,
  /** Quarantine the record. */
  QUARANTINE,
  /** Halt the table: nothing of this run is published. */
  FAIL,
  /**
   * Give the table a column for each, which is for whoever writes the table to do; what cannot have
   * one is kept as JSON in {@code _rescued_data}.
   */
  EVOLVE
}
