package org.beamlakehouse.io.internal.merge.commit;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.SureTableOperations;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The one commit of a target table: all rows of a merge, its deletes and its progress. */
final class TargetCommit {
  private final Table table;
  private final String name;

  TargetCommit(Table table, String name) {
    this.table = SureTableOperations.of(table);
    this.name = name;
  }

  /**
   * Commits onto the snapshot that is current in the table as it was loaded, which the results must
   * have been merged into.
   *
   * @return the snapshot that was made
   * @throws LostRaceException where another commit came in between; nothing was committed
   * @throws CommitStateUnknownException where it is not known whether the commit was made; it may
   *     be tried again, and the files must be kept
   */
  Snapshot commit(TablePlan.Mode mode, List<ShardResult> results, Map<String, String> summary) {
    Snapshot current = table.currentSnapshot();
    Long base = current == null ? null : current.snapshotId();
    SnapshotUpdate<?> update =
        mode == TablePlan.Mode.FULL_REFRESH ? replacement(results) : delta(results, base);
    summary.forEach(update::set);
    try {
      return CommitOnce.commit(table, update, new OnlyOn(base));
    } catch (CommitFailedException | ValidationException e) {
      // No other failure tells of somebody else's commit: a catalog that is away or refuses the
      // credentials does so again.
      throw new LostRaceException(name, e);
    }
  }

  private RowDelta delta(List<ShardResult> results, @Nullable Long base) {
    RowDelta delta = table.newRowDelta().scanManifestsWith(ManifestThreads.of(table));
    ResultFiles.data(table, results, ShardResult::dataFiles).forEach(delta::addRows);
    ResultFiles.deletes(table, results, ShardResult::deleteFiles).forEach(delta::addDeletes);
    ResultFiles.deletes(table, results, ShardResult::rewrittenDeleteFiles)
        .forEach(delta::removeDeletes);
    List<DataFile> removed = ResultFiles.data(table, results, ShardResult::removedDataFiles);
    removed.forEach(delta::removeRows);
    if (base != null) {
      // Without it, a vector that any earlier commit added to a file counts as a conflict.
      delta.validateFromSnapshot(base);
      // Without these, a delete in a file that was meanwhile rewritten would be lost.
      delta.validateDataFilesExist(
          results.stream().flatMap(r -> r.referencedDataFiles().stream()).toList());
      delta.validateDeletedFiles();
    }
    return delta;
  }

  private OverwriteFiles replacement(List<ShardResult> results) {
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .scanManifestsWith(ManifestThreads.of(table))
            .overwriteByRowFilter(Expressions.alwaysTrue());
    ResultFiles.data(table, results, ShardResult::dataFiles).forEach(overwrite::addFile);
    return overwrite;
  }

  /** Allows a commit only on the snapshot it was prepared for. Runs in each commit attempt. */
  private record OnlyOn(@Nullable Long base) implements SnapshotAncestryValidator {
    @Override
    public boolean validate(Iterable<Snapshot> ancestors) {
      Iterator<Snapshot> newestFirst = ancestors.iterator();
      return newestFirst.hasNext()
          ? base != null && newestFirst.next().snapshotId() == base
          : base == null;
    }

    @Override
    public String errorMessage() {
      return "the merge was prepared on snapshot " + base;
    }
  }
}
