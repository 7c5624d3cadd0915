package org.beamlakehouse.io.iceberg;

import com.google.auto.value.AutoValue;
import java.util.Map;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a hop hands to the next for each of its tables: the snapshot that is current after it, and
 * what it did. There is exactly one per table in a batch run and one per table and window in a
 * stream, also where nothing was new.
 */
@DefaultSchema(AutoValueSchema.class)
@AutoValue
public abstract class CommittedSnapshot {
  /** Rows changed and a snapshot was committed. */
  public static final String COMMITTED = "committed";

  /** Nothing changed, no snapshot was made. */
  public static final String UNCHANGED = "unchanged";

  /** A rule or the contract halted the table; it is as before. */
  public static final String HALTED = "halted";

  /** The hop failed for this table alone; it is as before, and the next run tries again. */
  public static final String FAILED = "failed";

  /** Something of the hop's input could not be read; the rest was committed. */
  public static final String INCOMPLETE = "incomplete";

  /** Names of the counts. */
  public static final String ROWS_READ = "rows_read";

  public static final String FILES_READ = "files_read";
  public static final String ROWS_INSERTED = "rows_inserted";
  public static final String ROWS_UPDATED = "rows_updated";
  public static final String ROWS_DELETED = "rows_deleted";
  public static final String ROWS_QUARANTINED = "rows_quarantined";
  public static final String ROWS_DROPPED = "rows_dropped";
  public static final String DEAD_LETTERS = "dead_letters";

  /** Prefixes of the counts per quality rule; the rule's name follows. */
  public static final String RULE_PASSED = "passed:";

  public static final String RULE_FAILED = "failed:";

  /** {@code bronze}, {@code silver} or {@code gold}. */
  public abstract String getHop();

  public abstract String getTable();

  /** Current snapshot of the table; null while it has none. */
  public abstract @Nullable Long getSnapshotId();

  /** One of the constants above. */
  public abstract String getStatus();

  public abstract Map<String, Long> getCounts();

  /** What a person should know of it; null for nothing. No record values. */
  public abstract @Nullable String getMessage();

  /** When work on the table began and ended (epoch milliseconds). */
  public abstract long getStartedMillis();

  public abstract long getEndedMillis();

  /** A count, 0 where it was not taken. */
  public long count(String name) {
    return getCounts().getOrDefault(name, 0L);
  }

  /** True where the hop made a snapshot. */
  public boolean changed() {
    return getStatus().equals(COMMITTED);
  }

  @SchemaCreate
  public static CommittedSnapshot of(
      String hop,
      String table,
      @Nullable Long snapshotId,
      String status,
      Map<String, Long> counts,
      @Nullable String message,
      long startedMillis,
      long endedMillis) {
    return new AutoValue_CommittedSnapshot(
        hop, table, snapshotId, status, counts, message, startedMillis, endedMillis);
  }
}
