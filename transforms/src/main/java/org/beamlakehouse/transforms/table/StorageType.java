package org.beamlakehouse.transforms.table;

/** How a table keeps its rows; the numbers are those of the contract's {@code storedAsScdType}. */
public enum StorageType {
  /** {@code 0}: append/event table, one row per key, the first change wins. */
  EVENTS,
  /** {@code 1}: one row per key, the latest change wins. */
  LATEST,
  /** {@code 2}: one row per version of a key. */
  HISTORY
}
