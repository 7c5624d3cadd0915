package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.merge.commit.CommitStep;
import org.beamlakehouse.io.internal.merge.commit.ResultFiles;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.io.merge.plan.ConcurrentCommitException;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other commits that come while a merge is prepared or committed: nothing is lost or doubled. */
class ConcurrentCommitTest {
  @TempDir Path folder;
  private TestTables orders;

  @BeforeEach
  void createTable() {
    orders = new TestTables(folder, definition().build());
  }

  private static TableDefinition.Builder definition() {
    return LatestMergeTest.orders().deletes(DeleteMode.HARD);
  }

  @Test
  void whatAnotherWriterDeletedIsMergedIntoAgain() throws IOException {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.upsert(5, 2L, "a", null));
    List<ShardResult> results = orders.prepare(List.of(orders.upsert(6, 1L, "mine", null)));
    new OtherWriter(orders.table()).delete(record -> true);
    Set<String> before = dataFiles();

    CommittedSnapshot committed = orders.commit(results);

    assertThat(committed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(committed.count(CommittedSnapshot.ROWS_INSERTED), is(1L));
    assertThat(orders.rows(), hasSize(1));
    assertThat(orders.rows().get(0), containsString("status=mine"));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(2L));
    // What came with the results stays: another execution of the same commit may have it as well.
    assertThat(dataFiles(), hasItems(before.toArray(new String[0])));
    assertThat(dataFiles(), hasSize(before.size() + 1));
  }

  @Test
  void aCompactionInBetweenLosesNoDelete() {
    orders.merge(
        orders.upsert(5, 1L, "a", null),
        orders.upsert(5, 2L, "a", null),
        orders.upsert(5, 3L, "a", null));
    orders.merge(orders.upsert(6, 2L, "b", null));
    List<ShardResult> results =
        orders.prepare(List.of(orders.delete(7, 1L), orders.upsert(7, 2L, "c", null)));
    new OtherWriter(orders.table()).compact();

    orders.commit(results);

    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  @Test
  void onlyTouchedShardsAreMergedAgain() {
    TestTables two =
        new TestTables(
            orders.catalog(),
            definition().name("silver.two").partitionBy(List.of("bucket(2, id)")).build());
    List<Change> rows = new ArrayList<>();
    for (long id = 1; id <= 10; id++) {
      rows.add(two.upsert(5, id, "a", null));
    }
    two.merge(rows);
    Sharding sharding = Sharding.of(two.table(), two.definition());
    long inFirst =
        1
            + Stream.iterate(0L, i -> i + 1)
                .filter(i -> sharding.shardOf(i + 1L) == 0)
                .findFirst()
                .orElseThrow();
    List<Change> batch = new ArrayList<>();
    for (long id = 1; id <= 10; id++) {
      batch.add(two.upsert(6, id, "b", null));
    }
    List<ShardResult> results = two.prepare(batch);
    new OtherWriter(two.table()).delete(record -> record.getField("id").equals(inFirst));

    two.commit(results);

    assertThat(two.rows(), equalTo(two.expected()));
    Set<String> live =
        TestTables.files(two.table()).stream()
            .map(task -> task.file().location())
            .collect(Collectors.toSet());
    for (ShardResult result : results) {
      String prepared =
          ResultFiles.data(two.table(), List.of(result), ShardResult::dataFiles).get(0).location();
      assertThat(
          "shard " + result.shard().index() + " was merged again",
          live.contains(prepared),
          is(result.shard().index() != 0));
    }
  }

  @ParameterizedTest
  @EnumSource(CommitStep.class)
  void anotherMergeMayCommitAtAnyStep(CommitStep step) {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.upsert(5, 2L, "a", null));
    List<ShardResult> results =
        orders.prepare(
            List.of(
                orders.upsert(7, 1L, "mine", null),
                orders.delete(7, 2L),
                orders.delete(7, 3L),
                orders.upsert(7, 4L, "mine", null)));
    AtStep other =
        new AtStep(
            step,
            () ->
                orders.mergeUntracked(
                    orders.upsert(6, 1L, "late", null),
                    orders.upsert(6, 2L, "late", null),
                    orders.upsert(6, 3L, "late", null),
                    orders.upsert(8, 4L, "newer", null)));

    CommittedSnapshot committed = orders.commit(results, other);

    assertThat(other.left, is(0));
    assertThat(committed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(2));
  }

  @ParameterizedTest
  @EnumSource(
      value = TablePlan.Mode.class,
      names = {"INCREMENTAL", "FULL_REFRESH"})
  void changesOnTheirWayWhileTheSplitChangesAreMergedAsOne(TablePlan.Mode mode) {
    orders.merge(orders.upsert(5, 1L, "a", null), orders.upsert(5, 2L, "a", null));
    List<Change> batch = new ArrayList<>();
    batch.add(orders.upsert(5, 2L, "a", null));
    for (long id = 1; id <= 20; id += 2) {
      batch.add(id % 3 == 0 ? orders.delete(6, id) : orders.upsert(6, id, "b", null));
    }
    List<ShardResult> results =
        orders.prepare(
            batch,
            mode,
            () ->
                orders
                    .table()
                    .updateSpec()
                    .removeField("id_bucket")
                    .addField(Expressions.bucket("id", 3))
                    .commit());
    TablePlan plan =
        new TablePlan("silver.orders", TestTables.UPSTREAM, orders.plan(2).upTo(), mode);

    CommittedSnapshot committed = orders.commit(plan, results);

    assertThat(committed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(orders.rows(), equalTo(orders.expected(batch)));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(2L));
  }

  @Test
  void whatOnlyTheLedgerKnowsIsNotMissedByAMergePreparedBefore() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    List<ShardResult> ghost = orders.prepare(List.of(orders.upsert(6, 9L, "ghost", null)));
    orders.merge(orders.delete(8, 9L));

    orders.commit(ghost);

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(1));
  }

  @Test
  void whatOnlyTheLedgerKnowsIsAppliedToRowsOfAMergeThatWasFaster() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    List<ShardResult> delete = orders.prepare(List.of(orders.delete(8, 9L)));
    AtStep other =
        new AtStep(
            CommitStep.LEDGER_COMMITTED,
            () -> orders.mergeUntracked(orders.upsert(6, 9L, "ghost", null)));

    orders.commit(delete, other);

    assertThat(other.left, is(0));
    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(1));
  }

  @Test
  void changesTooManyToTravelAreKeptInAFileUntilTheCommit() throws IOException {
    TestTables one =
        new TestTables(
            orders.catalog(),
            definition().name("silver.one").partitionBy(List.of("status")).build());
    one.merge(one.upsert(4, 1L, "a", null));
    List<Change> many = new ArrayList<>();
    for (long id = 0; id < 20_000; id++) {
      many.add(one.upsert(5, id, "status of many characters", "a note " + id));
    }
    List<ShardResult> results = one.prepare(many);
    assertThat(changeFiles(), hasSize(1));
    new OtherWriter(one.table()).compact();

    one.commit(results);

    assertThat(one.rows(), equalTo(one.expected()));
    assertThat(changeFiles(), empty());
  }

  @Test
  void aTableThatOthersNeverLeaveAloneIsGivenUpAsTheyLeftIt() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    orders.table().updateProperties().set(TableProperties.COMMIT_NUM_RETRIES, "2").commit();
    List<ShardResult> results = orders.prepare(List.of(orders.upsert(6, 1L, "mine", null)));
    int[] others = {0};
    AtStep busy =
        new AtStep(
            CommitStep.LEDGER_COMMITTED,
            () -> orders.table().newAppend().set("other", "" + others[0]++).commit());
    busy.left = Integer.MAX_VALUE;

    ConcurrentCommitException error =
        assertThrows(ConcurrentCommitException.class, () -> orders.commit(results, busy));

    assertThat(error.getMessage(), containsString("run again"));
    assertThat(others[0], is(3));
    assertThat(orders.rows().get(0), containsString("status=a"));
    orders.merge(orders.upsert(6, 1L, "mine", null));
    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  @ParameterizedTest
  @EnumSource(UnsureCatalog.Lost.class)
  void aCommitOfWhichTheAnswerIsLostIsMadeOnce(UnsureCatalog.Lost lost) {
    TestTables unsure = unsure();
    List<Change> rows = new ArrayList<>();
    for (long id = 1; id <= 40; id++) {
      rows.add(unsure.upsert(5, id, "a", null));
    }
    unsure.merge(rows);
    int before = snapshots(unsure);
    List<ShardResult> results =
        unsure.prepare(List.of(unsure.upsert(6, 1L, "b", null), unsure.delete(6, 2L)));
    UnsureCatalog.loseNextAnswer("silver.orders", lost);

    CommittedSnapshot committed = unsure.commit(results);

    assertThat(committed.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(snapshots(unsure), is(before + 1));
    assertThat(unsure.rows(), equalTo(unsure.expected()));
    ReferencedFiles.check(lost.toString(), unsure.table());
  }

  private TestTables unsure() {
    Map<String, String> properties = new HashMap<>(orders.catalog().properties());
    properties.remove("type");
    properties.put("catalog-impl", UnsureCatalog.class.getName());
    return new TestTables(new CatalogConfig("unsure", properties), definition().build());
  }

  @Test
  void aCatalogThatRefusesIsNoRaceThatWasLost() {
    TestTables unsure = unsure();
    unsure.merge(unsure.upsert(5, 1L, "a", null));
    List<ShardResult> results = unsure.prepare(List.of(unsure.upsert(6, 1L, "b", null)));
    for (RuntimeException refusal :
        List.of(
            new NotAuthorizedException("401"),
            new ForbiddenException("403"),
            new BadRequestException("400"),
            new ServiceUnavailableException("503"))) {
      UnsureCatalog.refuseNext("silver.orders", refusal);
      assertThat(
          assertThrows(RuntimeException.class, () -> unsure.commit(unsure.plan(2), results)),
          sameInstance(refusal));
    }

    unsure.commit(unsure.plan(2), results);
    assertThat(unsure.rows(), equalTo(unsure.expected()));
  }

  @Test
  void aRebuildDoesNotTakeBackWhatAnotherRunMergedBeyondIt() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    List<ShardResult> rebuild =
        orders.prepare(List.of(orders.upsert(5, 1L, "a", null)), TablePlan.Mode.FULL_REFRESH);
    orders.merge(orders.upsert(6, 1L, "b", null));

    assertThrows(
        ConcurrentCommitException.class,
        () ->
            orders.commit(
                TablePlan.fullRefresh("silver.orders", TestTables.UPSTREAM, orders.plan(1).upTo()),
                rebuild));

    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  @Test
  void rowsOfRolledBackSnapshotsDoNotCount() {
    orders.merge(orders.upsert(5, 1L, "a", null));
    long first = orders.table().currentSnapshot().snapshotId();
    orders.merge(orders.upsert(6, 1L, "b", null));
    List<ShardResult> results = orders.prepare(List.of(orders.upsert(7, 2L, "c", null)));
    orders.table().manageSnapshots().rollbackTo(first).commit();

    orders.commit(results);

    assertThat(orders.rows(), hasSize(2));
    assertThat(orders.rows().get(0), containsString("status=a"));
    assertThat(orders.rows(), everyItem(not(containsString("status=b"))));
  }

  private static int snapshots(TestTables table) {
    int count = 0;
    for (Snapshot ignored : SnapshotUtil.currentAncestors(table.table())) {
      count++;
    }
    return count;
  }

  /** Does something when a step is reached, so many times. */
  private static final class AtStep implements CommitStep.Observer {
    private final CommitStep step;
    private final Runnable action;
    private int left = 1;

    AtStep(CommitStep step, Runnable action) {
      this.step = step;
      this.action = action;
    }

    @Override
    public void reached(CommitStep reached) {
      if (reached == step && left > 0) {
        left--;
        action.run();
      }
    }
  }

  private Set<String> dataFiles() throws IOException {
    return files(".parquet");
  }

  private Set<String> changeFiles() throws IOException {
    return files(".bin");
  }

  private Set<String> files(String suffix) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.map(Path::toString)
          .filter(name -> name.endsWith(suffix))
          .collect(Collectors.toSet());
    }
  }
}
