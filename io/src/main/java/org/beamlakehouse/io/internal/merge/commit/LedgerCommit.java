package org.beamlakehouse.io.internal.merge.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.MergeSummaries;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The commit of a ledger, made before that of its target. It only ever adds, so a target that does
 * not follow, because the run died, still finds all it relies on.
 */
final class LedgerCommit {
  private static final Set<String> REWRITES =
      Set.of(DataOperations.REPLACE, DataOperations.OVERWRITE);

  private LedgerCommit() {}

  private static List<UUID> ids(List<ShardResult> results) {
    return results.stream().map(ShardResult::id).toList();
  }

  /**
   * Appends what results remember, each result once: those that the ledger has, from an attempt
   * that died before it came to the target or from one at the same time, are left out.
   *
   * @param results of the target; those with nothing to remember do not matter
   * @return the oldest snapshot that has any of them; null where none has anything to remember
   */
  static @Nullable Snapshot append(
      Table ledger, List<ShardResult> results, Map<String, String> summary) {
    List<ShardResult> remembering =
        results.stream().filter(result -> !result.ledgerFiles().isEmpty()).toList();
    while (true) {
      Map<UUID, Snapshot> known = MergeSummaries.takenIn(ledger, ids(remembering));
      List<ShardResult> news =
          remembering.stream().filter(result -> !known.containsKey(result.id())).toList();
      if (news.isEmpty()) {
        return known.values().stream()
            .min(Comparator.comparingLong(Snapshot::sequenceNumber))
            .orElse(null);
      }
      try {
        appendAll(ledger, news, summary);
      } catch (ValidationException e) {
        ledger.refresh();
        // Another execution of the same commit may have appended some: there are fewer left then.
        if (MergeSummaries.takenIn(ledger, ids(news)).isEmpty()) {
          throw e;
        }
      }
    }
  }

  private static void appendAll(
      Table ledger, List<ShardResult> results, Map<String, String> summary) {
    AppendFiles append = ledger.newAppend().scanManifestsWith(ManifestThreads.of(ledger));
    for (ShardResult result : results) {
      result.ledgerFiles().forEach(json -> append.appendFile(FileJson.dataFile(ledger, json)));
    }
    summary.forEach(append::set);
    List<UUID> ids = results.stream().map(ShardResult::id).toList();
    append.set(MergeSummaries.RESULTS, MergeSummaries.results(ids));
    Snapshot current = ledger.currentSnapshot();
    CommitOnce.commit(
        ledger, append, new NoneOf(ids, current == null ? null : current.snapshotId()));
  }

  /** Allows an append only where nobody has appended any of the same since it was prepared. */
  private record NoneOf(List<UUID> results, @Nullable Long base)
      implements SnapshotAncestryValidator {
    @Override
    public boolean validate(Iterable<Snapshot> newestFirst) {
      for (Snapshot snapshot : newestFirst) {
        if (base != null && snapshot.snapshotId() == base) {
          return true;
        }
        if (MergeSummaries.hasAny(snapshot, results)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String errorMessage() {
      return "another execution of the same commit was faster";
    }
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
   * Takes files out of a ledger that no longer count for its target. Readers leave them out anyway,
   * by their age, or by that of each row once somebody has compacted them into files that count. A
   * commit that died before it came here is made good by the next one.
   */
  static void forget(@Nullable Table ledger, long since) {
    if (ledger == null
        || ledger.currentSnapshot() == null
        || ledger.currentSnapshot().dataManifests(ledger.io()).stream()
            .allMatch(manifest -> manifest.minSequenceNumber() >= since)) {
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
      CommitOnce.commit(ledger, delete);
    }
  }

  /**
   * Why a table's ledger cannot be told apart from what was before the table's last rebuild: rows
   * of both were compacted into one file before {@link #forget}, and do not tell their age.
   *
   * @return null where it can
   */
  static @Nullable String mixed(TableState state) {
    Table ledger = state.ledger();
    long since = state.ledgerSince();
    if (ledger == null || since == 0 || TableUtil.supportsRowLineage(ledger)) {
      return null;
    }
    TableDefinition definition = state.definition();
    for (Snapshot snapshot : TableHistory.of(ledger).known()) {
      if (snapshot.sequenceNumber() < since) {
        return null;
      }
      if (REWRITES.contains(snapshot.operation()) && takesOlder(ledger, snapshot, since)) {
        return String.format(
            "Cannot publish %s: files of %s were rewritten before the last rebuild of the table had"
                + " tidied it, so that rows of before count again; rebuild it once with"
                + " --full-refresh --tables=%s",
            definition.name(), definition.ledgerName(), definition.name());
      }
    }
    return null;
  }

  private static boolean takesOlder(Table ledger, Snapshot snapshot, long since) {
    for (DataFile file :
        SnapshotChanges.builderFor(ledger).snapshot(snapshot).build().removedDataFiles()) {
      if (file.dataSequenceNumber() < since) {
        return true;
      }
    }
    return false;
  }
}
