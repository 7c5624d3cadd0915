package org.beamlakehouse.pipelines.internal.silver;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.bronze.read.ReadBronze;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.merge.ChangePacking;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.context.RunMetrics;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.log.LogNumbers;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.beamlakehouse.transforms.internal.quality.RowRules;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pieces of bronze, parses their records, applies the contracts' rules and packs the changes:
 * what the transforms {@code ParseCdc} and {@code QualityGate} do, for all tables in one step, so
 * that a record is looked at once and its payload is at hand where it has to be put aside. The
 * output is packed changes, and packed notes to the tables and to the dead letter tables. Where a
 * piece cannot be read, the notes say so: other sources go on.
 */
final class ConformRecords extends DoFn<ConformTask, KV<Shard, byte[]>> {
  private static final Logger LOG = LoggerFactory.getLogger(ConformRecords.class);

  /** Records per step of the counter, which is to show progress without a cost of its own. */
  private static final int COUNTED_TOGETHER = 1_000;

  private final CatalogConfig catalog;
  private final Map<String, SourceTables> sources;
  private final RunContext run;

  private transient ChangePacking packing;
  private transient Map<String, RecordParser> parsers;
  private transient Map<String, RowRules> rules;

  ConformRecords(CatalogConfig catalog, Map<String, SourceTables> sources, RunContext run) {
    this.catalog = catalog;
    this.sources = new LinkedHashMap<>(sources);
    this.run = run;
  }

  @Setup
  public void setUp() {
    parsers = new LinkedHashMap<>();
    rules = new LinkedHashMap<>();
    List<TableDefinition> definitions =
        sources.values().stream().flatMap(source -> source.tables().stream()).toList();
    packing = ChangePacking.into(catalog, definitions, run.pipelineVersion());
    for (SourceTables source : sources.values()) {
      parsers.put(source.bronzeTable(), source.parser());
      for (TableDefinition table : source.tables()) {
        rules.put(table.name(), RowRules.of(table.qualityRules(), table.columns()));
      }
    }
  }

  @ProcessElement
  public void conform(@Element ConformTask task, OutputReceiver<KV<Shard, byte[]>> out)
      throws IOException {
    SourceTables source = sources.get(task.bronzeTable());
    RecordParser parser = parsers.get(task.bronzeTable());
    parser.beginBatch();
    LogWatch logs = new LogWatch(LogNumbers.of(task.newLogs()));
    parser.watch(logs);
    ChangePacking.Packer packer = packing.packer();
    Consumer<KV<Shard, byte[]>> blocks = DownstreamFailure.to(out);
    TaskResults results =
        new TaskResults(
            catalog, source, task, run, rules, logs, change -> packer.add(change, blocks));
    Table bronze = Catalogs.load(catalog, task.bronzeTable());
    parser.lookUp(record -> ReadBronze.before(bronze, record));
    try (CloseableIterable<RawRecord> records = ReadBronze.read(bronze, task.scan());
        CloseableIterable<String> batchIds =
            task.discarded().isEmpty()
                ? CloseableIterable.empty()
                : ReadBronze.batchIds(bronze, task.scan())) {
      int uncounted = 0;
      Iterator<String> batches = batchIds.iterator();
      for (RawRecord record : records) {
        results.begin(record);
        parser.parse(
            record, batches.hasNext() ? task.tablesOf(batches.next()) : task.tables(), results);
        if (++uncounted == COUNTED_TOGETHER) {
          RunMetrics.CONFORMED.inc(uncounted);
          uncounted = 0;
        }
      }
      RunMetrics.CONFORMED.inc(uncounted);
      packer.flush(blocks);
      results.finish(parser, note -> blocks.accept(ChangePacking.packed(note)));
    } catch (IOException | RuntimeException e) {
      results.abort(e);
      DownstreamFailure.throwIfNotOwn(e);
      if (FailureMessage.isInterruption(e)) {
        throw e;
      }
      LOG.debug("Cannot read {}", task.bronzeTable(), e);
      String message = FailureMessage.of("read", task.bronzeTable(), e);
      task.tables()
          .forEach(table -> out.output(ChangePacking.packed(CommitNote.failed(table, message))));
      out.output(ChangePacking.packed(CommitNote.failed(source.deadLetterTable(), message)));
    }
  }
}
