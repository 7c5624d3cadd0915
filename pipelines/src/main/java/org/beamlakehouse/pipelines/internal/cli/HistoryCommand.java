package org.beamlakehouse.pipelines.internal.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.beamlakehouse.pipelines.internal.show.RowFormat;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lakehouse history}. */
@Command(
    name = "history",
    description = "List the snapshots of a table, oldest first.",
    mixinStandardHelpOptions = true)
final class HistoryCommand implements Callable<Integer> {
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("snapshot_id", ColumnType.LONG),
          Column.of("made_current_at", ColumnType.TIMESTAMPTZ),
          Column.of("operation", ColumnType.STRING),
          Column.of("added_records", ColumnType.LONG),
          Column.of("deleted_records", ColumnType.LONG),
          Column.of("added_position_deletes", ColumnType.LONG),
          Column.of("total_records", ColumnType.LONG),
          Column.of("is_current", ColumnType.BOOLEAN));

  private final Console console;

  @Mixin private TableOptions options;

  HistoryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Table loaded = options.table(console);
    Snapshot current = loaded.currentSnapshot();
    try (RowFormat.Sink sink = options.format().open(COLUMNS, console.out())) {
      for (HistoryEntry entry : loaded.history()) {
        Snapshot snapshot = loaded.snapshot(entry.snapshotId());
        Map<String, String> summary = snapshot == null ? Map.of() : snapshot.summary();
        sink.row(
            new Object[] {
              entry.snapshotId(),
              Instant.ofEpochMilli(entry.timestampMillis()),
              snapshot == null ? "expired" : snapshot.operation(),
              number(summary, SnapshotSummary.ADDED_RECORDS_PROP),
              number(summary, SnapshotSummary.DELETED_RECORDS_PROP),
              number(summary, SnapshotSummary.ADDED_POS_DELETES_PROP),
              number(summary, SnapshotSummary.TOTAL_RECORDS_PROP),
              current != null && current.snapshotId() == entry.snapshotId()
            });
      }
    }
    return ExitCode.DONE;
  }

  private static Long number(Map<String, String> summary, String key) {
    String value = summary.get(key);
    return value == null ? null : Long.valueOf(value);
  }
}
