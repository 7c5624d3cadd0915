package org.beamlakehouse.io.internal.bronze.offsets;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.beamlakehouse.io.bronze.ForeignCommit;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.internal.bronze.write.BronzeRows;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What committing again, late or beside others gives; no Kafka is needed for it. */
class OffsetCommitTest {
  private static final String NAME = "bronze.k";

  @TempDir Path folder;

  private CatalogConfig catalog;
  private int runs;
  private long ingestionMicros = 1_700_000_000_000_000L;

  @BeforeEach
  void create() {
    catalog = LocalCatalog.in(folder);
    BronzeTables.createIfMissing(catalog, NAME);
  }

  private Table table() {
    return Catalogs.load(catalog, NAME);
  }

  /** What a run that was planned now reads of two partitions, whose records are at all offsets. */
  private List<WrittenRanges> read(long to0, long to1) {
    TopicProgress base = TopicProgress.of(table());
    List<OffsetRange> ranges = new ArrayList<>();
    long[] ends = {to0, to1};
    for (int partition = 0; partition < ends.length; partition++) {
      TopicProgress.Topic known = base.topic("t");
      long from = known == null ? 0 : known.next(partition);
      ranges.add(new OffsetRange("t", partition, from, ends[partition]));
    }
    return read(base, "topicId", ranges);
  }

  private List<WrittenRanges> read(TopicProgress base, String topicId, List<OffsetRange> ranges) {
    OffsetPlan plan =
        new OffsetPlan(base, false, Map.of("t", topicId), ranges, List.of(), 0, List.of());
    RunFacts run = new RunFacts("k", NAME, "run-" + runs++, "1", ingestionMicros);
    List<WrittenRanges> written = new ArrayList<>();
    written.add(new WrittenRanges(run, plan, List.of(), List.of(), 0, 0));
    for (List<OffsetRange> task : RangeTask.split(ranges, 6)) {
      BronzeRows rows = new BronzeRows(table(), run);
      long count = 0;
      for (OffsetRange range : task) {
        for (long offset = range.from(); offset < range.to(); offset++) {
          rows.write(new ConsumerRecord<>("t", range.partition(), offset, null, new byte[] {'x'}));
          count++;
        }
      }
      written.add(new WrittenRanges(run, null, task, rows.finish(), count, 0));
    }
    return written;
  }

  private CommittedSnapshot commit(List<WrittenRanges> written) {
    return new OffsetCommit(table(), NAME, written).commit();
  }

