package org.beamlakehouse.pipelines.internal.ops;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every commit is recorded, and once, whoever died before or records at the same time. */
class RunLogWriterTest {
  private static final String NAME = "silver.orders";
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.optional(1, "id", Types.LongType.get()));

  @TempDir Path folder;
  private CatalogConfig catalog;
  private Table table;

  @BeforeEach
  void createTable() {
    catalog =
        new CatalogConfig(
            "test",
            Map.of(
                "type",
                "jdbc",
                "uri",
                "jdbc:sqlite:" + folder.resolve("catalog.db"),
                "warehouse",
                folder.resolve("warehouse").toString()));
    table = create();
  }

  private Table create() {
    return Catalogs.loadOrCreate(
        catalog, NAME, SCHEMA, PartitionSpec.unpartitioned(), Map.of("format-version", "3"));
  }

  @Test
  void whatARunThatDiedCouldNotRecordTheNextOneDoesUnderItsName() throws IOException {
    commit("dead", 3);
    commit("dead", 4);
    CommittedSnapshot own = commit("own", 5);

    writer("own").record("own/1", List.of(own));
    writer("own").record("own/1", List.of(own));
    writer("third").complete(Map.of(NAME, table));

    assertThat(rows(OpsTables.RUNS, "run_id", "rows_read"), contains("dead 3", "dead 4", "own 5"));
    assertThat(
        rows(OpsTables.QUALITY, "run_id", "rule", "passed_records", "failed_records", "action"),
        containsInAnyOrder("dead r 2 1 warn", "dead r 3 1 warn", "own r 4 1 warn"));
    for (Record row : read(OpsTables.QUALITY)) {
      Snapshot snapshot = table.snapshot((Long) row.getField("snapshot_id"));
      assertThat(
          ((OffsetDateTime) row.getField("checked_at")).toInstant().toEpochMilli(),
          is(snapshot.timestampMillis()));
    }
  }

  @Test
  void whatTheFirstRunCouldNotRecordIsCompletedWhereThereIsNoLogYet() throws IOException {
    commit("dead", 3);

    writer("next").complete(Map.of(NAME, table));

    assertThat(rows(OpsTables.RUNS, "run_id", "rows_read"), contains("dead 3"));
    assertThat(rows(OpsTables.QUALITY, "run_id", "passed_records"), contains("dead 2"));
  }

  @Test
  void aCommitWhoseRulesWereRecordedBeforeTheRunDiedIsCompleted() throws IOException {
    CommittedSnapshot own = commit("own", 5);
    writer("own").record("own/1", List.of(own));
    CommittedSnapshot next = commit("own", 6);
    LogTable.of(catalog, OpsTables.QUALITY, OpsTables.QUALITY_COLUMNS)
        .append(
            "",
            known ->
                new QualityRows(Map.of())
                    .of(
                        List.of(
                            new RunLogWriter.Entry(
                                new RunStamp("own", "test", "x"),
                                "1",
                                CommitReport.of(NAME, table.currentSnapshot()).table(),
                                table.currentSnapshot().sequenceNumber(),
                                table.uuid().toString())),
                        known,
                        false));

    writer("own").record("own/2", List.of(next));

    assertThat(rows(OpsTables.RUNS, "rows_read"), containsInAnyOrder("5", "6"));
    assertThat(rows(OpsTables.QUALITY, "passed_records"), containsInAnyOrder("4", "5"));
  }

  @Test
  void runsThatRecordTheSameAtATimeRecordItOnce() throws Exception {
    List<CommittedSnapshot> commits = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      commits.add(commit("run" + i, i));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> written = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String run = "run" + i;
      CommittedSnapshot own = commits.get(i);
      written.add(threads.submit(() -> writer(run).record(run + "/1", List.of(own))));
    }
    for (Future<?> one : written) {
      one.get();
    }
    threads.shutdown();

    assertThat(rows(OpsTables.RUNS, "rows_read"), containsInAnyOrder("0", "1", "2", "3", "4"));
    assertThat(
        rows(OpsTables.QUALITY, "run_id"),
        containsInAnyOrder("run0", "run1", "run2", "run3", "run4"));
  }

  @Test
  void aTableThatIsMadeAnewIsRecordedFromItsBeginning() throws IOException {
    writer("own").record("own/1", List.of(commit("own", 1)));
    writer("own").record("own/2", List.of(commit("own", 2)));
    Catalogs.open(catalog).dropTable(TableIdentifier.parse(NAME));
    table = create();
    writer("own").record("own/3", List.of(commit("own", 3)));

    assertThat(rows(OpsTables.RUNS, "rows_read"), containsInAnyOrder("1", "2", "3"));
  }

  @Test
  void aLogWhoseSnapshotsWereExpiredStillKnowsWhatItHas() throws IOException {
    writer("own").record("own/1", List.of(commit("own", 1)));
    writer("own").record("own/2", List.of(halted("a")));
    Table log = Catalogs.load(catalog, OpsTables.RUNS);
    log.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();

    writer("other").complete(Map.of(NAME, table));

    assertThat(rows(OpsTables.RUNS, "status"), containsInAnyOrder("committed", "halted"));
  }

  @Test
  void aRunThatOnlyFoundASnapshotDoesNotKeepItsCommitOutOfTheLog() throws IOException {
    CommittedSnapshot own = commit("own", 2);
    CommittedSnapshot found =
        CommittedSnapshot.of(
            "silver",
            NAME,
            own.getSnapshotId(),
            CommittedSnapshot.UNCHANGED,
            Map.of(CommittedSnapshot.ROWS_READ, 1L),
            null,
            1,
            2);

    writer("other").record("other/1", List.of(found));
    writer("own").record("own/1", List.of(own));

    assertThat(
        rows(OpsTables.RUNS, "run_id", "status", "rows_read"),
        containsInAnyOrder("other unchanged 1", "own committed 2"));
  }

  @Test
  void whatMadeNoSnapshotIsRecordedOncePerStamp() throws IOException {
    commit("old", 1);
    writer("own").record("own/1", List.of(halted("a")));
    writer("own").record("own/1", List.of(halted("a")));
    writer("own").record("own/2", List.of(halted("b")));

    assertThat(
        rows(OpsTables.RUNS, "status", "message"), containsInAnyOrder("halted a", "halted b"));
    writer("own").complete(Map.of(NAME, table));
    assertThat(
        rows(OpsTables.RUNS, "status", "message"),
        containsInAnyOrder("halted a", "halted b", "committed null"));
  }

  @Test
  void nothingIsCreatedWhereThereIsNothingToRecord() {
    writer("own").complete(Map.of(NAME, table));
    writer("own").record("own/1", List.of());
    assertThat(Catalogs.exists(catalog, OpsTables.RUNS), is(false));
  }

  @Test
  void aRunsTotalsAreTheSumOfItsCommits() throws IOException {
    writer("own").record("own/1", List.of(commit("own", 3)));
    writer("own").record("own/2", List.of(commit("own", 4)));
    List<CommittedSnapshot> totals = RunLog.read(catalog, "own");
    assertThat(totals.size(), is(1));
    assertThat(totals.get(0).count(CommittedSnapshot.ROWS_READ), is(7L));
    assertThat(totals.get(0).count(CommittedSnapshot.RULE_PASSED + "r"), is(5L));
    assertThat(totals.get(0).count(CommittedSnapshot.RULE_FAILED + "r"), is(2L));
    assertThat(RunLog.read(catalog, "none"), is(empty()));
  }

  /** A commit as a hop makes it; one record fails a rule. */
  private CommittedSnapshot commit(String run, long read) {
    Map<String, Long> counts =
        Map.of(
            CommittedSnapshot.ROWS_READ,
            read,
            CommittedSnapshot.RULE_PASSED + "r",
            read - 1,
            CommittedSnapshot.RULE_FAILED + "r",
            1L);
    table
        .newAppend()
        .set(
            CommitReport.KEY,
            CommitReport.json(new RunStamp(run, "test", "x"), "silver", counts, 1))
        .commit();
    Snapshot snapshot = table.currentSnapshot();
    return CommittedSnapshot.of(
        "silver", NAME, snapshot.snapshotId(), CommittedSnapshot.COMMITTED, counts, null, 1, 2);
  }

  private static CommittedSnapshot halted(String message) {
    return CommittedSnapshot.of(
        "silver", NAME, null, CommittedSnapshot.HALTED, Map.of(), message, 1, 2);
  }

  private RunLogWriter writer(String run) {
    return new RunLogWriter(
        catalog,
        new RunContext(run, Instant.EPOCH, "1", "test", "x", Map.of()),
        Map.of(NAME + ":r", "warn"));
  }

  private List<String> rows(String log, String... columns) throws IOException {
    return read(log).stream()
        .map(
            row ->
                String.join(
                    " ",
                    List.of(columns).stream().map(c -> String.valueOf(row.getField(c))).toList()))
        .toList();
  }

  private List<Record> read(String log) throws IOException {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(Catalogs.load(catalog, log)).build()) {
      records.forEach(rows::add);
    }
    return rows;
  }
}
