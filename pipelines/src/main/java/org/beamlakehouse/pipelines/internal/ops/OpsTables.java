package org.beamlakehouse.pipelines.internal.ops;

import java.util.List;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/** The tables that tell what runs did. */
final class OpsTables {
  static final String RUNS = "ops.runs";
  static final String QUALITY = "ops.quality";

  static final List<Column> RUNS_COLUMNS =
      List.of(
          Column.required("run_id", ColumnType.STRING),
          Column.required("hop", ColumnType.STRING),
          Column.required("table_name", ColumnType.STRING),
          Column.required("mode", ColumnType.STRING),
          Column.required("runner", ColumnType.STRING),
          Column.required("status", ColumnType.STRING),
          Column.required("rows_read", ColumnType.LONG),
          Column.required("rows_written", ColumnType.LONG),
          Column.required("rows_inserted", ColumnType.LONG),
          Column.required("rows_updated", ColumnType.LONG),
          Column.required("rows_deleted", ColumnType.LONG),
          Column.required("rows_quarantined", ColumnType.LONG),
          Column.required("rows_dropped", ColumnType.LONG),
          Column.required("dead_letters", ColumnType.LONG),
          Column.of("snapshot_id", ColumnType.LONG),
          Column.required("started_at", ColumnType.TIMESTAMPTZ),
          Column.required("ended_at", ColumnType.TIMESTAMPTZ),
          Column.required("duration_ms", ColumnType.LONG),
          Column.required("pipeline_version", ColumnType.STRING),
          Column.of("message", ColumnType.STRING));

  static final List<Column> QUALITY_COLUMNS =
      List.of(
          Column.required("run_id", ColumnType.STRING),
          Column.required("table_name", ColumnType.STRING),
          Column.required("rule", ColumnType.STRING),
          Column.of("action", ColumnType.STRING),
          Column.required("passed_records", ColumnType.LONG),
          Column.required("failed_records", ColumnType.LONG),
          Column.required("checked_at", ColumnType.TIMESTAMPTZ),
          Column.of("snapshot_id", ColumnType.LONG));

  private OpsTables() {}
}
