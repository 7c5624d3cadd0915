package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.merge.shard.MergeCounts;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Merges that have less memory than their changes take. */
class SpilledMergeTest {
  private static final int KEYS = 1_500;

  @TempDir Path folder;

  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.of("hard deletes", LatestMergeTest.orders().deletes(DeleteMode.HARD).build()),
        Arguments.of("soft deletes", LatestMergeTest.orders().deletes(DeleteMode.SOFT).build()),
        Arguments.of("history", HistoryAndEventsMergeTest.customers().build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void partsGiveTheSameRowsAsOnePass(String name, TableDefinition definition) {
    TestTables table = new TestTables(folder, definition).withMemory(8 * 1024);
    table.merge(upserts(table, 1, KEYS));
    List<Change> second = upserts(table, 2, KEYS / 2);
    for (long id = KEYS / 2; id < KEYS; id += 3) {
      second.add(table.delete(2, id));
    }
    second.add(table.partial(3, "note", 7L, "partly", null));
    CommittedSnapshot merged = table.merge(second);

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(merged.count(MergeCounts.PASSES), greaterThan(20L));
    assertThat(
        "a data file has one vector, however many passes deleted from it",
        TestTables.files(table.table()).stream()
            .mapToInt(file -> file.deletes().size())
            .max()
            .orElseThrow(),
        lessThanOrEqualTo(1));

    table.merge(table.truncate(2));
    table.merge(table.upsert(4, 8L, "again", null));
    assertThat(table.rows(), equalTo(table.expected()));
  }

  @Test
  void aRefreshIsWrittenInParts() {
    TestTables table =
        new TestTables(folder, LatestMergeTest.orders().build()).withMemory(8 * 1024);
    table.merge(upserts(table, 5, 100));
    CommittedSnapshot refreshed = table.refresh(upserts(table, 1, KEYS).toArray(Change[]::new));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(table.rows(), hasSize(KEYS));
    assertThat(refreshed.count(MergeCounts.PASSES), greaterThan(10L));
  }

  @Test
  void aHotKeyTakesNoMoreMemoryThanWhatCanMatter() {
    TestTables table = new TestTables(folder, LatestMergeTest.orders().build());
    table.withMemory(256 * 1024);
    List<Change> changes = new ArrayList<>();
    for (long i = 0; i < 20_000; i++) {
      changes.add(table.upsert(i, 1L, "status " + i, "a note to take some room"));
    }
    CommittedSnapshot merged = table.merge(changes);

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(
        "all changes together are far above the budget", merged.count(MergeCounts.PASSES), is(1L));
  }

  /** Every change matters, so they are held together; beside them the rest is merged in parts. */
  @Test
  void aHotKeyOfAHistoryIsMergedBesideOthers() {
    TestTables table =
        new TestTables(folder, HistoryAndEventsMergeTest.customers().build())
            .withMemory(256 * 1024);
    int versions = 20_000;
    table.merge(ofOneKey(table, 0, 3, versions));
    table.merge(ofOneKey(table, 3L * versions, 3, versions / 4));
    CommittedSnapshot late = table.merge(ofOneKey(table, 1, 12, versions / 4));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(late.count(MergeCounts.PASSES), greaterThan(1L));
  }

  /** Changes of one key, some apart, and one of each of a thousand others. */
  private static List<Change> ofOneKey(TestTables table, long from, int apart, int count) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = from + (long) i * apart;
      changes.add(table.upsert(at, 1L, "city " + at, "a note to take some room"));
    }
    for (long id = 2; id < 1_002; id++) {
      changes.add(table.upsert(from, id, "city " + from, null));
    }
    return changes;
  }

  @Test
  void keysOfBytesAreSplitAsNumbersAre() {
    TestTables table =
        new TestTables(
                folder,
                TableDefinition.builder()
                    .name("silver.texts")
                    .columns(
                        Column.required("k", ColumnType.STRING),
                        Column.required("n", ColumnType.INT),
                        Column.of("v", ColumnType.STRING))
                    .keyColumns("k", "n")
                    .deletes(DeleteMode.HARD)
                    .sequenceBy("version")
                    .build())
            .withMemory(8 * 1024);
    for (int version = 1; version <= 2; version++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < KEYS; i += version) {
        changes.add(table.upsert(version, "key " + i, i % 5, "v" + version));
      }
      table.merge(changes);
    }
    table.merge(table.truncate(1));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(table.rows(), hasSize(KEYS / 2));
  }

  private static List<Change> upserts(TestTables table, long sequence, int keys) {
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < keys; id++) {
      changes.add(table.upsert(sequence, id, "s" + sequence + id % 3, null));
    }
    return changes;
  }
}
