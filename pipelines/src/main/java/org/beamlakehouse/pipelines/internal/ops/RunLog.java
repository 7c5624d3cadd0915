package org.beamlakehouse.pipelines.internal.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;

/** Reads what a run recorded of itself in {@code ops.runs} and {@code ops.quality}. */
public final class RunLog {
  private static final String STREAM = "continuous";
  private static final List<String> HOPS = List.of("bronze", "silver", "gold");

  /** Counts and their columns in {@code ops.runs}. */
  static final List<String> COUNTS =
      List.of(
          CommittedSnapshot.ROWS_READ,
          CommittedSnapshot.ROWS_INSERTED,
          CommittedSnapshot.ROWS_UPDATED,
          CommittedSnapshot.ROWS_DELETED,
          CommittedSnapshot.ROWS_QUARANTINED,
          CommittedSnapshot.ROWS_DROPPED,
          CommittedSnapshot.DEAD_LETTERS);

  /** Bronze, silver, gold; by table within. */
  static final Comparator<CommittedSnapshot> ORDER =
      Comparator.comparing((CommittedSnapshot table) -> HOPS.indexOf(table.getHop()))
          .thenComparing(CommittedSnapshot::getTable);

  private RunLog() {}

  /**
   * What a run did to each table, in the order of the hops, all its commits to it together; empty
   * where it changed nothing.
   */
  public static List<CommittedSnapshot> read(CatalogConfig catalog, String runId) {
    Map<String, TableTotals> totals = new HashMap<>();
    for (Record row : rows(catalog, OpsTables.RUNS, runId)) {
      String table = (String) row.getField("table_name");
      Map<String, Long> counts = new TreeMap<>();
      for (String count : COUNTS) {
        counts.put(count, (Long) row.getField(count));
      }
      totals
          .computeIfAbsent(
              row.getField("hop") + " " + table,
              unused -> new TableTotals(row.getField("mode").equals(STREAM)))
          .add(
              CommittedSnapshot.of(
                  (String) row.getField("hop"),
                  table,
                  (Long) row.getField("snapshot_id"),
                  (String) row.getField("status"),
                  counts,
                  (String) row.getField("message"),
                  millis(row, "started_at"),
                  millis(row, "ended_at")));
    }
    Map<String, Map<String, Long>> rules = new HashMap<>();
    for (Record row : rows(catalog, OpsTables.QUALITY, runId)) {
      Map<String, Long> counts =
          rules.computeIfAbsent((String) row.getField("table_name"), t -> new TreeMap<>());
      String rule = (String) row.getField("rule");
      counts.merge(
          CommittedSnapshot.RULE_PASSED + rule, (Long) row.getField("passed_records"), Long::sum);
      counts.merge(
          CommittedSnapshot.RULE_FAILED + rule, (Long) row.getField("failed_records"), Long::sum);
    }
    return totals.values().stream().map(total -> total.with(rules)).sorted(ORDER).toList();
  }

  private static List<Record> rows(CatalogConfig catalog, String name, String runId) {
    Table table = Catalogs.find(catalog, name).orElse(null);
    if (table == null) {
      return List.of();
    }
    Expression ofRun = Expressions.equal("run_id", runId);
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).where(ofRun).build()) {
      records.forEach(rows::add);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name + " of run " + runId, e);
    }
    return rows;
  }

  private static long millis(Record row, String column) {
    return ((OffsetDateTime) row.getField(column)).toInstant().toEpochMilli();
  }
}
