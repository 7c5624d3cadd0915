package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.FileJson;
import org.beamlakehouse.io.iceberg.ManifestThreads;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The commit of a ledger, made before that of its target. It only ever adds, so a target that does
 * not follow, because the run died, still finds all it relies on.
 */
final class LedgerCommit {
  private LedgerCommit() {}

  /**
   * Appends what the workers remember, once: an append of the same files that an earlier attempt
   * made is found.
   *
   * @param files data files of the ledger
   * @param since snapshot of the ledger after which an earlier attempt may have come; null for the
   *     beginning
   * @return the snapshot that holds the files; null where there are none
   */
  static @Nullable Snapshot append(
      Table ledger, List<String> files, @Nullable Long since, Map<String, String> summary) {
    if (files.isEmpty()) {
      return null;
    }
    String token = Summaries.token(files);
    Snapshot done = Summaries.committed(ledger, since, token);
    if (done != null) {
      return done;
    }
    AppendFiles append = ledger.newAppend().scanManifestsWith(ManifestThreads.of(ledger));
    files.forEach(json -> append.appendFile(FileJson.dataFile(ledger, json)));
    summary.forEach(append::set);
    append.set(Summaries.COMMIT_TOKEN, token);
    append.commit();
    ledger.refresh();
    return Summaries.committed(ledger, since, token);
  }

  /**
   * Where a ledger begins that a full refresh begins anew.
   *
   * @param appended the snapshot with what the refresh remembers; null for nothing
   * @param before sequence number from which on the ledger counted before
   * @return sequence number from which on it counts
   */
  static long begin(Table ledger, @Nullable Snapshot appended, long before) {
    if (appended != null) {
      return appended.sequenceNumber();
    }
    Snapshot current = ledger.currentSnapshot();
    return current == null ? before : current.sequenceNumber() + 1;
  }

  /**
   * Takes files out of a ledger that no longer count for its target; for tidiness only, readers
   * leave them out anyway.
   */
  static void forget(@Nullable Table ledger, long since) {
    if (ledger == null || ledger.currentSnapshot() == null) {
      return;
    }
    DeleteFiles delete = ledger.newDelete().scanManifestsWith(ManifestThreads.of(ledger));
    boolean any = false;
    try (CloseableIterable<FileScanTask> tasks =
        ledger.newScan().planWith(ManifestThreads.of(ledger)).planFiles()) {
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
