package org.beamlakehouse.pipelines.internal.ops;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.report.CommitSummary;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.secrets.Redaction;
import org.beamlakehouse.pipelines.internal.context.RunContext;

/**
 * Records in {@code ops.runs} and {@code ops.quality} what hops did to tables.
 *
 * <p>Of a commit there is one row, made of what its snapshot says of itself. With a table's newest
 * commit all those before it are recorded that are not yet: a run that died between a commit and
 * its log is made good by the next that looks at the table, under the dead run's name. Two runs
 * that record the same at a time record it once. What made no snapshot (a halt, a failure) is
 * recorded by the run that met it.
 */
public final class RunLogWriter {
  private final CatalogConfig catalog;
  private final RunContext run;
  private final QualityRows quality;

  /**
   * A writer for one run.
   *
   * @param ruleActions action of each quality rule, by table and rule with a colon between
   */
  public RunLogWriter(CatalogConfig catalog, RunContext run, Map<String, String> ruleActions) {
    this.catalog = catalog;
    this.run = run;
    this.quality = new QualityRows(ruleActions);
  }

  /**
   * Something that is recorded as one row of {@code ops.runs}.
   *
   * @param run the run that did it
   * @param version of the pipeline that did it
   * @param sequence sequence number of the snapshot that it made; 0 where it made none
   * @param uuid of the table that has the snapshot
   */
  record Entry(RunStamp run, String version, CommittedSnapshot table, long sequence, String uuid) {
    boolean isCommit() {
      return sequence > 0;
    }
  }

  /**
   * Records what a run did, once however often it is asked to.
   *
   * @param stamp names this part of the run's work
   */
  public void record(String stamp, List<CommittedSnapshot> tables) {
    List<CommittedSnapshot> worked = tables.stream().filter(RunLogWriter::isWork).toList();
    if (worked.isEmpty()) {
      return;
    }
    Map<String, CommittedSnapshot> committed = new LinkedHashMap<>();
    List<Entry> events = new ArrayList<>();
    Map<String, Table> loaded = new LinkedHashMap<>();
    for (CommittedSnapshot table : worked) {
      if (isCommit(table, loaded)) {
        committed.put(table.getTable() + "@" + table.getSnapshotId(), table);
      } else {
        events.add(new Entry(run.stamp(), run.pipelineVersion(), table, 0, ""));
      }
    }
    record(stamp, events, loaded, committed);
  }

  /**
   * Records the commits of tables that nobody recorded: the very first run may have died before it
   * could make the log.
   */
  public void complete(Map<String, Table> tables) {
    if (Catalogs.exists(catalog, OpsTables.RUNS)
        || tables.entrySet().stream().anyMatch(RunLogWriter::hasReport)) {
      record("", List.of(), tables, Map.of());
    }
  }

