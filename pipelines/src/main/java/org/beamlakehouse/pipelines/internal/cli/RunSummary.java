package org.beamlakehouse.pipelines.internal.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.beamlakehouse.pipelines.internal.show.TextTable;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/** Prints what a run did and decides its exit code. */
final class RunSummary {
  private static final List<Column> TABLES =
      List.of(
          Column.of("hop", ColumnType.STRING),
          Column.of("table", ColumnType.STRING),
          Column.of("status", ColumnType.STRING),
          Column.of("read", ColumnType.LONG),
          Column.of("inserted", ColumnType.LONG),
          Column.of("updated", ColumnType.LONG),
          Column.of("deleted", ColumnType.LONG),
          Column.of("dropped", ColumnType.LONG),
          Column.of("quarantined", ColumnType.LONG),
          Column.of("dead_letters", ColumnType.LONG),
          Column.of("snapshot", ColumnType.LONG),
          Column.of("seconds", ColumnType.STRING));

  private static final List<Column> RULES =
      List.of(
          Column.of("table", ColumnType.STRING),
          Column.of("rule", ColumnType.STRING),
          Column.of("passed", ColumnType.LONG),
          Column.of("failed", ColumnType.LONG));

  private RunSummary() {}

  static int report(RunResult result, Console console, boolean verbose) {
    if (result.runId() == null) {
      console.out().println("Nothing to do: every table is up to date");
      return ExitCode.DONE;
    }
    try (TextTable table = new TextTable(TABLES, console.out())) {
      for (CommittedSnapshot snapshot : result.tables()) {
        table.row(
            new Object[] {
              snapshot.getHop(),
              snapshot.getTable(),
              snapshot.getStatus(),
              snapshot.count(CommittedSnapshot.ROWS_READ),
              snapshot.count(CommittedSnapshot.ROWS_INSERTED),
              snapshot.count(CommittedSnapshot.ROWS_UPDATED),
              snapshot.count(CommittedSnapshot.ROWS_DELETED),
              snapshot.count(CommittedSnapshot.ROWS_DROPPED),
              snapshot.count(CommittedSnapshot.ROWS_QUARANTINED),
              snapshot.count(CommittedSnapshot.DEAD_LETTERS),
              snapshot.getSnapshotId(),
              String.format(
                  "%.1f", (snapshot.getEndedMillis() - snapshot.getStartedMillis()) / 1000.0)
            });
      }
    }
    rules(result, console);
    Set<String> messages = new LinkedHashSet<>();
    for (CommittedSnapshot snapshot : result.tables()) {
      if (snapshot.getMessage() != null) {
        snapshot.getMessage().lines().forEach(messages::add);
      }
    }
    messages.forEach(line -> console.err().println("lakehouse: " + line));
    for (RuntimeException failure : result.failures()) {
      if (verbose || !messages.contains(FailureMessage.of(failure))) {
        Failures.tell(failure, console.err(), verbose);
      }
    }
    if (result.isFailed()) {
      return ExitCode.FAILED;
    }
    if (result.isHalted()) {
      return ExitCode.HALTED;
    }
    if (result.idle()) {
      console.out().println("Nothing changed: no table got a snapshot");
    }
    return ExitCode.DONE;
  }

  private static void rules(RunResult result, Console console) {
    TextTable table = null;
    for (CommittedSnapshot snapshot : result.tables()) {
      for (Map.Entry<String, Long> entry : snapshot.getCounts().entrySet()) {
        if (entry.getKey().startsWith(CommittedSnapshot.RULE_FAILED)) {
          if (table == null) {
            console.out().println();
            table = new TextTable(RULES, console.out());
          }
          String rule = entry.getKey().substring(CommittedSnapshot.RULE_FAILED.length());
          table.row(
              new Object[] {
                snapshot.getTable(),
                rule,
                snapshot.count(CommittedSnapshot.RULE_PASSED + rule),
                entry.getValue()
              });
        }
      }
    }
    if (table != null) {
      table.close();
    }
  }
}
