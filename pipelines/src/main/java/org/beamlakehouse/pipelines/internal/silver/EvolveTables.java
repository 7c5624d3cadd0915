package org.beamlakehouse.pipelines.internal.silver;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.bronze.decisions.Decisions;
import org.beamlakehouse.io.internal.bronze.read.BronzeScan;
import org.beamlakehouse.io.internal.bronze.read.BronzeScans;
import org.beamlakehouse.io.internal.bronze.read.ReadBronze;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.table.EvolvedTables;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.internal.spread.Spread;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;

/**
 * Looks at the records that are new to tables with {@code onUnknownFields: evolve} and gives the
 * tables a column for each field that they do not know. It comes before the hop that merges the
 * records, as that has to know its columns.
 *
 * <p>Input: the bronze tables' snapshots. Output: the names of the tables that were looked after.
 */
public final class EvolveTables
    extends PTransform<PCollection<CommittedSnapshot>, PCollection<String>> {
  private final CatalogConfig catalog;
  private final Map<String, SourceTables> sources = new LinkedHashMap<>();
  private final Set<String> fullRefresh;

  /**
   * A look at the new records of some sources.
   *
   * @param fullRefresh silver tables to which all records are new
   */
  public EvolveTables(CatalogConfig catalog, List<SourceTables> sources, Set<String> fullRefresh) {
    this.catalog = catalog;
    this.fullRefresh = new LinkedHashSet<>(fullRefresh);
    for (SourceTables source : sources) {
      List<TableDefinition> evolving =
          source.tables().stream()
              .filter(table -> table.unknownFields() == UnknownFields.EVOLVE)
              .toList();
      this.sources.put(source.bronzeTable(), source.withTables(evolving));
    }
  }

  /** Types of the fields that a piece has. */
  private record Types(Map<String, ColumnType> byField) implements Serializable {}

  @Override
  public PCollection<String> expand(PCollection<CommittedSnapshot> bronze) {
    return bronze
        .apply("Plan", ParDo.of(new Plan(catalog, sources, fullRefresh)))
        .setCoder(SerializableCoder.of(ConformTask.class))
        .apply("Spread", Spread.evenly())
        .apply("Look", ParDo.of(new Look(catalog, sources)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(Types.class)))
        .apply("ByTable", GroupByKey.create())
        .apply("Evolve", ParDo.of(new Evolve(catalog, sources)));
  }

  private static final class Plan extends DoFn<CommittedSnapshot, ConformTask> {
    private final CatalogConfig catalog;
    private final Map<String, SourceTables> sources;
    private final Set<String> fullRefresh;

    Plan(CatalogConfig catalog, Map<String, SourceTables> sources, Set<String> fullRefresh) {
      this.catalog = catalog;
      this.sources = sources;
      this.fullRefresh = fullRefresh;
    }

    @ProcessElement
    public void plan(@Element CommittedSnapshot bronze, OutputReceiver<ConformTask> out) {
      if (bronze.getSnapshotId() == null) {
        return;
      }
      Table table = Catalogs.load(catalog, bronze.getTable());
      Map<String, Long> seen = new LinkedHashMap<>();
      long from = Long.MAX_VALUE;
      for (TableDefinition definition : sources.get(bronze.getTable()).tables()) {
        Table target;
        try {
          target = SilverTables.target(catalog, definition);
        } catch (UnfitTableException | UnsupportedOperationException e) {
          // The hop that merges tells it.
          continue;
        }
        long progress =
            fullRefresh.contains(definition.name())
                ? 0
                : TableFeed.of(
                        target, bronze.getTable(), Progress.Position.of(table, null), definition)
                    .sequence();
        seen.put(definition.name(), progress);
        from = Math.min(from, progress);
      }
      Snapshot known = table.snapshot(bronze.getSnapshotId());
      Snapshot upTo = known == null ? table.currentSnapshot() : known;
      if (upTo == null || from >= upTo.sequenceNumber()) {
        return;
      }
      Map<String, Set<String>> discards =
          DiscardedBatches.of(Decisions.of(catalog, bronze.getTable(), table.uuid()));
      for (BronzeScan scan : BronzeScans.plan(table, from, upTo.snapshotId())) {
        Set<String> tables = new LinkedHashSet<>();
        seen.forEach((name, progress) -> addIf(scan.sequence() > progress, name, tables));
        if (!tables.isEmpty()) {
          Map<String, Set<String>> discarded = new TreeMap<>(discards);
          discarded.keySet().retainAll(tables);
          out.output(
              new ConformTask(
                  bronze.getTable(), scan, tables, Set.of(), discarded, false, List.of()));
        }
      }
    }

    private static void addIf(boolean isNew, String name, Set<String> tables) {
      if (isNew) {
        tables.add(name);
      }
    }
  }

  private static final class Look extends DoFn<ConformTask, KV<String, Types>> {
    private final CatalogConfig catalog;
    private final Map<String, SourceTables> sources;

    Look(CatalogConfig catalog, Map<String, SourceTables> sources) {
      this.catalog = catalog;
      this.sources = sources;
    }

    @ProcessElement
    public void look(@Element ConformTask piece, OutputReceiver<KV<String, Types>> out)
        throws IOException {
      SourceTables source = sources.get(piece.bronzeTable());
      RecordParser parser = source.parser();
      Map<String, FieldInference> found = new TreeMap<>();
      for (TableDefinition table : source.tables()) {
        if (piece.tables().contains(table.name())) {
          found.put(table.name(), new FieldInference(table));
        }
      }
      Table bronze = Catalogs.load(catalog, piece.bronzeTable());
      try (CloseableIterable<RawRecord> records = ReadBronze.read(bronze, piece.scan());
          CloseableIterable<String> batchIds =
              piece.discarded().isEmpty()
                  ? CloseableIterable.empty()
                  : ReadBronze.batchIds(bronze, piece.scan())) {
        Iterator<String> batches = batchIds.iterator();
        for (RawRecord record : records) {
          parser.parse(
              record,
              batches.hasNext() ? piece.tablesOf(batches.next()) : piece.tables(),
              new Changes() {
                @Override
                public void change(TableDefinition table, ChangeEvent event) {
                  found
                      .get(table.name())
                      .look(event, evolved -> Acceptance.of(source, evolved, record));
                }
              });
        }
      }
      found.forEach((table, fields) -> out.output(KV.of(table, new Types(fields.types()))));
    }
  }

  private static final class Evolve extends DoFn<KV<String, Iterable<Types>>, String> {
    private final CatalogConfig catalog;
    private final Map<String, SourceTables> sources;

    Evolve(CatalogConfig catalog, Map<String, SourceTables> sources) {
      this.catalog = catalog;
      this.sources = sources;
    }

    @ProcessElement
    public void evolve(@Element KV<String, Iterable<Types>> found, OutputReceiver<String> out) {
      Map<String, ColumnType> fields = new TreeMap<>();
      for (Types types : found.getValue()) {
        types.byField().forEach((name, type) -> fields.merge(name, type, FieldInference::wider));
      }
      fields.values().removeIf(FieldInference.NO_COLUMN::equals);
      for (SourceTables source : sources.values()) {
        for (TableDefinition table : source.tables()) {
          if (table.name().equals(found.getKey())) {
            EvolvedTables.evolve(catalog, table, fields);
            out.output(table.name());
          }
        }
      }
    }
  }

  /** Takes the changes of a record; whatever else it is will be told by the merging hop. */
  private abstract static class Changes implements ParseSink {
    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {}

    @Override
    public void deadLetter(String error) {}

    @Override
    public void halt(TableDefinition table, String error) {}

    @Override
    public void skipped(SkipReason reason) {}
  }

  /** Finds out whether a table can still take a record. */
  private static final class Acceptance extends Changes {
    private boolean accepted;

    static boolean of(SourceTables source, TableDefinition table, RawRecord record) {
      Acceptance acceptance = new Acceptance();
      source.withTables(List.of(table)).parser().parse(record, null, acceptance);
      return acceptance.accepted;
    }

    @Override
    public void change(TableDefinition table, ChangeEvent event) {
      accepted = true;
    }

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {
      accepted = false;
    }
  }
}