  private static boolean hasReport(Map.Entry<String, Table> table) {
    for (Snapshot snapshot : TableHistory.of(table.getValue()).known()) {
      if (CommitReport.of(table.getKey(), snapshot) != null) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWork(CommittedSnapshot table) {
    return !table.getStatus().equals(CommittedSnapshot.UNCHANGED)
        || table.getMessage() != null
        || RunLog.COUNTS.stream().anyMatch(name -> table.count(name) > 0);
  }

  /** Whether a hop made the snapshot that it names, or only found it. */
  private boolean isCommit(CommittedSnapshot table, Map<String, Table> loaded) {
    boolean mayBe =
        table.getStatus().equals(CommittedSnapshot.COMMITTED)
            || table.getStatus().equals(CommittedSnapshot.INCOMPLETE);
    if (!mayBe || table.getSnapshotId() == null) {
      return false;
    }
    Table of = loaded.computeIfAbsent(table.getTable(), name -> Catalogs.load(catalog, name));
    Snapshot snapshot = of.snapshot(table.getSnapshotId());
    CommitReport report = snapshot == null ? null : CommitReport.of(table.getTable(), snapshot);
    return report != null && report.run().id().equals(run.runId());
  }

  private void record(
      String stamp,
      List<Entry> events,
      Map<String, Table> loaded,
      Map<String, CommittedSnapshot> told) {
    LogTable runs = LogTable.of(catalog, OpsTables.RUNS, OpsTables.RUNS_COLUMNS);
    runs.append(
        stamp,
        state -> {
          List<Entry> entries = new ArrayList<>();
          for (Entry commit : unrecorded(state, loaded)) {
            entries.add(withWords(commit, told));
          }
          if (!isRecorded(state, stamp)) {
            entries.addAll(events);
          }
          entries.sort(
              (a, b) ->
                  a.isCommit() && b.isCommit() && a.table().getTable().equals(b.table().getTable())
                      ? Long.compare(a.sequence(), b.sequence())
                      : RunLog.ORDER.compare(a.table(), b.table()));
          if (!entries.isEmpty()) {
            // First: what dies in between is found recorded there, and here it is not.
            LogTable.of(catalog, OpsTables.QUALITY, OpsTables.QUALITY_COLUMNS)
                .append(stamp, known -> quality.of(entries, known, isRecorded(known, stamp)));
          }
          return new LogTable.News(
              entries.stream().map(RunLogWriter::row).toList(), recorded(entries));
        });
  }

  private boolean isRecorded(LogTable.State state, String stamp) {
    return !stamp.isEmpty() && state.has(stamp, run.startedAt().toEpochMilli());
  }

  /** The commits of tables, oldest first, that came after the last one that is recorded. */
  private List<Entry> unrecorded(LogTable.State state, Map<String, Table> tables) {
    List<Entry> entries = new ArrayList<>();
    Set<String> unmarked = new LinkedHashSet<>();
    Map<String, List<Entry>> byTable = new LinkedHashMap<>();
    tables.forEach(
        (name, table) -> {
          String uuid = table.uuid().toString();
          Long mark = state.mark(name, uuid);
          List<Entry> found = new ArrayList<>();
          for (Snapshot snapshot : TableHistory.of(table).known()) {
            if (mark != null && snapshot.sequenceNumber() <= mark) {
              break;
            }
            CommitReport report = CommitReport.of(name, snapshot);
            if (report != null) {
              found.add(
                  new Entry(
                      report.run(),
                      version(snapshot),
                      report.table(),
                      snapshot.sequenceNumber(),
                      uuid));
            }
          }
          if (!found.isEmpty() && mark == null) {
            unmarked.add(name);
          }
          Collections.reverse(found);
          byTable.put(name, found);
        });
    // Of a log whose own snapshots were expired the rows tell.
    Set<String> rows = unmarked.isEmpty() ? Set.of() : state.snapshotsOf(unmarked);
    byTable.forEach(
        (name, found) ->
            found.stream()
                .filter(
                    entry ->
                        !unmarked.contains(name)
                            || !rows.contains(name + "@" + entry.table().getSnapshotId()))
                .forEach(entries::add));
    return entries;
  }

  private static String version(Snapshot snapshot) {
    return snapshot.summary().getOrDefault(CommitSummary.PIPELINE_VERSION, "");
  }

  /** A commit with the status and the message that its hop gave it, which its snapshot has not. */
  private static Entry withWords(Entry commit, Map<String, CommittedSnapshot> told) {
    CommittedSnapshot of = commit.table();
    CommittedSnapshot words = told.get(of.getTable() + "@" + of.getSnapshotId());
    return words == null
        ? commit
        : new Entry(
            commit.run(),
            commit.version(),
            CommittedSnapshot.of(
                of.getHop(),
                of.getTable(),
                of.getSnapshotId(),
                words.getStatus(),
                of.getCounts(),
                words.getMessage(),
                of.getStartedMillis(),
                of.getEndedMillis()),
            commit.sequence(),
            commit.uuid());
  }

  /** Up to which commit of each table the entries go. */
  static Map<String, String> recorded(List<Entry> entries) {
    Map<String, Long> newest = new TreeMap<>();
    Map<String, String> marks = new TreeMap<>();
    for (Entry entry : entries) {
      if (entry.isCommit()
          && entry.sequence() > newest.getOrDefault(entry.table().getTable(), 0L)) {
        newest.put(entry.table().getTable(), entry.sequence());
        marks.put(entry.table().getTable(), LogTable.mark(entry.uuid(), entry.sequence()));
      }
    }
    return marks;
  }

  private static Object[] row(Entry entry) {
    CommittedSnapshot table = entry.table();
    return new Object[] {
      entry.run().id(),
      table.getHop(),
      table.getTable(),
      entry.run().mode(),
      entry.run().runner(),
      table.getStatus(),
      table.count(CommittedSnapshot.ROWS_READ),
      table.count(CommittedSnapshot.ROWS_INSERTED) + table.count(CommittedSnapshot.ROWS_UPDATED),
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
      entry.version(),
      Redaction.of(table.getMessage())
    };
  }
}
