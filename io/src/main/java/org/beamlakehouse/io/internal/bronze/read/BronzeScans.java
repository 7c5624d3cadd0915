package org.beamlakehouse.io.internal.bronze.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ScanTaskParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;

/** Finds what a bronze table gained since a hop last looked. */
public final class BronzeScans {
  /** Files are read in pieces of about this size, cut between row groups. */
  private static final long SPLIT_BYTES = 64L << 20;

  /** Iceberg plans in any order. */
  private static final Comparator<FileScanTask> OLDEST_FIRST =
      Comparator.comparing((FileScanTask task) -> task.file().dataSequenceNumber())
          .thenComparing(task -> task.file().location());

  private BronzeScans() {}

  /**
   * The pieces to read, oldest first.
   *
   * <p>Where the table was only appended to and compacted since, these are exactly the rows
   * appended. Where rows were deleted or overwritten, or the snapshots are no longer known, these
   * are all rows of files that are newer: none is missed, but rows moved by a compaction may come
   * again, which a merge takes as the redelivery it is. Rows deleted by the given snapshot are then
   * left out.
   *
   * @param fromSequenceExclusive sequence number of the snapshot up to which was read before; 0 for
   *     everything
   * @param toSnapshotId snapshot up to which to read; must be in the table's metadata
   */
  public static List<BronzeScan> plan(Table table, long fromSequenceExclusive, long toSnapshotId) {
    Snapshot to = table.snapshot(toSnapshotId);
    if (to == null) {
      throw new IllegalArgumentException(
          "Cannot read snapshot "
              + toSnapshotId
              + " of "
              + table.name()
              + ": the table has no such snapshot; it was expired, run again to read a newer one");
    }
    if (to.sequenceNumber() <= fromSequenceExclusive) {
      return List.of();
    }
    Snapshot from = appendedSince(table, fromSequenceExclusive, toSnapshotId);
    ExecutorService threads = ManifestThreads.of(table);
    try (CloseableIterable<FileScanTask> tasks =
        from == null
            ? table.newScan().planWith(threads).useSnapshot(toSnapshotId).planFiles()
            : table
                .newIncrementalAppendScan()
                .planWith(threads)
                .fromSnapshotExclusive(from.snapshotId())
                .toSnapshot(toSnapshotId)
                .planFiles()) {
      List<FileScanTask> files = new ArrayList<>();
      tasks.forEach(files::add);
      files.sort(OLDEST_FIRST);
      List<BronzeScan> scans = new ArrayList<>();
      for (FileScanTask task : files) {
        long sequence = task.file().dataSequenceNumber();
        if (sequence > fromSequenceExclusive) {
          for (FileScanTask piece : task.split(SPLIT_BYTES)) {
            scans.add(new BronzeScan(ScanTaskParser.toJson(piece), sequence, piece.length()));
          }
        }
      }
      return scans;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan the scan of " + table.name(), e);
    }
  }

  /**
   * The snapshot since which the table was only appended to and compacted; null where it was
   * changed otherwise, where the snapshot is not known, and where everything is to be read.
   */
  private static Snapshot appendedSince(Table table, long fromSequence, long toSnapshotId) {
    if (fromSequence == 0) {
      return null;
    }
    for (Snapshot snapshot : TableHistory.of(table, toSnapshotId).known()) {
      if (snapshot.sequenceNumber() <= fromSequence) {
        return snapshot;
      }
      if (!snapshot.operation().equals(DataOperations.APPEND)
          && !snapshot.operation().equals(DataOperations.REPLACE)) {
        return null;
      }
    }
    return null;
  }
}
