package org.beamlakehouse.runners.flink.live;

import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What PostgreSQL's log says that happened to a row, or to all rows of a table.
 *
 * @param table with its schema
 * @param at when the transaction was committed
 * @param before key of the row that was; with no values for a truncate, null for an insert
 * @param after the row that is, null after a delete; {@link #UNCHANGED} for values that were not
 *     logged because they stayed as they were
 */
record WalChange(
    String table,
    Instant at,
    @Nullable List<@Nullable String> before,
    @Nullable List<@Nullable String> after) {
  /** No text of a row: PostgreSQL's never has this character. */
  static final String UNCHANGED = "\0";

  /** Whether a value was not logged. */
  static boolean isUnchanged(@Nullable String value) {
    return UNCHANGED.equals(value);
  }

  boolean isTruncate() {
    return after == null && before != null && before.isEmpty();
  }
}
