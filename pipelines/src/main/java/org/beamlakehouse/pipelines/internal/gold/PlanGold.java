package org.beamlakehouse.pipelines.internal.gold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ScanTaskParser;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.snapshot.SnapshotReader;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.IncrementalValue;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Decides what of a gold product must be computed anew: nothing where no input changed since the
 * snapshots that the product's progress names; the rows of the changed {@code incrementalBy} values
 * where these can be told from the changed input rows; else everything.
 *
 * <p>Everything is computed where the table is new, the query is another one, an input changed
 * whose rows do not carry the {@code incrementalBy} value, or an input's old snapshot is no longer
 * there.
 *
 * <p>Where a pipeline goes on for long, nothing is planned while what was planned before is not
 * committed, nor what failed and would fail again.
 */
final class PlanGold extends DoFn<KV<String, Iterable<CommittedSnapshot>>, GoldPlan> {
  /** How long a plan is taken to be on its way, where nobody in this process knows it failed. */
  private static final long PATIENCE_MILLIS = Duration.ofMinutes(30).toMillis();

  private final CatalogConfig catalog;
  private final GoldQuery query;
  private final GoldHop.Refresh refresh;
  private final Map<String, TupleTag<GoldScan>> scans;
  private final RunStamp run;
  private final OnFailure onFailure;
  private transient GoldPlan planned;

  PlanGold(
      CatalogConfig catalog,
      GoldQuery query,
      GoldHop.Refresh refresh,
      Map<String, TupleTag<GoldScan>> scans,
      RunStamp run,
      OnFailure onFailure) {
    this.catalog = catalog;
    this.run = run;
    this.onFailure = onFailure;
    this.query = query;
    this.refresh = refresh;
    this.scans = new TreeMap<>(scans);
  }

  @ProcessElement
  public void plan(
      @Element KV<String, Iterable<CommittedSnapshot>> upstream, MultiOutputReceiver out) {
    RuntimeException failure;
    try {
      plan(upstream.getValue(), out);
      return;
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    } catch (RuntimeException e) {
      failure = e;
    }
    planned = null;
    out.get(GoldHop.FAILURES).output(GoldFailure.of(query.table(), failure, onFailure));
  }

  private void plan(Iterable<CommittedSnapshot> upstream, MultiOutputReceiver out)
      throws IOException {
    long started = System.currentTimeMillis();
    Map<String, Progress.Position> inputs = new TreeMap<>();
    for (CommittedSnapshot input : upstream) {
      boolean isAsItWas =
          input.getStatus().equals(CommittedSnapshot.HALTED)
              || input.getStatus().equals(CommittedSnapshot.FAILED);
      if (!isAsItWas && query.inputs().containsKey(input.getTable())) {
        inputs.put(input.getTable(), position(input));
      }
    }
    for (String input : query.inputs().keySet()) {
      // What nobody tells of is as it is now.
      inputs.computeIfAbsent(input, this::current);
    }
    Table gold = GoldTable.ensure(catalog, query);
    Snapshot base = gold.currentSnapshot();
    if (isUnderWay(gold)) {
      return;
    }
    Progress shown = Progress.of(gold);
    inputs.replaceAll(
        (input, now) -> later(Catalogs.load(catalog, input), now, shown.position(input)));
    if (FailedProducts.isLeftAlone(run.id(), query.table(), inputs)) {
      return;
    }
    Set<Object> values = refresh == GoldHop.Refresh.FULL ? null : changedValues(inputs);
    GoldPlan.Kind kind =
        values == null
            ? GoldPlan.Kind.FULL
            : values.isEmpty() ? GoldPlan.Kind.NONE : GoldPlan.Kind.VALUES;
    planned =
        new GoldPlan(
            UUID.randomUUID().toString(),
            kind,
            values == null ? List.of() : new ArrayList<>(values),
            base == null ? null : base.snapshotId(),
            inputs,
            started);
    out.get(GoldHop.PLANS).output(planned);
    if (kind == GoldPlan.Kind.NONE) {
      return;
    }
    for (Map.Entry<String, Progress.Position> input : inputs.entrySet()) {
      if (input.getValue().snapshot() >= 0) {
        Table table = Catalogs.load(catalog, input.getKey());
        boolean filtered = values != null && input.getKey().equals(query.incrementalTable());
        for (FileScanTask task :
            new SnapshotReader(table, table.schema())
                .plan(input.getValue().snapshot(), Expressions.alwaysTrue())) {
          out.get(scans.get(input.getKey()))
              .output(
                  new GoldScan(
                      input.getKey(),
                      ScanTaskParser.toJson(task),
                      filtered ? new HashSet<>(values) : null));
        }
      }
    }
  }

