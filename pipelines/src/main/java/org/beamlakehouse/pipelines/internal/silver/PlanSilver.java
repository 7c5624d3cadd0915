package org.beamlakehouse.pipelines.internal.silver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.bronze.decisions.Decision;
import org.beamlakehouse.io.internal.bronze.decisions.Decisions;
import org.beamlakehouse.io.internal.bronze.read.BronzeScan;
import org.beamlakehouse.io.internal.bronze.read.BronzeScans;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.internal.merge.commit.HaltMark;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.pipelines.internal.context.PlannedWork;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.JudgeLogs;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.NewLogs;
import org.beamlakehouse.transforms.internal.log.LogBeginning;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds for each silver table of a source what its bronze table gained since the progress that the
 * silver table records, and creates the tables that are not there yet.
 *
 * <p>Every piece of bronze is read once for all tables that want it. A table that is not as its
 * contract says, or cannot be looked at, is left out and told, once; so is one that this very run
 * has halted. Where a pipeline goes on for long, nothing is planned for a table while what was
 * planned before is not committed: it would be read twice.
 */
final class PlanSilver extends DoFn<CommittedSnapshot, ConformTask> {
  private static final Logger LOG = LoggerFactory.getLogger(PlanSilver.class);
  private static final String HOP = "silver";

  private final CatalogConfig catalog;
  private final Map<String, SourceTables> sources;
  private final Set<String> fullRefresh;
  private final RunContext run;
  private final TupleTag<ConformTask> tasks;
  private final TupleTag<TablePlan> plans;
  private final TupleTag<KV<String, DeadLetterPlan>> deadLetterPlans;
  private final TupleTag<CommittedSnapshot> leftOut;

  private transient PlannedWork underWay;

  /** What was said of tables that were left out, and need not be said again. */
  private transient Set<String> told;

  PlanSilver(
      CatalogConfig catalog,
      Map<String, SourceTables> sources,
      Set<String> fullRefresh,
      RunContext run,
      TupleTag<ConformTask> tasks,
      TupleTag<TablePlan> plans,
      TupleTag<KV<String, DeadLetterPlan>> deadLetterPlans,
      TupleTag<CommittedSnapshot> leftOut) {
    this.catalog = catalog;
    this.sources = new LinkedHashMap<>(sources);
    this.fullRefresh = new LinkedHashSet<>(fullRefresh);
    this.run = run;
    this.tasks = tasks;
    this.plans = plans;
    this.deadLetterPlans = deadLetterPlans;
    this.leftOut = leftOut;
  }

  /**
   * A table that takes part in a plan.
   *
   * @param from sequence number of bronze from which on its records are new to the table
   * @param refresh whether it is made anew from them
   * @param quarantined sequence number up to which its quarantine has recorded them, or might have
   * @param logs what it knows of the source's logs; null where nothing
   */
  private record Wanting(
      TableDefinition definition,
      long from,
      boolean refresh,
      long quarantined,
      @Nullable String logs) {}

  /** What is planned for one source, put out once it is known whole. */
  private static final class Planned {
    final List<ConformTask> tasks = new ArrayList<>();
    final List<TablePlan> plans = new ArrayList<>();
    final List<DeadLetterPlan> deadLetters = new ArrayList<>();
    final List<CommittedSnapshot> leftOut = new ArrayList<>();

    /** Adds a piece of bronze, for the tables to which it is new. */
    void add(
        SourceTables source,
        BronzeScan scan,
        List<Wanting> wanting,
        Map<String, Set<String>> discards,
        boolean deadLetters,
        List<LogBeginning> newLogs) {
      Set<String> names = new LinkedHashSet<>();
      Set<String> quarantines = new LinkedHashSet<>();
      Map<String, Set<String>> discarded = new TreeMap<>();
      for (Wanting table : wanting) {
        String name = table.definition().name();
        if (scan.sequence() > table.from()) {
          names.add(name);
          if (scan.sequence() > table.quarantined()) {
            quarantines.add(name);
          }
          if (discards.containsKey(name)) {
            discarded.put(name, discards.get(name));
          }
        }
      }
      if (!names.isEmpty()) {
        tasks.add(
            new ConformTask(
                source.bronzeTable(), scan, names, quarantines, discarded, deadLetters, newLogs));
      }
    }
  }

  @Setup
  public void setUp() {
    underWay = new PlannedWork(run.runId());
    told = new HashSet<>();
  }

  @ProcessElement
  public void plan(@Element CommittedSnapshot bronze, MultiOutputReceiver out) {
    SourceTables source = sources.get(bronze.getTable());
    if (source == null || bronze.getStatus().equals(CommittedSnapshot.FAILED)) {
      return;
    }
    Planned planned = new Planned();
    try {
      plan(source, bronze.getSnapshotId(), planned);
    } catch (RuntimeException e) {
      planned = new Planned();
      leaveOut("bronze", source.bronzeTable(), CommittedSnapshot.FAILED, "read", e, planned);
    }
    planned.tasks.forEach(out.get(tasks)::output);
    planned.plans.forEach(out.get(plans)::output);
    planned.deadLetters.forEach(
        plan -> out.get(deadLetterPlans).output(KV.of(plan.deadLetterTable(), plan)));
    planned.leftOut.forEach(out.get(leftOut)::output);
  }

