package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.merge.table.RewriteThreshold;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.internal.merge.write.RowRemoval;
import org.beamlakehouse.io.merge.RandomMerges.Mode;
import org.beamlakehouse.io.merge.TableInvariants.Lineage;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each way of taking out rows does to files, and what it leaves of other engines' work. */
class WriteModesMergeTest {
  @TempDir Path folder;

  /** A table of one partition. */
  private TestTables orders(Mode mode) {
    return new TestTables(folder, definition(mode).build());
  }

  private static TableDefinition.Builder definition(Mode mode) {
    return LatestMergeTest.orders()
        .partitionBy(List.of("bucket(1, id)"))
        .deletes(DeleteMode.HARD)
        .tableProperties(mode.properties);
  }

  private static List<Change> range(TestTables table, long from, long to) {
    List<Change> changes = new ArrayList<>();
    for (long id = from; id < to; id++) {
      changes.add(table.upsert(1, id, "new", "n" + id));
    }
    return changes;
  }

  private static Map<Long, Object> column(Table table, String name) {
    Map<Long, Object> values = new TreeMap<>();
    try (var rows = IcebergGenerics.read(table).build()) {
      for (Record row : rows) {
        values.put((Long) row.getField("id"), row.getField(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"V2_COPY_ON_WRITE", "V3_COPY_ON_WRITE"})
  void copyOnWriteKeepsTheOrderOfRowsAndWritesNoDeletes(Mode mode) {
    TestTables table = orders(mode);
    table.merge(range(table, 0, 100));
    OtherWriter engine = new OtherWriter(table.table());
    List<Long> before = ids(engine.rows(TestTables.files(table.table()).get(0)));
    table.merge(
        table.upsert(2, 50L, "paid", null),
        table.delete(2, 7L),
        table.upsert(1, 200L, "new", null));

    assertThat(table.rows(), equalTo(table.expected()));
    List<FileScanTask> files = TestTables.files(table.table());
    assertThat("the rewritten file takes the new rows in", files, hasSize(1));
    assertThat(files.get(0).deletes(), empty());
    List<Long> carried = ids(new OtherWriter(table.table()).rows(files.get(0)));
    carried.removeAll(List.of(50L, 200L));
    before.removeAll(List.of(50L, 7L));
    assertThat(carried, equalTo(before));
  }

  private static List<Long> ids(List<Record> rows) {
    List<Long> ids = new ArrayList<>();
    rows.forEach(row -> ids.add((Long) row.getField("id")));
    return ids;
  }

  @Test
  void filesThatHoldNoChangedRowAreNotRewritten() {
    TestTables table = orders(Mode.V2_COPY_ON_WRITE);
    table.merge(range(table, 0, 10));
    table.merge(range(table, 10, 20));
    Set<String> before = locations(table.table());
    table.merge(table.upsert(2, 3L, "paid", null));

    Set<String> after = locations(table.table());
    after.retainAll(before);
    assertThat(after, hasSize(1));
    assertThat(table.rows(), equalTo(table.expected()));
  }

  private static Set<String> locations(Table table) {
    Set<String> locations = new TreeSet<>();
    TestTables.files(table).forEach(file -> locations.add(file.file().location()));
    return locations;
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "CHANGING")
  void positionDeletesOfOtherEnginesAreHonouredAndFoldedIn(Mode mode) {
    TestTables table =
        new TestTables(
            folder,
            definition(mode).tableProperties(Map.of(TableProperties.FORMAT_VERSION, "2")).build());
    table.merge(range(table, 0, 10));
    table.merge(range(table, 10, 20));
    Table before = table.table();
    List<FileScanTask> files = new OtherWriter(before).files();
    OtherWriter engine = new OtherWriter(before);
    List<Long> first = ids(engine.rows(files.get(0)));
    List<Long> second = ids(engine.rows(files.get(1)));
    DeleteFile ofPartition = engine.deletePosition(2, files);
    DeleteFile ofFile = engine.deletePosition(4, files.subList(0, 1));
    before.updateProperties().set(TableProperties.MERGE_MODE, property(mode)).commit();
    if (mode.properties.get(TableProperties.FORMAT_VERSION).equals("3")) {
      before.updateProperties().set(TableProperties.FORMAT_VERSION, "3").commit();
    }
    table.merge(table.upsert(2, first.get(5), "paid", null));

    Set<Long> expected = new TreeSet<>(first);
    expected.addAll(second);
    expected.removeAll(Set.of(first.get(2), second.get(2), first.get(4)));
    Table after = table.table();
    assertThat(column(after, "status").keySet(), equalTo(expected));
    assertThat(column(after, "status").get(first.get(5)), is("paid"));
    assertThat(deletes(after), not(hasItem(ofFile.location())));
    assertThat("still needed for the other file", deletes(after), hasItem(ofPartition.location()));
    FileScanTask merged = new OtherWriter(after).files().get(0);
    switch (RowRemoval.of(after)) {
      case VECTORS -> {
        assertThat(merged.deletes(), hasSize(1));
        assertThat(merged.deletes().get(0).recordCount(), is(3L));
      }
      case POSITION_DELETES -> assertThat(merged.deletes(), hasSize(2));
      case REWRITTEN_FILES -> assertThat(locations(after), hasSize(2));
    }
  }

  private static String property(Mode mode) {
    return mode.properties.get(TableProperties.MERGE_MODE);
  }

  private static Set<String> deletes(Table table) {
    Set<String> locations = new TreeSet<>();
    for (FileScanTask file : TestTables.files(table)) {
      file.deletes().forEach(delete -> locations.add(delete.location()));
    }
    return locations;
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "CHANGING")
  void deletesOfADroppedFileGoWithIt(Mode mode) {
    TestTables table = orders(mode);
    table.merge(range(table, 0, 10));
    table.merge(range(table, 10, 12));
    table.merge(table.delete(2, 10L));
    table.merge(table.delete(2, 11L));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(locations(table.table()), hasSize(1));
    assertThat(
        table.table().currentSnapshot().summary().getOrDefault("total-delete-files", "0"), is("0"));
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "CHANGING")
  void columnsThatOnlyTheTableKnowsKeepTheirValues(Mode mode) {
    TestTables table = orders(mode);
    table.merge(range(table, 0, 10));
    Table before = table.table();
    before
        .updateSchema()
        .addColumn("region", Types.StringType.get())
        .addColumn(
            "tags",
            Types.StructType.of(
                Types.NestedField.optional(
                    100, "names", Types.ListType.ofOptional(101, Types.StringType.get()))))
        .commit();
    new OtherWriter(before)
        .rewrite(
            row -> {
              row.setField("region", "r" + row.getField("id"));
              Record tags = GenericRecord.create(before.schema().findType("tags").asStructType());
              tags.setField("names", List.of("t" + row.getField("id")));
              row.setField("tags", tags);
            });
    table.merge(
        table.upsert(2, 3L, "paid", null), table.upsert(2, 4L, "paid", null), table.delete(2, 5L));
    table.merge(table.upsert(3, 3L, "sent", null), table.upsert(1, 99L, "new", null));

    Map<Long, Object> regions = column(table.table(), "region");
    Map<Long, Object> tags = column(table.table(), "tags");
    for (long id : List.of(0L, 3L, 4L, 9L)) {
      assertThat(regions.get(id), is("r" + id));
      assertThat(((Record) tags.get(id)).getField("names"), is(List.of("t" + id)));
    }
    assertThat(regions.get(99L), nullValue());
    assertThat(column(table.table(), "status").get(3L), is("sent"));
    assertThat(regions.keySet(), hasSize(10));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"V3_VECTORS", "V3_COPY_ON_WRITE"})
  void newRowsHaveTheDefaultsOfColumnsThatOnlyTheTableKnows(Mode mode) {
    TestTables table = orders(mode);
    table.merge(range(table, 0, 3));
    table
        .table()
        .updateSchema()
        .addRequiredColumn("region", Types.StringType.get(), "of the shop", Literal.of("eu"))
        .commit();
    table.table().updateSchema().updateColumnDefault("region", Literal.of("us")).commit();
    table.merge(table.upsert(2, 1L, "paid", null), table.upsert(1, 7L, "new", null));

    assertThat(column(table.table(), "region"), is(Map.of(0L, "eu", 1L, "eu", 2L, "eu", 7L, "us")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"V3_VECTORS", "V3_COPY_ON_WRITE"})
  void updatedRowsKeepTheirIdsAndCarriedOnesAlsoTheirLastUpdate(Mode mode) {
    TestTables table = orders(mode);
    table.merge(range(table, 0, 5));
    Map<String, Lineage> first = TableInvariants.lineage(table.table(), table.definition());
    table.merge(table.upsert(2, 1L, "paid", null), table.upsert(1, 9L, "new", null));
    Map<String, Lineage> second = TableInvariants.lineage(table.table(), table.definition());

    assertThat(second.get("1 ").id(), is(first.get("1 ").id()));
    assertThat(second.get("1 ").updated(), is(2L));
    assertThat(second.get("2 "), is(first.get("2 ")));
    assertThat(second.get("2 ").updated(), is(1L));
    assertThat(second.get("9 ").updated(), is(2L));
    table.merge(table.upsert(3, 1L, "sent", null), table.delete(2, 9L));
    Map<String, Lineage> third = TableInvariants.lineage(table.table(), table.definition());
    assertThat(third.get("1 ").id(), is(first.get("1 ").id()));
    assertThat(third.get("1 ").updated(), is(3L));
    assertThat(third.get("2 "), is(first.get("2 ")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"V2_POSITION_DELETES", "V3_VECTORS"})
  void aFileWithManyDeletedRowsIsRewrittenWithSmallOnes(Mode mode) {
    TestTables table =
        new TestTables(
            folder, definition(mode).tableProperties(withThreshold(mode, "0.3")).build());
    table.merge(range(table, 0, 100));
    table.merge(range(table, 100, 120));
    Map<String, Lineage> first = TableInvariants.lineage(table.table(), table.definition());
    table.merge(deletes(table, 0, 29, 119));
    assertThat("29 of 100 and one of 20 rows deleted", locations(table.table()), hasSize(2));

    table.merge(deletes(table, 29, 50, 100));

    assertThat(table.rows(), equalTo(table.expected()));
    List<FileScanTask> files = TestTables.files(table.table());
    assertThat("52 of 120 rows deleted", files, hasSize(1));
    assertThat(files.get(0).deletes(), empty());
    assertThat(files.get(0).file().recordCount(), is(68L));
    first.keySet().retainAll(TableInvariants.lineage(table.table(), table.definition()).keySet());
    assertThat(TableInvariants.lineage(table.table(), table.definition()), equalTo(first));
  }

  @Test
  void aSmallFileWithManyDeletedRowsDoesNotHaveALargerOneCopied() {
    Mode mode = Mode.V3_VECTORS;
    TestTables table =
        new TestTables(
            folder, definition(mode).tableProperties(withThreshold(mode, "0.3")).build());
    table.merge(range(table, 0, 100));
    Set<String> large = locations(table.table());
    table.merge(range(table, 100, 110));
    table.merge(deletes(table, 100, 105, 0));

    assertThat(table.rows(), equalTo(table.expected()));
    List<FileScanTask> files = TestTables.files(table.table());
    assertThat(
        files.stream().map(file -> file.file().recordCount()).toList(),
        containsInAnyOrder(100L, 5L));
    assertThat(locations(table.table()), hasItem(large.iterator().next()));
  }

  private static Map<String, String> withThreshold(Mode mode, String threshold) {
    Map<String, String> properties = new HashMap<>(mode.properties);
    properties.put(RewriteThreshold.KEY, threshold);
    return properties;
  }

  private static List<Change> deletes(TestTables table, long from, long to, long another) {
    List<Change> changes = new ArrayList<>(List.of(table.delete(2, another)));
    for (long id = from; id < to; id++) {
      changes.add(table.delete(2, id));
    }
    return changes;
  }

  @Test
  void theLedgerHasTheFormatVersionOfItsTable() {
    for (Mode mode : List.of(Mode.V2_POSITION_DELETES, Mode.V3_VECTORS)) {
      TestTables table =
          new TestTables(folder, definition(mode).name("silver." + mode.name()).build());
      table.merge(table.delete(1, 1L));
      assertThat(
          TableUtil.formatVersion(table.ledger()), is(TableUtil.formatVersion(table.table())));
    }
  }

  @Test
  void aTableThatSaysNothingIsMergedOnRead() {
    TestTables table = orders(Mode.V2_POSITION_DELETES);
    SilverTables.target(table.catalog(), table.definition())
        .updateProperties()
        .remove(TableProperties.MERGE_MODE)
        .commit();
    assertThat(RowRemoval.of(table.table()), is(RowRemoval.POSITION_DELETES));
  }
}
