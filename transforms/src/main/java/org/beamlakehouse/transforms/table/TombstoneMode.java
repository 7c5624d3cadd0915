package org.beamlakehouse.transforms.table;

/** What a message with a key and no value means to a table. */
public enum TombstoneMode {
  /** The row of the key is gone, as far as its own partition has told of it. */
  DELETE,
  /** Nothing. */
  IGNORE
}
