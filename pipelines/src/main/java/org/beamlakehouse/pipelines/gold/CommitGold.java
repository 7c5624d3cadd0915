package org.beamlakehouse.pipelines.gold;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommitReport;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.FileJson;
import org.beamlakehouse.io.iceberg.InternalValues;
import org.beamlakehouse.io.iceberg.ManifestThreads;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the rows that were computed anew in one commit, together with the input snapshots that
 * they stand for. Readers see the old rows or the new ones, never a mixture. Where another commit
 * to the table got in since planning the table stays as it was: a plan that a pipeline repeats,
 * restored from a checkpoint, cannot bring back older rows.
 */
final class CommitGold extends DoFn<KV<String, CoGbkResult>, CommittedSnapshot> {
  private static final Logger LOG = LoggerFactory.getLogger(CommitGold.class);

  private final CatalogConfig catalog;
  private final GoldQuery query;
  private final GoldHop.Conflict conflict;
  private final RunStamp run;

  CommitGold(CatalogConfig catalog, GoldQuery query, GoldHop.Conflict conflict, RunStamp run) {
    this.run = run;
    this.catalog = catalog;
    this.query = query;
    this.conflict = conflict;
  }

  @ProcessElement
  public void commit(
      @Element KV<String, CoGbkResult> element, OutputReceiver<CommittedSnapshot> out) {
    GoldPlan plan = element.getValue().getOnly(GoldHop.PLANS);
    Table table = GoldTable.ensure(catalog, query);
    Long base = table.currentSnapshot() == null ? null : table.currentSnapshot().snapshotId();
    boolean isTooLate = !Objects.equals(plan.base(), base);
    if (isTooLate && conflict == GoldHop.Conflict.PLAN_AGAIN) {
      element.getValue().getAll(GoldHop.FILES).forEach(json -> delete(table, json));
      out.output(result(plan, CommittedSnapshot.UNCHANGED, table, Map.of()));
      return;
    }
    Progress before = Progress.of(table);
    Progress progress = before;
    for (Map.Entry<String, Progress.Position> input : plan.inputs().entrySet()) {
      progress = progress.with(input.getKey(), input.getValue());
    }
    Map<String, Long> counts = new TreeMap<>();
    String status = CommittedSnapshot.UNCHANGED;
    if (plan.kind() != GoldPlan.Kind.NONE) {
      replace(table, plan, element.getValue().getAll(GoldHop.FILES), progress);
      status = CommittedSnapshot.COMMITTED;
      Map<String, String> summary = table.currentSnapshot().summary();
      counts.put(
          CommittedSnapshot.ROWS_INSERTED,
          Long.valueOf(summary.getOrDefault(SnapshotSummary.ADDED_RECORDS_PROP, "0")));
      counts.put(
          CommittedSnapshot.ROWS_DELETED,
          Long.valueOf(summary.getOrDefault(SnapshotSummary.DELETED_RECORDS_PROP, "0")));
    } else if (!progress.equals(before)) {
      progress.continueCurrentSnapshot(table);
    }
    out.output(result(plan, status, table, counts));
  }

  private CommittedSnapshot result(
      GoldPlan plan, String status, Table table, Map<String, Long> counts) {
    Snapshot current = table.currentSnapshot();
    return CommittedSnapshot.of(
        "gold",
        query.table(),
        current == null ? null : current.snapshotId(),
        status,
        counts,
        null,
        plan.startedMillis(),
        System.currentTimeMillis());
  }

  private static void delete(Table table, String json) {
    try {
      table.io().deleteFile(FileJson.dataFile(table, json).location());
    } catch (RuntimeException e) {
      // It stays behind: an orphan that maintenance removes.
      LOG.warn("Cannot delete a data file of {} that is not needed", table.name(), e);
    }
  }

  private void replace(Table table, GoldPlan plan, Iterable<String> files, Progress progress) {
    Snapshot current = table.currentSnapshot();
    if (!Objects.equals(plan.base(), current == null ? null : current.snapshotId())) {
      throw new IllegalStateException(
          String.format(
              "Cannot replace rows of %s: another commit got in between; run again",
              query.table()));
    }
    Expression replaced = replaced(table, plan);
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .scanManifestsWith(ManifestThreads.of(table))
            .overwriteByRowFilter(replaced)
            .set(Progress.KEY, progress.toJson())
            .set(GoldTable.QUERY_KEY, query.fingerprint())
            .set(CommitReport.KEY, CommitReport.json(run, "gold", Map.of(), plan.startedMillis()));
    for (String json : files) {
      overwrite.addFile(FileJson.dataFile(table, json));
    }
    if (plan.base() != null) {
      overwrite.validateFromSnapshot(plan.base());
    }
    overwrite
        .conflictDetectionFilter(Expressions.alwaysTrue())
        .validateNoConflictingData()
        .validateNoConflictingDeletes()
        .commit();
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
