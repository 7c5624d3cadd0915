package org.beamlakehouse.io.merge;

/**
 * Where a stored row lies.
 *
 * @param position its position in the file
 * @param rowId its id, or {@link #NO_ROW_ID}
 */
record Place(StoredFile file, long position, long rowId) {
  /** Marks a row without an id, as on tables without row lineage. */
  static final long NO_ROW_ID = -1;
}
