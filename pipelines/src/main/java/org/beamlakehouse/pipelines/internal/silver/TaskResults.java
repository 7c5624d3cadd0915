package org.beamlakehouse.pipelines.internal.silver;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.internal.iceberg.side.RecordedPositions;
import org.beamlakehouse.io.internal.iceberg.side.SideRow;
import org.beamlakehouse.io.internal.iceberg.side.SideRowWriter;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.UnusableChangeException;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.context.RunMetrics;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.LogJson;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.LogSightings;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.log.LogPiece;
import org.beamlakehouse.transforms.internal.log.LogTimes;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.beamlakehouse.transforms.internal.log.TableTimes;
import org.beamlakehouse.transforms.internal.quality.RowRules;
import org.beamlakehouse.transforms.internal.quality.RuleCounts;
import org.beamlakehouse.transforms.internal.quality.Verdict;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Takes what the parser makes of the records of one task to where it belongs. */
final class TaskResults implements ParseSink {
  private final CatalogConfig catalog;
  private final SourceTables source;
  private final ConformTask task;
  private final RunContext run;
  private final LogWatch logs;
  private final Consumer<ChangeEvent> changes;

  private final Map<String, PerTable> tables = new LinkedHashMap<>();
  private final Map<String, SideRowWriter> sideWriters = new LinkedHashMap<>();
  private final Map<String, RecordedPositions> recorded = new HashMap<>();
  private final Map<String, Long> sourceCounts = new TreeMap<>();
  private RawRecord record;
  private @Nullable TableDefinition lastTable;
  private @Nullable PerTable lastState;
  private long repeatedFields;

  private static final class PerTable {
    final RowRules rules;
    final RuleCounts ruleCounts;
    final Map<String, Long> counts = new TreeMap<>();
    long rowsRead;
    long newestMillis = Long.MIN_VALUE;
    String halted;
    String log;
    final Set<String> logs = new TreeSet<>();
    final TableTimes times = new TableTimes();

    PerTable(RowRules rules) {
      this.rules = rules;
      this.ruleCounts = rules.newCounts();
    }
  }

  TaskResults(
      CatalogConfig catalog,
      SourceTables source,
      ConformTask task,
      RunContext run,
      Map<String, RowRules> rules,
      LogWatch logs,
      Consumer<ChangeEvent> changes) {
    this.catalog = catalog;
    this.source = source;
    this.task = task;
    this.run = run;
    this.logs = logs;
    this.changes = changes;
    for (String table : task.tables()) {
      tables.put(table, new PerTable(rules.get(table)));
    }
  }

