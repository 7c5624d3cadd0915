package org.beamlakehouse.io.bronze;

import static org.beamlakehouse.io.internal.bronze.files.BronzeFixture.gzip;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.bronze.files.BronzeFixture;
import org.beamlakehouse.io.internal.bronze.files.FilesCommit;
import org.beamlakehouse.io.internal.bronze.files.IngestPlan;
import org.beamlakehouse.io.internal.bronze.files.IngestedFiles;
import org.beamlakehouse.io.internal.bronze.files.WrittenBatch;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ends up in a bronze table, over runs, bad files, kills and other writers.
 *
 * <p>Kills are simulated between the steps; that a killed process leaves nothing else behind is not
 * shown here.
 */
class IngestFilesTest {
  private static final String GLOB = "data/*.jsonl*";

  @TempDir Path folder;
  private BronzeFixture bronze;

  @BeforeEach
  void project() throws IOException {
    bronze = new BronzeFixture(folder);
    Files.createDirectories(folder.resolve("data"));
  }

  @Test
  void thePipelineIngestsOnceAndThenFindsNothingNew() {
    bronze.file("data/a.jsonl", "1\n2\n");
    bronze.file("data/b.jsonl.gz", gzip("3\n4"));
    bronze.run(bronze.request(GLOB), CommittedSnapshot.COMMITTED, "null");
    bronze.run(bronze.request(GLOB), CommittedSnapshot.UNCHANGED, "null");
    bronze.file("data/c.jsonl", "5");
    bronze.file("data/d.jsonl.gz", new byte[] {31, -117, 8, 0, 1});
    bronze.run(
        bronze.request(GLOB),
        CommittedSnapshot.INCOMPLETE,
        "Cannot read data/d.jsonl.gz: it ends too early; none of its records was ingested");

    assertThat(
        bronze.rows(),
        contains(
            "data/a.jsonl:0=1",
            "data/a.jsonl:1=2",
            "data/b.jsonl.gz:0=3",
            "data/b.jsonl.gz:1=4",
            "data/c.jsonl:0=5"));
    assertThat(bronze.snapshots(), is(2));
  }

  @Test
  void aRowTellsWhereItCameFrom() throws IOException {
    Path file = bronze.file("data/a.jsonl", "{\"id\":1}\n");
    bronze.ingest(GLOB);

    Record row = bronze.records().get(0);
    assertThat(row.getField("message_key"), nullValue());
    assertThat(row.getField("headers"), nullValue());
    assertThat(row.getField("source_system"), is("shop"));
    assertThat(row.getField("source_topic"), nullValue());
    assertThat(row.getField("source_offset"), nullValue());
    assertThat(
        ((OffsetDateTime) row.getField("source_timestamp")).toInstant().toEpochMilli(),
        is(Files.getLastModifiedTime(file).toMillis()));
    assertThat(
        row.getField("ingestion_timestamp"),
        is(OffsetDateTime.parse("2023-11-14T22:13:20.000001Z")));
    assertThat(row.getField("ingestion_date"), is(LocalDate.of(2023, 11, 14)));
    assertThat(row.getField("pipeline_version"), is("1.0"));
    assertThat(row.getField("schema_version"), nullValue());
    assertThat(row.getField("checksum"), is("d2ce28b9a7fd7e4407e2b0fd499b7fe4"));
    assertThat(row.getField("batch_id"), is("run-1"));
    assertThat(bronze.table().spec().fields().get(0).name(), is("ingestion_date"));
    assertThat(bronze.table().properties().get(BronzeTables.ROLE), is("bronze"));
  }

