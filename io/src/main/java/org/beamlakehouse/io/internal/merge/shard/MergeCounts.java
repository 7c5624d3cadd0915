package org.beamlakehouse.io.internal.merge.shard;

import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.merge.stored.TargetReader;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.table.StorageType;

/**
 * Counts what a merge did to rows.
 *
 * <p>Inserted: keys and versions that are new, and deleted rows that live again. Deleted: living
 * rows that were deleted, softly or not, closed without a successor, or a version that is gone, and
 * deletes kept for a key never seen. Updated: every other row that is written anew.
 */
public final class MergeCounts {
  /** Changes of keys that stay as they are: repeated or late. */
  public static final String CHANGES_IGNORED = "changes_ignored";

  /** Data files of the target whose keys were read. */
  public static final String DATA_FILES_READ = "data_files_read";

  /** Stored rows that were read with all their columns. */
  public static final String ROWS_FETCHED = "rows_fetched";

  /** Times that the stored keys were read; more than one per shard where memory was short. */
  public static final String PASSES = "passes";

  private final boolean history;
  private long inserted;
  private long updated;
  private long deleted;
  private long ignored;
  private long filesRead;
  private long passes;
  private long rowsFetched;

  MergeCounts(StorageType storage) {
    this.history = storage == StorageType.HISTORY;
  }

  void read(TargetReader reader) {
    filesRead += reader.filesRead();
    rowsFetched += reader.rowsFetched();
  }

  void pass() {
    passes++;
  }

  void ignored(int changes) {
    ignored += changes;
  }

  /**
   * Counts the difference of one key.
   *
   * @param removed stored rows that are no more
   * @param added rows that are new
   * @param rows all rows of the key now
   */
  void changed(RowVersions removed, List<StoredRow> added, List<StoredRow> rows) {
    boolean lives = false;
    for (StoredRow row : rows) {
      lives |= lives(row);
    }
    for (StoredRow row : added) {
      int index = removed.find(row);
      if (index < 0) {
        count(!row.isDeleted(), row.isDeleted());
      } else {
        StoredRow before = removed.rows().get(index);
        count(!history && !lives(before) && lives(row), lives(before) && !lives(row) && !lives);
      }
    }
    RowVersions now = RowVersions.of(added);
    for (StoredRow row : removed.rows()) {
      if (now.find(row) < 0 && (history || lives(row))) {
        deleted++;
      }
    }
  }

  private void count(boolean isInsert, boolean isDelete) {
    if (isInsert) {
      inserted++;
    } else if (isDelete) {
      deleted++;
    } else {
      updated++;
    }
  }

  private boolean lives(StoredRow row) {
    return history ? row.validTo() == null : !row.isDeleted();
  }

  /** The counts by their names in a {@link CommittedSnapshot}. */
  Map<String, Long> toMap() {
    return Map.of(
        CommittedSnapshot.ROWS_INSERTED,
        inserted,
        CommittedSnapshot.ROWS_UPDATED,
        updated,
        CommittedSnapshot.ROWS_DELETED,
        deleted,
        CHANGES_IGNORED,
        ignored,
        DATA_FILES_READ,
        filesRead,
        ROWS_FETCHED,
        rowsFetched,
        PASSES,
        passes);
  }
}