  /** The record that the next calls are about. */
  void begin(RawRecord next) {
    record = next;
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void change(TableDefinition table, ChangeEvent event) {
    // Changes of one table mostly follow each other.
    PerTable state = table == lastTable ? lastState : tables.get(table.name());
    lastTable = table;
    lastState = state;
    tellLog(state, table, event.sequence());
    if (table.input() == InputKind.SNAPSHOTS
        && (event.after() == null || event.isConfirmation(table))) {
      // Stands beside the rows of the extract, which are counted.
      changes.accept(event);
      return;
    }
    state.rowsRead++;
    state.newestMillis = Math.max(state.newestMillis, event.eventTime().toEpochMilli());
    if (event.after() == null || state.rules.isEmpty()) {
      take(table, state, event);
      return;
    }
    Verdict verdict = state.rules.evaluate(values(event.after()), state.ruleCounts);
    if (verdict.passed()) {
      take(table, state, event);
      return;
    }
    switch (verdict.action()) {
      case WARN -> take(table, state, event.toBuilder().qualityFailure(verdict.reason()).build());
      case DROP -> {
        count(state.counts, CommittedSnapshot.ROWS_DROPPED);
        confirm(table, event);
      }
      case QUARANTINE -> {
        putAside(table, state, String.join(", ", verdict.failedRules()), verdict.reason());
        confirm(table, event);
      }
      case FAIL -> halt(state, table, "a row fails " + verdict.reason());
    }
  }

  /** A change that cannot be taken is its record's own misfortune. */
  private void take(TableDefinition table, PerTable state, ChangeEvent event) {
    try {
      changes.accept(event);
    } catch (UnusableChangeException e) {
      count(state.counts, CommittedSnapshot.RULE_FAILED + "value");
      putAside(table, state, "value", e.getMessage());
    }
  }

  /** Notes the log that orders a table's change; the contract's own order needs none. */
  @SuppressWarnings("ReferenceEquality")
  private void tellLog(PerTable state, TableDefinition table, Sequence sequence) {
    if (!table.sequenceBy().isEmpty()) {
      return;
    }
    logs.note(sequence, state.times);
    if (state.log != logs.log()) {
      state.log = logs.log();
      if (state.log != null) {
        state.logs.add(state.log);
      }
    }
  }

  /** A row that is left out of an extract must not look like one that is gone from the source. */
  private void confirm(TableDefinition table, ChangeEvent event) {
    if (table.input() == InputKind.SNAPSHOTS) {
      changes.accept(event.asConfirmation(table));
    }
  }

  @Override
  public void quarantine(TableDefinition table, List<String> failedRules, String error) {
    PerTable state = tables.get(table.name());
    state.rowsRead++;
    Set<String> counted = new TreeSet<>();
    // Names of fields that nobody knows may be any number.
    failedRules.forEach(rule -> counted.add(rule.startsWith("unknown:") ? "unknown" : rule));
    counted.forEach(rule -> count(state.counts, CommittedSnapshot.RULE_FAILED + rule));
    putAside(table, state, String.join(",", failedRules), error);
  }

  @Override
  public void halt(TableDefinition table, String error) {
    PerTable state = tables.get(table.name());
    state.rowsRead++;
    halt(state, table, error);
  }

  @Override
  public void deadLetter(String error) {
    if (task.deadLetters()) {
      count(sourceCounts, CommittedSnapshot.DEAD_LETTERS);
      write(source.deadLetterTable(), null, error, task.scan().sequence());
    }
  }

  /**
   * Where the dead letters of this piece were told in an earlier run, of other tables or by another
   * contract, it is told of the table itself.
   */
  @Override
  public void unfit(TableDefinition table, String error) {
    if (task.deadLetters()) {
      deadLetter(error);
    } else {
      quarantine(table, List.of("schema"), error);
    }
  }

  @Override
  public void repeatedField(TableDefinition table) {
    repeatedFields++;
  }

  @Override
  public void skipped(SkipReason reason) {
    count(sourceCounts, "skipped:" + reason.name().toLowerCase(Locale.ROOT));
  }

  /**
   * Closes the files and hands out what the commits need.
   *
   * @param parser what parsed the records, and knows of which tables they were
   */
  void finish(RecordParser parser, Consumer<CommitNote> notes) throws IOException {
    Map<String, List<SideFile>> files = new LinkedHashMap<>();
    for (Map.Entry<String, SideRowWriter> writer : sideWriters.entrySet()) {
      files.put(writer.getKey(), writer.getValue().close());
    }
    for (Map.Entry<String, PerTable> entry : tables.entrySet()) {
      PerTable state = entry.getValue();
      if (state.rowsRead > 0) {
        state.counts.put(CommittedSnapshot.ROWS_READ, state.rowsRead);
      }
      state.ruleCounts.forEach(
          (rule, passed, failed) -> {
            state.counts.merge(CommittedSnapshot.RULE_PASSED + rule, passed, Long::sum);
            state.counts.merge(CommittedSnapshot.RULE_FAILED + rule, failed, Long::sum);
          });
      notes.accept(
          new CommitNote(
              entry.getKey(),
              state.counts,
              files.getOrDefault(SideTables.quarantineOf(entry.getKey()), List.of()),
              state.halted,
              state.newestMillis == Long.MIN_VALUE ? null : state.newestMillis,
              null,
              task.scan().sequence(),
              parser.feeds().getOrDefault(entry.getKey(), Set.of())));
      RunMetrics.QUARANTINED.inc(state.counts.getOrDefault(CommittedSnapshot.ROWS_QUARANTINED, 0L));
    }
    UnclaimedRecords.count(parser, source, sourceCounts);
    RunMetrics.REPEATED_FIELDS.inc(repeatedFields);
    RunMetrics.SERVER_CHANGES.inc(logs.serverChanges());
    RunMetrics.DEAD_LETTERS.inc(sourceCounts.getOrDefault(CommittedSnapshot.DEAD_LETTERS, 0L));
    notes.accept(
        new CommitNote(
            source.deadLetterTable(),
            sourceCounts,
            files.getOrDefault(source.deadLetterTable(), List.of()),
            null,
            null,
            null,
            task.scan().sequence(),
            Set.of(),
            seenLogs()));
  }

  /** What this piece of bronze tells of the source's logs; null for nothing. */
  private String seenLogs() {
    List<LogPiece> pieces = logs.pieces();
    Map<String, Set<String>> concerned = new TreeMap<>();
    Map<String, List<LogTimes>> times = new TreeMap<>();
    tables.forEach(
        (table, state) -> {
          concerned.put(table, state.logs);
          times.put(table, state.times.all());
        });
    return pieces.isEmpty() && times.values().stream().allMatch(List::isEmpty)
        ? null
        : LogJson.write(new LogSightings(task.scan().sequence(), pieces, concerned, times));
  }

  /** Removes the files of a task that failed. */
  void abort(Exception cause) {
    for (SideRowWriter writer : sideWriters.values()) {
      try {
        writer.abort();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private void putAside(TableDefinition table, PerTable state, String failedRules, String error) {
    count(state.counts, CommittedSnapshot.ROWS_QUARANTINED);
    if (task.quarantines().contains(table.name())) {
      write(table.quarantineName(), failedRules, error, task.scan().sequence());
    } else if (!recorded(table.quarantineName()).has(record.position())) {
      write(table.quarantineName(), failedRules, error, SideFile.LOOKED_UP);
    }
  }

  private RecordedPositions recorded(String quarantine) {
    return recorded.computeIfAbsent(quarantine, name -> RecordedPositions.of(catalog, name));
  }

  private void halt(PerTable state, TableDefinition table, String error) {
    if (state.halted == null) {
      state.halted =
          String.format(
              "Cannot publish %s: %s (record %s)", table.name(), error, record.position());
    }
  }

  private void write(String sideTable, String failedRules, String error, long sequence) {
    sideWriters
        .computeIfAbsent(
            sideTable, name -> SideRowWriter.open(SideTables.ensure(catalog, name), sequence))
        .write(
            SideRow.of(
                record, failedRules, error, run.startedAt(), run.pipelineVersion(), run.runId()));
  }

  private static Object[] values(Row row) {
    return row.getValues().toArray();
  }

  private static void count(Map<String, Long> counts, String name) {
    counts.merge(name, 1L, Long::sum);
  }
}