  @Test
  void withNothingToIngestTheTableIsThereAllTheSame() {
    CommittedSnapshot result = bronze.ingest(GLOB);
    assertThat(result.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(result.getSnapshotId(), nullValue());
    assertThat(bronze.snapshots(), is(0));
  }

  @Test
  void aRunKilledBeforeItsCommitIsMadeUpForByTheNext() {
    bronze.file("data/a.jsonl", "1\n");
    List<WrittenBatch> lost = bronze.write(bronze.request(GLOB));
    assertThat(lost.size(), is(2));
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1"));
    assertThat(bronze.snapshots(), is(1));
  }

  @Test
  void committingTheSameAgainDoesNothingAndStillTellsWhatTheRunDid() {
    bronze.file("data/a.jsonl", "1\n");
    List<WrittenBatch> written = bronze.write(bronze.request(GLOB));
    CommittedSnapshot first = bronze.commit(written);
    CommittedSnapshot again = bronze.commit(written);
    assertThat(again.getSnapshotId(), is(first.getSnapshotId()));
    assertThat(again.getCounts(), is(first.getCounts()));
    assertThat(again.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(bronze.snapshots(), is(1));
  }

  @Test
  void twoRunsAtTheSameTimeIngestEachFileOnce() {
    bronze.file("data/a.jsonl", "1\n");
    List<WrittenBatch> slow = bronze.write(bronze.request(GLOB));
    bronze.ingest(GLOB);
    CommittedSnapshot second = bronze.commit(slow);
    assertThat(second.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1"));
  }

  @Test
  void whatAnotherRunIngestedInPartIsLeftOutAndTheRestIsCommitted() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      bronze.file("data/" + name + ".jsonl", name + "1\n" + name + "2\n");
    }
    List<WrittenBatch> slow = bronze.write(bronze.request(GLOB));
    bronze.ingest("data/a.jsonl");
    Table table = new ForeignCommit(bronze.table(), () -> bronze.ingest("data/b.jsonl"));
    CommittedSnapshot rest =
        new FilesCommit(bronze.catalog, table, BronzeFixture.TABLE, slow).commit();

    assertThat(rest.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(rest.count(CommittedSnapshot.ROWS_READ), is(2L));
    assertThat(rest.count(CommittedSnapshot.FILES_READ), is(1L));
    assertThat(
        bronze.rows(),
        contains(
            "data/a.jsonl:0=a1",
            "data/a.jsonl:1=a2",
            "data/b.jsonl:0=b1",
            "data/b.jsonl:1=b2",
            "data/c.jsonl:0=c1",
            "data/c.jsonl:1=c2"));
    assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.UNCHANGED));
    try (Stream<Path> files = Files.walk(Path.of(table.location().replace("file:", "")))) {
      // Those of the three commits, and what the slow run had written first.
      assertThat(files.filter(file -> file.toString().endsWith(".parquet")).count(), is(4L));
    }
  }