  /**
   * Whether the last plan of this instance is neither committed nor in vain: it is in vain where it
   * failed, and where somebody else has committed to the table since.
   */
  private boolean isUnderWay(Table gold) {
    if (planned == null
        || FailedProducts.has(run.id(), planned, query.table())
        || System.currentTimeMillis() - planned.startedMillis() >= PATIENCE_MILLIS) {
      return false;
    }
    Snapshot current = gold.currentSnapshot();
    Progress progress = Progress.of(gold);
    return Objects.equals(planned.base(), current == null ? null : current.snapshotId())
        && planned.inputs().entrySet().stream()
            .anyMatch(input -> !input.getValue().equals(progress.position(input.getKey())));
  }

  /**
   * The later of what this run was told of an input and what the product shows of it. Another run
   * may have been faster: its rows are not to be taken back to an older snapshot. Where the input
   * itself was rolled back, what it was told counts.
   */
  static Progress.Position later(
      Table input, Progress.Position now, Progress.@Nullable Position shown) {
    if (shown == null || shown.sequence() <= now.sequence() || shown.snapshot() < 0) {
      return now;
    }
    boolean isThere =
        input.currentSnapshot() != null
            && input.snapshot(shown.snapshot()) != null
            && SnapshotUtil.isAncestorOf(input, shown.snapshot());
    return isThere ? shown : now;
  }

  /** The values whose rows changed, or null where everything is to be computed. */
  private Set<Object> changedValues(Map<String, Progress.Position> inputs) throws IOException {
    Table gold = Catalogs.load(catalog, query.table());
    if (gold.currentSnapshot() == null || !GoldTable.wasMadeBy(gold, query.fingerprint())) {
      return null;
    }
    Progress progress = Progress.of(gold);
    Set<Object> values = new LinkedHashSet<>();
    for (Map.Entry<String, Progress.Position> input : inputs.entrySet()) {
      Progress.Position before = progress.position(input.getKey());
      Progress.Position now = input.getValue();
      if (now.equals(before)) {
        continue;
      }
      if (before == null || !input.getKey().equals(query.incrementalTable())) {
        return null;
      }
      Table table = Catalogs.load(catalog, input.getKey());
      Snapshot old = table.snapshot(before.snapshot());
      if (old == null || !SnapshotUtil.isAncestorOf(table, now.snapshot(), before.snapshot())) {
        return null;
      }
      values.addAll(changedValues(table, before.snapshot(), now.snapshot()));
    }
    return values;
  }

  private Set<Object> changedValues(Table table, long from, long to) throws IOException {
    IncrementalValue value = query.incrementalValue();
    Schema projection = value.projection(table.schema());
    Set<Object> values = new LinkedHashSet<>();
    new SnapshotReader(table, projection)
        .readChanges(from, to, (Record row) -> values.add(value.of(row)));
    return values;
  }

  private Progress.Position position(CommittedSnapshot input) {
    Long id = input.getSnapshotId();
    if (id == null) {
      return new Progress.Position(-1, 0);
    }
    return new Progress.Position(
        id, Catalogs.load(catalog, input.getTable()).snapshot(id).sequenceNumber());
  }

  private Progress.Position current(String input) {
    Snapshot snapshot = Catalogs.load(catalog, input).currentSnapshot();
    return snapshot == null
        ? new Progress.Position(-1, 0)
        : new Progress.Position(snapshot.snapshotId(), snapshot.sequenceNumber());
  }
}
