package org.beamlakehouse.pipelines.ops;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.IcebergTypes;
import org.beamlakehouse.io.iceberg.InternalValues;
import org.beamlakehouse.io.iceberg.ManifestThreads;
import org.beamlakehouse.io.iceberg.RowWriter;
import org.beamlakehouse.io.secrets.Redaction;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.QualityRule;

/**
 * Records in {@code ops.runs} and {@code ops.quality} what the hops of a run did. A run that found
 * nothing to do records nothing.
 */
public final class WriteRunLog
    extends PTransform<PCollection<CommittedSnapshot>, PCollection<String>> {
  /** Action of the checks that the parser makes of every record. */
  private static final String QUARANTINE =
      QualityRule.Action.QUARANTINE.name().toLowerCase(Locale.ROOT);

  private static final String RUN_KEY = "beam-lakehouse.run";

  private final CatalogConfig catalog;
  private final RunContext run;
  private final Map<String, String> ruleActions;

  /**
   * A log of one run.
   *
   * @param ruleActions action of each quality rule, by table and rule with a colon between
   */
  public WriteRunLog(CatalogConfig catalog, RunContext run, Map<String, String> ruleActions) {
    this.catalog = catalog;
    this.run = run;
    this.ruleActions = new TreeMap<>(ruleActions);
  }

  /** Gives the run's id once the log is written. */
  @Override
  public PCollection<String> expand(PCollection<CommittedSnapshot> tables) {
    return tables
        .apply(
            "Key",
            WithKeys.<String, CommittedSnapshot>of(run.runId())
                .withKeyType(TypeDescriptors.strings()))
        .apply("Gather", GroupByKey.create())
        .apply("Write", ParDo.of(new Write(catalog, run, ruleActions)));
  }

  private static final class Write extends DoFn<KV<String, Iterable<CommittedSnapshot>>, String> {
    private final CatalogConfig catalog;
    private final RunContext run;
    private final Map<String, String> ruleActions;
    private String stamp;

    Write(CatalogConfig catalog, RunContext run, Map<String, String> ruleActions) {
      this.catalog = catalog;
      this.run = run;
      this.ruleActions = ruleActions;
    }

    @ProcessElement
    public void write(
        @Element KV<String, Iterable<CommittedSnapshot>> tables,
        BoundedWindow window,
        OutputReceiver<String> out) {
      List<CommittedSnapshot> worked = new ArrayList<>();
      for (CommittedSnapshot table : tables.getValue()) {
        if (!table.getStatus().equals(CommittedSnapshot.UNCHANGED)
            || table.getMessage() != null
            || RunLog.COUNTS.stream().anyMatch(name -> table.count(name) > 0)) {
          worked.add(table);
        }
      }
      if (worked.isEmpty()) {
        return;
      }
      worked.sort(RunLog.ORDER);
      // One run may consist of several pipelines and windows; each logs its own tables.
      stamp =
          run.runId() + "/" + worked.get(0).getTable() + "/" + window.maxTimestamp().getMillis();
      append(OpsTables.QUALITY, OpsTables.QUALITY_COLUMNS, qualityRows(worked));
      append(OpsTables.RUNS, OpsTables.RUNS_COLUMNS, runRows(worked));
      out.output(run.runId());
    }

    private List<Object[]> runRows(List<CommittedSnapshot> tables) {
      List<Object[]> rows = new ArrayList<>();
      for (CommittedSnapshot table : tables) {
        rows.add(
            new Object[] {
              run.runId(),
              table.getHop(),
              table.getTable(),
              run.mode(),
              run.runner(),
              table.getStatus(),
              table.count(CommittedSnapshot.ROWS_READ),
              table.count(CommittedSnapshot.ROWS_INSERTED)
                  + table.count(CommittedSnapshot.ROWS_UPDATED),
              table.count(CommittedSnapshot.ROWS_INSERTED),
              table.count(CommittedSnapshot.ROWS_UPDATED),
              table.count(CommittedSnapshot.ROWS_DELETED),
              table.count(CommittedSnapshot.ROWS_QUARANTINED),
              table.count(CommittedSnapshot.ROWS_DROPPED),
              table.count(CommittedSnapshot.DEAD_LETTERS),
              table.getSnapshotId(),
              Instant.ofEpochMilli(table.getStartedMillis()),
              Instant.ofEpochMilli(table.getEndedMillis()),
              table.getEndedMillis() - table.getStartedMillis(),
              run.pipelineVersion(),
              Redaction.of(table.getMessage())
            });
      }
      return rows;
    }

    private List<Object[]> qualityRows(List<CommittedSnapshot> tables) {
      List<Object[]> rows = new ArrayList<>();
      for (CommittedSnapshot table : tables) {
        for (String count : new TreeMap<>(table.getCounts()).keySet()) {
          if (count.startsWith(CommittedSnapshot.RULE_FAILED)) {
            String rule = count.substring(CommittedSnapshot.RULE_FAILED.length());
            long failed = table.count(count);
            // What the parser checks of every record is counted only where it fails.
            boolean ofContract =
                table.getCounts().containsKey(CommittedSnapshot.RULE_PASSED + rule);
            rows.add(
                new Object[] {
                  run.runId(),
                  table.getTable(),
                  rule,
                  ofContract ? ruleActions.get(table.getTable() + ":" + rule) : QUARANTINE,
                  ofContract
                      ? table.count(CommittedSnapshot.RULE_PASSED + rule)
                      : table.count(CommittedSnapshot.ROWS_READ) - failed,
                  failed,
                  run.startedAt()
                });
          }
        }
      }
      return rows;
    }

    private void append(String name, List<Column> columns, List<Object[]> rows) {
      if (rows.isEmpty()) {
        return;
      }
      Table table = ensure(name, columns);
      if (isRecorded(table)) {
        return;
      }
      try (RowWriter writer = RowWriter.open(table)) {
        for (Object[] row : rows) {
          for (int i = 0; i < row.length; i++) {
            row[i] = InternalValues.of(table.schema().columns().get(i).type(), row[i]);
          }
          writer.write(row);
        }
        DataFile file = writer.finish();
        table
            .newAppend()
            .scanManifestsWith(ManifestThreads.of(table))
            .appendFile(file)
            .set(RUN_KEY, stamp)
            .commit();
      }
    }

    /** A runner may repeat this step; the run is in the log once all the same. */
    private boolean isRecorded(Table table) {
      for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
        if (stamp.equals(snapshot.summary().get(RUN_KEY))) {
          return true;
        }
        if (snapshot.timestampMillis() < run.startedAt().toEpochMilli()) {
          return false;
        }
      }
      return false;
    }

    private Table ensure(String name, List<Column> columns) {
      return Catalogs.loadOrCreate(
          catalog,
          name,
          IcebergTypes.schema(columns),
          PartitionSpec.unpartitioned(),
          Map.of(
              TableProperties.FORMAT_VERSION, "3",
              TableProperties.PARQUET_COMPRESSION, "zstd"));
    }
  }
}