  @Test
  void otherFilesIngestedBetweenReadingProgressAndCommittingAreKept() {
    bronze.file("data/a.jsonl", "1\n");
    bronze.file("data/b.jsonl", "2\n");
    IngestRequest request = bronze.request("data/b.jsonl");
    List<WrittenBatch> slow = bronze.write(request);
    Table table = new ForeignCommit(bronze.table(), () -> bronze.ingest("data/a.jsonl"));
    CommittedSnapshot result =
        new FilesCommit(bronze.catalog, table, BronzeFixture.TABLE, slow).commit();

    assertThat(result.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1", "data/b.jsonl:0=2"));
    assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(IngestedFiles.of(bronze.catalog, BronzeFixture.TABLE, bronze.table()).size(), is(2));
  }

  @Test
  void aForeignCommitWithoutProgressDoesNotDisturb() {
    bronze.file("data/a.jsonl", "1\n");
    bronze.ingest(GLOB);
    bronze.table().newAppend().commit();
    bronze.file("data/b.jsonl", "2\n");
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1", "data/b.jsonl:0=2"));
  }

  @Test
  void aCommitOfUnknownOutcomeIsFoundDoneAtOnceAndByTheNextRun() {
    bronze.file("data/a.jsonl", "1\n");
    List<WrittenBatch> written = bronze.write(bronze.request(GLOB));
    Table unsure = UnknownOutcome.of(bronze.table());
    assertThat(
        new FilesCommit(bronze.catalog, unsure, BronzeFixture.TABLE, written).commit().getStatus(),
        is(CommittedSnapshot.COMMITTED));
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1"));
    assertThat(bronze.ingest(GLOB).getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1"));
  }

  @Test
  void twoSourcesOfOneTableAreCommittedTogetherAndEachKnowsItsOwnFiles() {
    bronze.file("data/a.jsonl", "1\n");
    List<WrittenBatch> written = new ArrayList<>(bronze.write(bronze.request(GLOB)));
    IngestRequest other =
        IngestRequest.builder()
            .source("other")
            .baseFolder(folder.toString())
            .path(GLOB)
            .table(BronzeFixture.TABLE)
            .batchId("run-1")
            .pipelineVersion("1.0")
            .ingestionMicros(0)
            .build();
    written.addAll(bronze.write(other));
    CommittedSnapshot result = bronze.commit(written);

    assertThat(result.count(CommittedSnapshot.ROWS_READ), is(2L));
    assertThat(bronze.snapshots(), is(1));
    assertThat(
        bronze.records().stream().map(r -> r.getField("source_system")).sorted().toList(),
        is(List.of("other", "shop")));
    assertThat(IngestPlan.of(bronze.catalog, other).hasNews(), is(false));
  }

  @Test
  void aTableThatIsNotABronzeTableIsLeftAlone() {
    bronze.file("data/a.jsonl", "1\n");
    SideTables.ensure(bronze.catalog, BronzeFixture.TABLE);
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> bronze.ingest(GLOB));
    assertThat(
        e.getMessage(),
        is(
            "Cannot write lakehouse.bronze.shop: it has no column raw_payload; it is not a bronze"
                + " table, choose another name for the bronze table"));
  }

  @Test
  void columnsThatSomebodyAddedStayNull() {
    bronze.file("data/a.jsonl", "1\n");
    BronzeTables.createIfMissing(bronze.catalog, BronzeFixture.TABLE)
        .updateSchema()
        .addColumn("note", Types.StringType.get())
        .moveFirst("note")
        .commit();
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1"));
    assertThat(bronze.records().get(0).getField("note"), nullValue());
  }

  @Test
  void aRollbackTakesTheFilesBackAsWell() {
    bronze.file("data/a.jsonl", "1\n");
    CommittedSnapshot first = bronze.ingest(GLOB);
    bronze.file("data/b.jsonl", "2\n");
    bronze.ingest(GLOB);
    bronze.table().manageSnapshots().rollbackTo(first.getSnapshotId()).commit();
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1"));
    bronze.ingest(GLOB);
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1", "data/b.jsonl:0=2"));
  }

  @Test
  void whereTheSnapshotWithTheProgressIsExpiredTheFilesAreKnownFromTheRows() {
    bronze.file("data/a.jsonl", "1\n");
    bronze.ingest(GLOB);
    Table table = bronze.table();
    table.newAppend().commit();
    for (Snapshot snapshot : List.copyOf(snapshots(table))) {
      if (snapshot.snapshotId() != table.currentSnapshot().snapshotId()) {
        table.expireSnapshots().expireSnapshotId(snapshot.snapshotId()).commit();
      }
    }
    bronze.file("data/b.jsonl", "2\n");
    CommittedSnapshot result = bronze.ingest(GLOB);
    assertThat(result.getMessage(), nullValue());
    assertThat(bronze.rows(), contains("data/a.jsonl:0=1", "data/b.jsonl:0=2"));
  }

  @Test
  void aPlanTellsWhetherThereIsSomethingToDo() {
    IngestRequest request = bronze.request(GLOB);
    assertThat(IngestPlan.of(bronze.catalog, request).hasNews(), is(false));
    bronze.file("data/a.jsonl", "1\n");
    assertThat(IngestPlan.of(bronze.catalog, request).hasNews(), is(true));
    bronze.ingest(GLOB);
    assertThat(IngestPlan.of(bronze.catalog, request).hasNews(), is(false));
  }

  private static List<Snapshot> snapshots(Table table) {
    List<Snapshot> all = new ArrayList<>();
    table.snapshots().forEach(all::add);
    return all;
  }
}
