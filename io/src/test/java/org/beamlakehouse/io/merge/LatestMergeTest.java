package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.merge.changes.HashRange;
import org.beamlakehouse.io.internal.merge.changes.LongKeyTable;
import org.beamlakehouse.io.internal.merge.shard.MergeCounts;
import org.beamlakehouse.io.internal.merge.stored.FilePlanner;
import org.beamlakehouse.io.internal.merge.stored.KeyFilter;
import org.beamlakehouse.io.internal.merge.stored.TargetReader;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges into tables that keep the latest row per key, read back by Iceberg's own reader. */
public class LatestMergeTest {
  @TempDir Path folder;
  private TestTables orders;

  public static TableDefinition.Builder orders() {
    return TableDefinition.builder()
        .name("silver.orders")
        .columns(
            Column.required("id", ColumnType.LONG),
            Column.of("status", ColumnType.STRING),
            Column.of("note", ColumnType.STRING))
        .keyColumns("id")
        .sequenceBy("version");
  }

  @BeforeEach
  void createTable() {
    orders = new TestTables(folder, orders().build());
  }

  @Test
  void newKeysAreInsertedAndStoredOnesUpdated() {
    CommittedSnapshot first =
        orders.merge(orders.upsert(1, 1L, "new", null), orders.upsert(1, 2L, "new", "x"));
    CommittedSnapshot second =
        orders.merge(orders.upsert(2, 1L, "paid", null), orders.upsert(1, 3L, "new", null));

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(3));
    assertThat(first.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(first.count(CommittedSnapshot.ROWS_INSERTED), is(2L));
    assertThat(second.count(CommittedSnapshot.ROWS_INSERTED), is(1L));
    assertThat(second.count(CommittedSnapshot.ROWS_UPDATED), is(1L));
    assertThat(second.count(MergeCounts.DATA_FILES_READ), is(1L));
    assertThat(second.count(MergeCounts.ROWS_FETCHED), is(0L));
    assertThat(second.getSnapshotId(), is(orders.table().currentSnapshot().snapshotId()));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(2L));
  }

  @Test
  void lateChangesLoseAndSoftDeletesKeepTheRow() {
    orders.merge(orders.upsert(5, 1L, "paid", "kept"));
    orders.merge(orders.upsert(3, 1L, "new", "old"));
    CommittedSnapshot deleted = orders.merge(orders.delete(9, 1L), orders.delete(4, 2L));

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows(), hasSize(2));
    assertThat(orders.rows().get(0), containsString("note=kept is_deleted=true"));
    assertThat(deleted.count(CommittedSnapshot.ROWS_DELETED), is(2L));
  }

  @Test
  void vectorsAccumulateOnOneDataFile() {
    List<Change> initial = new ArrayList<>();
    for (long id = 0; id < 200; id++) {
      initial.add(orders.upsert(1, id, "new", "n" + id));
    }
    orders.merge(initial);
    for (long batch = 0; batch < 5; batch++) {
      orders.merge(
          orders.upsert(2 + batch, batch, "a", null), orders.upsert(2, 100 + batch, "b", null));
    }

    assertThat(orders.rows(), equalTo(orders.expected()));
    List<FileScanTask> files = TestTables.files(orders.table());
    assertThat(
        "one vector per data file",
        files.stream().map(f -> f.deletes().size()).toList(),
        everyItem(org.hamcrest.Matchers.lessThanOrEqualTo(1)));
    assertThat(
        files.stream().flatMap(f -> f.deletes().stream()).map(d -> d.format()).distinct().toList(),
        contains(FileFormat.PUFFIN));
    assertThat(
        files.stream().flatMap(f -> f.deletes().stream()).mapToLong(d -> d.recordCount()).sum(),
        is(10L));
  }

  @Test
  void aRedeliveredBatchMakesNoSnapshotButProgressMoves() {
    Change change = orders.upsert(1, 1L, "new", null);
    CommittedSnapshot first = orders.merge(change);
    CommittedSnapshot again = orders.merge(change);

    assertThat(again.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(again.getSnapshotId(), is(first.getSnapshotId()));
    assertThat(again.count(MergeCounts.CHANGES_IGNORED), is(1L));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(2L));
    orders.merge(orders.upsert(2, 1L, "paid", null));
    assertThat(orders.progress().sequence(TestTables.UPSTREAM), is(3L));
  }

  @Test
  void aFileOfWhichNoRowIsLeftIsTakenOut() {
    orders.merge(orders.upsert(1, 1L, "new", null));
    orders.merge(orders.upsert(2, 1L, "paid", null));

    assertThat(orders.rows(), equalTo(orders.expected()));
    List<FileScanTask> files = TestTables.files(orders.table());
    assertThat(files, hasSize(1));
    assertThat(files.get(0).deletes(), empty());
  }

  @Test
  void aHardDeleteLeavesATombstoneInTheLedgerOnly() {
    TestTables hard = new TestTables(folder, orders().deletes(DeleteMode.HARD).build());
    hard.merge(hard.upsert(5, 1L, "paid", null), hard.upsert(5, 2L, "paid", null));
    CommittedSnapshot deleted = hard.merge(hard.delete(9, 1L), hard.delete(9, 7L));
    hard.merge(hard.upsert(8, 1L, "ghost", null), hard.upsert(8, 7L, "ghost", null));

    assertThat(hard.rows(), equalTo(hard.expected()));
    assertThat(hard.rows(), hasSize(1));
    assertThat(deleted.count(CommittedSnapshot.ROWS_DELETED), is(1L));
    assertThat(TestTables.rows(hard.ledger()), hasSize(2));
    hard.merge(hard.upsert(10, 7L, "back", null));
    assertThat(hard.rows(), equalTo(hard.expected()));
    assertThat(hard.rows(), hasSize(2));
  }

  @Test
  void unsentColumnsKeepTheNewestKnownValue() {
    orders.merge(orders.upsert(1, 1L, "new", "long text"));
    orders.merge(orders.partial(4, "note", 1L, "paid", null));
    orders.merge(orders.upsert(3, 1L, "late", "newer text"));

    assertThat(orders.rows(), equalTo(orders.expected()));
    assertThat(orders.rows().get(0), containsString("status=paid note=newer text"));
  }

  @Test
  void aTruncateDeletesOlderRowsOfAllBucketsWheneverItArrives() {
    TestTables hard = new TestTables(folder, orders().deletes(DeleteMode.HARD).build());
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < 50; id++) {
      changes.add(hard.upsert(id, id, "s", null));
    }
    hard.merge(changes);
    hard.merge(hard.truncate(25));
    hard.merge(hard.upsert(24, 7L, "too old", null), hard.upsert(26, 8L, "after", null));
    hard.merge(hard.truncate(25));

    assertThat(hard.rows(), equalTo(hard.expected()));
    assertThat(
        TestTables.rows(hard.ledger()).stream().filter(r -> r.contains("truncate")).toList(),
        hasSize(1));
  }

  @Test
  void nothingIsReadFromFilesThatCannotHoldTheKeys() {
    List<Change> initial = new ArrayList<>();
    for (long id = 0; id < 50; id++) {
      initial.add(orders.upsert(1, id, "new", null));
    }
    orders.merge(initial);
    TableState state = TableState.load(orders.catalog(), orders.definition());
    ChangeCodec codec = ChangeCodec.of(orders.definition());
    TargetReader reader =
        new TargetReader(
            state,
            new TargetShape(orders.definition(), state.target().schema()),
            codec,
            new FilePlanner(orders.definition().keyColumns()));
    LongKeyTable unknown = new LongKeyTable();
    unknown.add(1000);
    int shard = state.sharding().shardOf(7L);

    assertThat(reader.files(state.sharding().filter(shard)), hasSize(1));
    assertThat(
        reader.files(KeyFilter.of(state.target().schema(), codec, unknown, HashRange.WHOLE)),
        empty());
  }
}
