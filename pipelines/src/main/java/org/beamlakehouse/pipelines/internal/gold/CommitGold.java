package org.beamlakehouse.pipelines.internal.gold;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.snapshot.CommitOnce;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the rows that were computed anew in one commit, together with the input snapshots that
 * they stand for. Readers see the old rows or the new ones, never a mixture.
 *
 * <p>A plan is committed once: where a pipeline repeats it, with files that are the same or made
 * anew, it is found in the table. Where anybody else has changed the product's rows since planning
 * the table stays as it was, and the work is in vain: the next run or window plans anew. Files are
 * never removed here, used or not, for another execution of the same commit may have committed
 * them, or be about to; what is not used is an orphan for maintenance to remove.
 */
final class CommitGold extends DoFn<KV<String, CoGbkResult>, CommittedSnapshot> {
  private static final String HOP = "gold";
  private static final Logger LOG = LoggerFactory.getLogger(CommitGold.class);

  /** Key of the plan's id in the snapshot's summary. */
  private static final String PLAN_KEY = "beam-lakehouse.plan";

  private final CatalogConfig catalog;
  private final GoldQuery query;
  private final RunStamp run;
  private final OnFailure onFailure;

  CommitGold(CatalogConfig catalog, GoldQuery query, RunStamp run, OnFailure onFailure) {
    this.run = run;
    this.onFailure = onFailure;
    this.catalog = catalog;
    this.query = query;
  }

  @ProcessElement
  public void commit(
      @Element KV<String, CoGbkResult> element, OutputReceiver<CommittedSnapshot> out) {
    CoGbkResult found = element.getValue();
    GoldPlan plan = found.getOnly(GoldHop.PLANS, null);
    GoldFailure failure = onFailure == OnFailure.THROW ? null : failure(found);
    if (failure == null) {
      try {
        out.output(commit(plan, found.getAll(GoldHop.FILES)));
        FailedProducts.remove(run.id(), query.table());
        return;
      } catch (RuntimeException e) {
        failure = GoldFailure.of(query.table(), e, onFailure);
      }
    }
    out.output(failed(failure, plan));
  }

  private static @Nullable GoldFailure failure(CoGbkResult found) {
    GoldFailure first = null;
    for (GoldFailure failure : found.getAll(GoldHop.FAILURES)) {
      // Where the rows are at fault, that is what it is: the same whatever else there is.
      if (failure.isOfRows()) {
        return failure;
      }
      first = first == null ? failure : first;
    }
    return first;
  }

  /** The product stays as it is; the same again is told once. */
  private CommittedSnapshot failed(GoldFailure failure, @Nullable GoldPlan plan) {
    boolean isNews = FailedProducts.put(run.id(), query.table(), failure, plan);
    long now = System.currentTimeMillis();
    return CommittedSnapshot.of(
        HOP,
        query.table(),
        null,
        isNews ? CommittedSnapshot.FAILED : CommittedSnapshot.UNCHANGED,
        Map.of(),
        isNews ? failure.message() : null,
        plan == null ? now : plan.startedMillis(),
        now);
  }

  /** Commits what a plan gave; package-private for tests. */
  CommittedSnapshot commit(GoldPlan plan, Iterable<String> files) {
    Table table = GoldTable.ensure(catalog, query);
    Snapshot own = TableHistory.of(table).find(PLAN_KEY, plan.id());
    if (own != null) {
      return committed(plan, own);
    }
    OnUnchangedRows unchanged = new OnUnchangedRows(plan.base());
    if (!unchanged.validate(TableHistory.of(table).known())) {
      return inVain(plan, table, unchanged.errorMessage());
    }
    Progress before = Progress.of(table);
    Progress progress = before;
    for (Map.Entry<String, Progress.Position> input : plan.inputs().entrySet()) {
      progress = progress.with(input.getKey(), input.getValue());
    }
    if (plan.kind() == GoldPlan.Kind.NONE) {
      if (!progress.equals(before)) {
        progress.continueCurrentSnapshot(table);
      }
      return unchanged(plan, table);
    }
    try {
      return committed(
          plan, CommitOnce.commit(table, replacement(table, plan, files, progress), unchanged));
    } catch (ValidationException | CommitFailedException e) {
      return inVain(plan, table, e.getMessage());
    }
  }

  private CommittedSnapshot inVain(GoldPlan plan, Table table, String reason) {
    LOG.info("Computing {} again: {}", query.table(), reason);
    return unchanged(plan, table);
  }

  private CommittedSnapshot unchanged(GoldPlan plan, Table table) {
    return result(plan, CommittedSnapshot.UNCHANGED, table.currentSnapshot(), Map.of());
  }

  private CommittedSnapshot committed(GoldPlan plan, Snapshot snapshot) {
    Map<String, Long> counts = new TreeMap<>();
    counts.put(
        CommittedSnapshot.ROWS_INSERTED,
        Long.valueOf(snapshot.summary().getOrDefault(SnapshotSummary.ADDED_RECORDS_PROP, "0")));
    counts.put(
        CommittedSnapshot.ROWS_DELETED,
        Long.valueOf(snapshot.summary().getOrDefault(SnapshotSummary.DELETED_RECORDS_PROP, "0")));
    return result(plan, CommittedSnapshot.COMMITTED, snapshot, counts);
  }

  private CommittedSnapshot result(
      GoldPlan plan, String status, @Nullable Snapshot snapshot, Map<String, Long> counts) {
    return CommittedSnapshot.of(
        HOP,
        query.table(),
        snapshot == null ? null : snapshot.snapshotId(),
        status,
        counts,
        null,
        plan.startedMillis(),
        System.currentTimeMillis());
  }

  private OverwriteFiles replacement(
      Table table, GoldPlan plan, Iterable<String> files, Progress progress) {
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .scanManifestsWith(ManifestThreads.of(table))
            .overwriteByRowFilter(replaced(table, plan))
            .set(Progress.KEY, progress.toJson())
            .set(GoldTable.QUERY_KEY, query.fingerprint())
            .set(PLAN_KEY, plan.id())
            .set(CommitReport.KEY, CommitReport.json(run, HOP, Map.of(), plan.startedMillis()));
    for (String json : files) {
      overwrite.addFile(FileJson.dataFile(table, json));
    }
    return overwrite;
  }

  /** Allows a commit on the snapshot it was planned for, with nothing but compactions on top. */
  private record OnUnchangedRows(@Nullable Long base) implements SnapshotAncestryValidator {
    @Override
    public boolean validate(Iterable<Snapshot> newestFirst) {
      for (Snapshot snapshot : newestFirst) {
        if (base != null && snapshot.snapshotId() == base) {
          return true;
        }
        if (!DataOperations.REPLACE.equals(snapshot.operation())) {
          return false;
        }
      }
      return base == null;
    }

    @Override
    public String errorMessage() {
      return "another commit came in between";
    }
  }

  private Expression replaced(Table table, GoldPlan plan) {
    if (plan.kind() == GoldPlan.Kind.FULL) {
      return Expressions.alwaysTrue();
    }
    String column = query.incrementalBy();
    Type type = table.schema().findType(column);
    List<Object> values =
        plan.values().stream()
            .filter(Objects::nonNull)
            .map(value -> InternalValues.of(type, value))
            .toList();
    Expression filter =
        values.isEmpty() ? Expressions.alwaysFalse() : Expressions.in(column, values);
    return plan.values().contains(null)
        ? Expressions.or(filter, Expressions.isNull(column))
        : filter;
  }
}
