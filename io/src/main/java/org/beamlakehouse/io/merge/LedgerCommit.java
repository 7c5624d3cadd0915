package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The commit of a ledger, made before that of its target. It only ever adds, so a target that does
 * not follow, because the run died, still finds all it relies on.
 */
final class LedgerCommit {
  private LedgerCommit() {}

  /**
   * Appends what the workers remember.
   *
   * @param summary holds {@link Summaries#COMMIT_TOKEN}
   * @param since sequence number from which on the ledger counts so far
   * @return sequence number from which on it counts for the target's next snapshot
   */
  static long append(
      Table ledger,
      TablePlan.Mode mode,
      List<BucketResult> results,
      Map<String, String> summary,
      long since) {
    List<DataFile> files = TableFiles.data(ledger, results, BucketResult::ledgerFiles);
    Snapshot appended = null;
    if (!files.isEmpty()) {
      String token = summary.get(Summaries.COMMIT_TOKEN);
      appended = Summaries.committed(ledger, ledgerBase(results), token);
      if (appended == null) {
        AppendFiles append = ledger.newAppend();
        files.forEach(append::appendFile);
        summary.forEach(append::set);
        append.commit();
        ledger.refresh();
        appended = Summaries.committed(ledger, ledgerBase(results), token);
      }
    }
    if (mode != TablePlan.Mode.FULL_REFRESH) {
      return since;
    }
    if (appended != null) {
      return appended.sequenceNumber();
    }
    Snapshot current = ledger.currentSnapshot();
    return current == null ? since : current.sequenceNumber() + 1;
  }

  private static @Nullable Long ledgerBase(List<BucketResult> results) {
    return results.get(0).ledgerBase();
  }

  /**
   * Takes files out of a ledger that no longer count for its target; for tidiness only, readers
   * leave them out anyway.
   */
  static void forget(@Nullable Table ledger, long since) {
    if (ledger == null || ledger.currentSnapshot() == null) {
      return;
    }
    DeleteFiles delete = ledger.newDelete();
    boolean any = false;
    try (CloseableIterable<FileScanTask> tasks = ledger.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (task.file().dataSequenceNumber() < since) {
          delete.deleteFile(task.file());
          any = true;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tidy the ledger " + ledger.name(), e);
    }
    if (any) {
      delete.commit();
    }
  }
}
