package org.beamlakehouse.transforms.change;

/** What a change does to the row of its key. */
public enum Operation {
  INSERT,
  UPDATE,
  DELETE,
  /** A row read by an initial or incremental snapshot; merged like an update. */
  READ,
  /** Empties the whole table; has no key. */
  TRUNCATE,
  /**
   * A message with a key and no value: deletes what its partition held of the key before it. Its
   * sequence is a position only.
   */
  TOMBSTONE;

  /** True where the change leaves a row behind. */
  public boolean isUpsert() {
    return this == INSERT || this == UPDATE || this == READ;
  }
}
