package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.parquet.ParquetBloomRowGroupFilter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.beamlakehouse.io.internal.merge.shard.MergeCounts;
import org.beamlakehouse.io.internal.merge.stored.KeyFilter;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.Key;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the partitioning of a table splits a merge, and what is left unread. */
class LayoutsMergeTest {
  @TempDir Path folder;

  private TestTables visits(String... partitionBy) {
    return new TestTables(folder, visits(List.of(partitionBy)).build());
  }

  private static TableDefinition.Builder visits(List<String> partitionBy) {
    return TableDefinition.builder()
        .name("silver.visits")
        .columns(
            Column.required("id", ColumnType.LONG),
            Column.required("site", ColumnType.STRING),
            Column.of("at", ColumnType.TIMESTAMPTZ))
        .keyColumns("id", "site")
        .deletes(DeleteMode.HARD)
        .partitionBy(partitionBy)
        .sequenceBy("version");
  }

  private static int shards(TestTables table) {
    return Sharding.of(table.table(), table.definition()).count();
  }

  @Test
  void bucketsOfTheFirstKeyColumnSplitAMergeWhateverElseThereIs() {
    TestTables table = visits("day(at)", "bucket(4, id)", "site");
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < 40; id++) {
      changes.add(table.upsert(1, id, "s" + id % 3, TestTables.time(1440 * (id % 2))));
    }
    table.merge(changes);
    assertThat(shards(table), is(4));
    List<Change> moved = new ArrayList<>();
    for (long id = 0; id < 40; id += 2) {
      moved.add(table.upsert(2, id, "s" + id % 3, TestTables.time(1440 * 5)));
    }
    table.merge(moved);

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(shards(table), is(4));
  }

  @Test
  void bucketsOfAnotherKeyColumnDoNotSplitAMerge() {
    TestTables table = visits("bucket(4, site)");
    table.merge(table.upsert(1, 1L, "a", null));
    assertThat(shards(table), is(1));
  }

  @Test
  void partitioningMayChangeAroundTheBucketsWithoutLosingTheSplit() {
    TestTables table = visits("bucket(4, id)");
    table.merge(table.upsert(1, 1L, "a", null), table.upsert(1, 2L, "a", TestTables.time(5)));
    table.table().updateSpec().addField(Expressions.day("at")).commit();
    table.merge(table.upsert(2, 1L, "a", TestTables.time(9)), table.upsert(1, 3L, "a", null));
    assertThat(shards(table), is(4));
    assertThat(table.rows(), equalTo(table.expected()));

    table.table().updateSpec().removeField("id_bucket").commit();
    assertThat("new files have no buckets", shards(table), is(1));
    table.table().updateSpec().removeField("at_day").addField(Expressions.bucket("id", 8)).commit();
    assertThat("old files have other buckets", shards(table), is(1));
    table.merge(table.upsert(3, 1L, "a", null), table.upsert(2, 2L, "a", null));
    table.merge(table.upsert(3, 3L, "a", null));
    assertThat(table.rows(), equalTo(table.expected()));
    assertThat("all files are of the new buckets by now", shards(table), is(8));
  }

  @Test
  void morePartitionsThanFilesAreOpenAtATimeAreWritten() {
    TestTables table = visits("site");
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < 300; id++) {
      changes.add(table.upsert(1, id, "s" + id % 100, null));
    }
    table.merge(changes);

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(TestTables.files(table.table()), hasSize(100));
  }

  @Test
  void filesOfPartitionsThatCannotHoldTheKeysAreLeftOut() {
    TestTables table = visits("truncate(10, id)");
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < 50; id++) {
      changes.add(table.upsert(1, id, "a", null));
    }
    table.merge(changes);
    assertThat(TestTables.files(table.table()), hasSize(5));
    var merged = table.merge(table.upsert(2, 12L, "a", null), table.upsert(2, 17L, "a", null));

    assertThat(merged.count(MergeCounts.DATA_FILES_READ), is(1L));
    assertThat(table.rows(), equalTo(table.expected()));
  }

  @Test
  void rowGroupsAreLeftOutByBloomFilters() throws IOException {
    TestTables table =
        new TestTables(
            folder,
            visits(List.of("bucket(1, id)"))
                .tableProperties(
                    Map.of(
                        "write.parquet.bloom-filter-enabled.column.site", "true",
                        "write.parquet.bloom-filter-ndv.column.site", "2000"))
                .build());
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < 2000; id += 2) {
      changes.add(table.upsert(1, id, "site-" + id, null));
    }
    table.merge(changes);
    FileScanTask file = TestTables.files(table.table()).get(0);
    assertThat(
        "its filter is small where its size is told",
        file.file().fileSizeInBytes(),
        lessThan(100_000L));
    int read = 0;
    Schema schema = table.table().schema();
    for (long id = 501; id < 601; id += 2) {
      Expression filter =
          KeyFilter.of(schema, List.of("id", "site"), List.of(Key.of(id, "site-" + id)));
      read += mayHold(file, schema, filter) ? 1 : 0;
    }
    assertThat("keys within the bounds that are in no row", read, lessThan(10));
    Expression stored =
        KeyFilter.of(schema, List.of("id", "site"), List.of(Key.of(500L, "site-500")));
    assertThat(mayHold(file, schema, stored), is(true));
  }

  private static boolean mayHold(FileScanTask file, Schema schema, Expression filter)
      throws IOException {
    Path path = Path.of(URI.create(file.file().location()));
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(path))) {
      var block = reader.getRowGroups().get(0);
      return new ParquetBloomRowGroupFilter(schema, filter)
          .shouldRead(
              reader.getFileMetaData().getSchema(), block, reader.getBloomFilterDataReader(block));
    }
  }
}