  /** Fails where an offset is there twice or not at all. */
  private void assertHolds(long to0, long to1) {
    List<String> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table()).build()) {
      records.forEach(
          row -> rows.add(row.getField("source_partition") + "@" + row.getField("source_offset")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> expected = new ArrayList<>();
    for (long i = 0; i < to0; i++) {
      expected.add("0@" + i);
    }
    for (long i = 0; i < to1; i++) {
      expected.add("1@" + i);
    }
    assertThat(rows.stream().sorted().toList(), is(expected.stream().sorted().toList()));
    assertThat(TopicProgress.of(table()).toJson(), is("{\"t#topicI\":[" + to0 + "," + to1 + "]}"));
  }

  @Test
  void committingAgainGivesTheSameSnapshot() {
    List<WrittenRanges> written = read(10, 3);
    CommittedSnapshot first = commit(written);
    CommittedSnapshot again = commit(written);
    assertThat(first.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(again.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(again.getSnapshotId(), is(first.getSnapshotId()));
    assertThat(again.count(CommittedSnapshot.ROWS_READ), is(13L));
    assertHolds(10, 3);
    assertThat(table().history(), hasSize(1));
  }

  @Test
  void theSameOffsetsOfAnotherRunChangeNothing() {
    List<WrittenRanges> one = read(10, 3);
    List<WrittenRanges> other = read(10, 3);
    commit(one);
    assertThat(commit(other).getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertHolds(10, 3);
  }

  /** By the ingestion time alone could the records of both not be told apart. */
  @Test
  void aRunThatBeganBeforeTheOneBeforeHadEndedDoesNotBeginOffsetsAgain() {
    commit(read(10, 3));
    TopicProgress base = TopicProgress.of(table());
    long now = table().currentSnapshot().timestampMillis();

    for (long begun : new long[] {now, now + 1}) {
      OffsetPlan plan =
          new OffsetPlan(
              base,
              false,
              Map.of("t", "another"),
              List.of(new OffsetRange("t", 0, 0, 0), new OffsetRange("t", 1, 0, 0)),
              List.of(),
              0,
              List.of());
      RunFacts run = new RunFacts("k", NAME, "anew-" + begun, "1", begun * 1_000);
      List<WrittenRanges> written =
          List.of(new WrittenRanges(run, plan, plan.ranges(), List.of(), 0, 0));
      if (begun == now) {
        assertThat(
            assertThrows(IllegalStateException.class, () -> commit(written)).getMessage(),
            containsString("nothing was committed, run again"));
      } else {
        commit(written);
        assertThat(TopicProgress.of(table()).topic("t").begun(), is(List.of(begun * 1_000)));
      }
    }
  }

  @Test
  void overlappingRunsAreTrimmedWhicheverComesFirst() {
    List<WrittenRanges> shorter = read(10, 7);
    List<WrittenRanges> longer = read(25, 8);
    commit(shorter);
    CommittedSnapshot second = commit(longer);
    assertThat(second.count(CommittedSnapshot.ROWS_READ), is(16L));
    assertHolds(25, 8);
    assertThat(commit(shorter).getStatus(), is(CommittedSnapshot.COMMITTED));
    assertHolds(25, 8);
  }

  @Test
  void aRunThatCommitsInBetweenIsNotOverwritten() {
    List<WrittenRanges> other = read(10, 7);
    List<WrittenRanges> late = read(25, 8);
    Table raced = new ForeignCommit(table(), () -> commit(other));
    CommittedSnapshot committed = new OffsetCommit(raced, NAME, late).commit();
    assertThat(committed.count(CommittedSnapshot.ROWS_READ), is(16L));
    assertHolds(25, 8);
  }

  @Test
  void filesThatWereTrimmedForALostRaceAreRemoved() throws IOException {
    List<WrittenRanges> first = read(4, 1);
    List<WrittenRanges> other = read(10, 7);
    List<WrittenRanges> late = read(25, 8);
    commit(first);
    Table raced = new ForeignCommit(table(), () -> commit(other));
    new OffsetCommit(raced, NAME, late).commit();
    assertHolds(25, 8);

    Set<String> known = new TreeSet<>();
    for (List<WrittenRanges> run : List.of(first, other, late)) {
      for (WrittenRanges one : run) {
        one.dataFiles().forEach(json -> known.add(name(FileJson.dataFile(table(), json))));
      }
    }
    try (CloseableIterable<FileScanTask> tasks = table().newScan().planFiles()) {
      tasks.forEach(task -> known.add(name(task.file())));
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.endsWith(".parquet"))
              .collect(Collectors.toCollection(TreeSet::new)),
          is(known));
    }
  }

  private static String name(DataFile file) {
    return file.location().substring(file.location().lastIndexOf('/') + 1);
  }

  @Test
  void progressWithoutARecordIsASnapshotWithoutAFile() {
    TopicProgress base = TopicProgress.none();
    OffsetRange range = new OffsetRange("t", 0, 0, 5);
    OffsetPlan plan =
        new OffsetPlan(
            base, false, Map.of("t", "topicId"), List.of(range), List.of(), 0, List.of());
    RunFacts run = new RunFacts("k", NAME, "run", "1", 0);
    CommittedSnapshot committed =
        commit(List.of(new WrittenRanges(run, plan, List.of(range), List.of(), 0, 0)));
    assertThat(committed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(TopicProgress.of(table()).topic("t").next(), is(List.of(5L)));
  }

  @Test
  void aRollbackTakesOffsetsBackAndStopsRunsThatWereOnTheirWay() {
    commit(read(10, 3));
    long first = table().currentSnapshot().snapshotId();
    commit(read(20, 3));
    List<WrittenRanges> onItsWay = read(30, 3);
    table().manageSnapshots().rollbackTo(first).commit();

    String refused = assertThrows(IllegalStateException.class, () -> commit(onItsWay)).getMessage();
    assertThat(refused, containsString("run again"));
    commit(read(30, 3));
    assertHolds(30, 3);
  }

  @Test
  void offsetsAndTheTopicsIdSurviveTheirSnapshot() {
    commit(read(10, 3));
    table().newAppend().commit();
    table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    assertThat(TopicProgress.of(table()).toJson(), is("{\"t#topicI\":[10,3]}"));
    commit(read(12, 3));
    assertHolds(12, 3);
  }

  /** Leaves nothing of the table but its rows. */
  private void forgetSummaries() {
    table().updateProperties().set("write.metadata.previous-versions-max", "1").commit();
    table().newAppend().commit();
    table().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    table().updateProperties().set("a", "b").commit();
  }

  @Test
  void whereOffsetsBeganAgainIsRecoveredFromRows() {
    commit(read(10, 3));
    ingestionMicros = (table().currentSnapshot().timestampMillis() + 1) * 1_000;
    commit(
        read(
            TopicProgress.of(table()),
            "another",
            List.of(new OffsetRange("t", 0, 0, 4), new OffsetRange("t", 1, 0, 0))));
    TopicProgress.Topic told = TopicProgress.of(table()).topic("t");
    assertThat(told.begun(), is(List.of(ingestionMicros)));

    forgetSummaries();

    TopicProgress.Topic recovered = TopicProgress.of(table()).topic("t");
    assertThat(recovered.begun(), is(told.begun()));
    assertThat("of partition 1 nothing is known", recovered.next(), is(List.of(4L)));
  }

  @Test
  void offsetsOfTwoRunsAtOnceDidNotBeginAgainWhicheverCommittedFirst() {
    ingestionMicros += 1_000;
    commit(read(10, 3));
    ingestionMicros -= 1_000;
    commit(read(20, 4));
    forgetSummaries();
    assertThat(TopicProgress.of(table()).toJson(), is("{\"t\":[20,4]}"));
  }

  @Test
  void offsetsAreRecoveredFromRowsWhereNothingElseIsLeft() {
    commit(read(10, 3));
    forgetSummaries();
    assertThat(TopicProgress.of(table()).toJson(), is("{\"t\":[10,3]}"));
    commit(read(12, 3));
    assertHolds(12, 3);
  }
}
