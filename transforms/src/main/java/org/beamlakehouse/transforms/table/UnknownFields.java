package org.beamlakehouse.transforms.table;

/** What to do with fields of a record that no column reads. */
public enum UnknownFields {
  /** Keep them as JSON in {@code _rescued_data}. */
  RESCUE,
  /** Quarantine the record. */
  QUARANTINE,
  /** Halt the table: nothing of this run is published. */
  FAIL
}
