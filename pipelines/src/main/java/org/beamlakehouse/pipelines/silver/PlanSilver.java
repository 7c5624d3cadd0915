package org.beamlakehouse.pipelines.silver;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.bronze.BronzeScan;
import org.beamlakehouse.io.bronze.BronzeScans;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.merge.SilverTables;
import org.beamlakehouse.io.merge.TablePlan;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Finds for each silver table of a source what its bronze table gained since the progress that the
 * silver table records, and creates the tables that are not there yet.
 *
 * <p>Every piece of bronze is read once for all tables that want it. Where a pipeline goes on for
 * long, nothing is planned while what was planned before is not committed: it would be read twice.
 */
final class PlanSilver extends DoFn<CommittedSnapshot, ConformTask> {
  private final CatalogConfig catalog;
  private final Map<String, SourceTables> sources;
  private final Set<String> fullRefresh;
  private final TupleTag<ConformTask> tasks;
  private final TupleTag<TablePlan> plans;
  private final TupleTag<DeadLetterPlan> deadLetterPlans;

  /** Sequence up to which each bronze table was planned by this instance. */
  private transient Map<String, Long> planned;

  PlanSilver(
      CatalogConfig catalog,
      Map<String, SourceTables> sources,
      Set<String> fullRefresh,
      TupleTag<ConformTask> tasks,
      TupleTag<TablePlan> plans,
      TupleTag<DeadLetterPlan> deadLetterPlans) {
    this.catalog = catalog;
    this.sources = new LinkedHashMap<>(sources);
    this.fullRefresh = new LinkedHashSet<>(fullRefresh);
    this.tasks = tasks;
    this.plans = plans;
    this.deadLetterPlans = deadLetterPlans;
  }

  @Setup
  public void setUp() {
    planned = new HashMap<>();
  }

  @ProcessElement
  public void plan(@Element CommittedSnapshot bronze, MultiOutputReceiver out) {
    SourceTables source = sources.get(bronze.getTable());
    if (source == null) {
      // A source that is landed and feeds no table yet.
      return;
    }
    Long snapshotId = bronze.getSnapshotId();
    Table bronzeTable = Catalogs.load(catalog, bronze.getTable());
    Progress.Position upTo = position(bronzeTable, snapshotId);

    Set<String> refreshed = new HashSet<>();
    Map<String, Long> tableFrom = new HashMap<>();
    Map<String, Long> quarantineFrom = new HashMap<>();
    long from = upTo.sequence();
    for (TableDefinition definition : source.tables()) {
      TableFeed feed =
          TableFeed.of(
              SilverTables.target(catalog, definition), source.bronzeTable(), upTo, definition);
      boolean refresh = fullRefresh.contains(definition.name()) || feed.change() != null;
      if (refresh) {
        refreshed.add(definition.name());
      }
      long progress = feed.sequence();
      long recorded =
          recorded(
              definition.quarantineName(), source.bronzeTable(), upTo.of(definition.sourceTable()));
      tableFrom.put(definition.name(), refresh ? 0 : progress);
      quarantineFrom.put(definition.name(), refresh ? recorded : Math.max(recorded, progress));
      from = Math.min(from, tableFrom.get(definition.name()));
    }
    if (from < planned.getOrDefault(bronze.getTable(), 0L)) {
      return;
    }
    planned.put(bronze.getTable(), upTo.sequence());
    long deadLetterFrom = recorded(source.deadLetterTable(), source.bronzeTable(), upTo);

    if (from < upTo.sequence()) {
      for (BronzeScan scan : BronzeScans.plan(bronzeTable, from, upTo.snapshot())) {
        Set<String> tables = new LinkedHashSet<>();
        Set<String> quarantines = new LinkedHashSet<>();
        for (TableDefinition definition : source.tables()) {
          if (scan.sequence() > tableFrom.get(definition.name())) {
            tables.add(definition.name());
            if (scan.sequence() > quarantineFrom.get(definition.name())) {
              quarantines.add(definition.name());
            }
          }
        }
        if (!tables.isEmpty()) {
          out.get(tasks)
              .output(
                  new ConformTask(
                      source.bronzeTable(),
                      scan,
                      tables,
                      quarantines,
                      scan.sequence() > deadLetterFrom));
        }
      }
    }
    for (TableDefinition definition : source.tables()) {
      Progress.Position next = upTo.of(definition.sourceTable());
      out.get(plans)
          .output(
              refreshed.contains(definition.name())
                  ? TablePlan.fullRefresh(definition.name(), source.bronzeTable(), next)
                  : TablePlan.incremental(definition.name(), source.bronzeTable(), next));
    }
    out.get(deadLetterPlans)
        .output(new DeadLetterPlan(source.deadLetterTable(), source.bronzeTable(), upTo));
  }

  /** The position up to which to read: a snapshot that was expired since stands in a later one. */
  private static Progress.Position position(Table bronze, Long snapshotId) {
    Snapshot snapshot = snapshotId == null ? null : bronze.snapshot(snapshotId);
    return Progress.Position.of(
        bronze, snapshotId != null && snapshot == null ? bronze.currentSnapshot() : snapshot);
  }

  /** Sequence of the upstream up to which a side table has recorded; 0 where it does not exist. */
  private long recorded(String sideTable, String upstream, Progress.Position now) {
    return Catalogs.exists(catalog, sideTable)
        ? Progress.of(Catalogs.load(catalog, sideTable)).sequence(upstream, now)
        : 0;
  }
}