  private void plan(SourceTables source, Long snapshotId, Planned planned) {
    Table bronze = Catalogs.load(catalog, source.bronzeTable());
    Progress.Position upTo = position(bronze, snapshotId);
    List<Wanting> wanting = new ArrayList<>();
    for (TableDefinition definition : source.tables()) {
      try {
        look(definition, source.bronzeTable(), upTo, wanting);
      } catch (UnfitTableException | UnsupportedOperationException e) {
        leaveOut(HOP, definition.name(), CommittedSnapshot.HALTED, "publish", e, planned);
      } catch (RuntimeException e) {
        leaveOut(HOP, definition.name(), CommittedSnapshot.FAILED, "publish", e, planned);
      }
    }
    if (wanting.isEmpty()) {
      return;
    }
    long from = wanting.stream().mapToLong(Wanting::from).min().orElseThrow();
    long deadLetterFrom = recorded(source.deadLetterTable(), source.bronzeTable(), upTo);
    List<Decision> decisions = Decisions.of(catalog, source.bronzeTable(), bronze.uuid());
    List<LogBeginning> newLogs = NewLogs.told(decisions);
    if (from < upTo.sequence()) {
      Map<String, Set<String>> discards = DiscardedBatches.of(decisions);
      for (BronzeScan scan : BronzeScans.plan(bronze, from, upTo.snapshot())) {
        boolean deadLetters = scan.sequence() > deadLetterFrom;
        planned.add(source, scan, wanting, discards, deadLetters, newLogs);
      }
    }
    long now = System.currentTimeMillis();
    for (Wanting table : wanting) {
      String name = table.definition().name();
      underWay.plan(name, upTo.sequence(), now);
      Progress.Position next = upTo.of(table.definition().sourceTable());
      planned.plans.add(
          table.refresh()
              ? TablePlan.fullRefresh(name, source.bronzeTable(), next)
              : TablePlan.incremental(name, source.bronzeTable(), next));
    }
    Map<String, JudgeLogs.Taken> taken = new TreeMap<>();
    wanting.forEach(
        table ->
            taken.put(table.definition().name(), new JudgeLogs.Taken(table.from(), table.logs())));
    planned.deadLetters.add(
        new DeadLetterPlan(
            source.deadLetterTable(),
            source.bronzeTable(),
            upTo,
            new JudgeLogs.Known(bronze.uuid(), newLogs, taken)));
  }

  /** Adds a table to those that take part, unless it has something under way or is halted. */
  private void look(
      TableDefinition definition, String upstream, Progress.Position upTo, List<Wanting> wanting) {
    Table target = SilverTables.target(catalog, definition);
    TableFeed feed = TableFeed.of(target, upstream, upTo, definition);
    // Nothing takes the place of rows while their new source is empty.
    boolean anew = feed.change() != null && upTo.sequence() > 0;
    boolean refresh = anew || fullRefresh.contains(definition.name());
    long progress = feed.sequence();
    long from = refresh ? 0 : progress;
    if (underWay.has(definition.name(), from, System.currentTimeMillis())
        || HaltMark.of(target, upstream)
            .filter(mark -> mark.run().equals(run.runId()))
            .isPresent()) {
      return;
    }
    if (from < upTo.sequence()) {
      SilverTables.existingLedger(catalog, definition);
    }
    long recorded = quarantined(definition, upstream, upTo);
    wanting.add(
        new Wanting(
            definition,
            from,
            refresh,
            refresh ? recorded : Math.max(recorded, progress),
            from == 0 ? null : logs(target, upstream)));
  }

  private static @Nullable String logs(Table target, String upstream) {
    Progress.Position position = Progress.of(target).position(upstream);
    return position == null ? null : position.logs();
  }

  private void leaveOut(
      String hop,
      String table,
      String status,
      String what,
      RuntimeException failure,
      Planned planned) {
    if (FailureMessage.isInterruption(failure)) {
      throw failure;
    }
    String message = FailureMessage.of(what, table, failure);
    if (told.add(table + ": " + message)) {
      LOG.debug("Cannot {} {}", what, table, failure);
      long now = System.currentTimeMillis();
      planned.leftOut.add(
          CommittedSnapshot.of(hop, table, null, status, Map.of(), message, now, now));
    }
  }

  /** The position up to which to read: a snapshot that was expired since stands in a later one. */
  private static Progress.Position position(Table bronze, Long snapshotId) {
    Snapshot snapshot = snapshotId == null ? null : bronze.snapshot(snapshotId);
    return Progress.Position.of(
        bronze, snapshotId != null && snapshot == null ? bronze.currentSnapshot() : snapshot);
  }

  /**
   * The same of a table's quarantine. What was put aside while other records were meant may be
   * among those that are meant now, so each is looked up.
   */
  private long quarantined(TableDefinition definition, String upstream, Progress.Position upTo) {
    Progress.Position now = upTo.of(definition.sourceTable());
    long recorded = recorded(definition.quarantineName(), upstream, now);
    return recorded == 0
            && recorded(definition.quarantineName(), upstream, upTo.of((String) null)) > 0
        ? Long.MAX_VALUE
        : recorded;
  }

  /** Sequence of the upstream up to which a side table has recorded; 0 where it does not exist. */
  private long recorded(String sideTable, String upstream, Progress.Position now) {
    return Catalogs.find(catalog, sideTable)
        .map(table -> Progress.of(table).sequence(upstream, now))
        .orElse(0L);
  }
}
