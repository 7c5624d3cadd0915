package org.beamlakehouse.transforms.change;

/** What a change does to the row of its key. */
public enum Operation {
  INSERT,
  UPDATE,
  DELETE,
  /** A row read by an initial or incremental snapshot; merged like an update. */
  READ,
  /** Empties the whole table; has no key. */
  TRUNCATE;

  /** True where the change leaves a row behind. */
  public boolean isUpsert() {
    return this == INSERT || this == UPDATE || this == READ;
  }
}
