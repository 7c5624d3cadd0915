package org.beamlakehouse.pipelines.internal.gold;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.beamlakehouse.pipelines.internal.gold.query.GoldProduct;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.GoldSql;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits of a product that come again, too late, or while others work on its table. */
class CommitGoldTest {
  private static final String PRODUCT =
      """
      /*---
      table: gold.sizes
      owner: test
      description: Rows by size
      slaMinutes: 60
      consumers: [test]
      key: [size]
      ---*/
      SELECT size, COUNT(*) AS n FROM silver.items GROUP BY size
      """;

  private static final TableDefinition ITEMS =
      TableDefinition.builder()
          .name("silver.items")
          .keyColumns("id")
          .columns(Column.of("id", ColumnType.LONG), Column.of("size", ColumnType.LONG))
          .build();

  @TempDir Path folder;
  private CatalogConfig catalog;
  private GoldQuery query;
  private int plans;

  @BeforeEach
  void createTables() {
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
    SilverTables.target(catalog, ITEMS);
    GoldProduct product =
        GoldProduct.parse("gold/sizes.sql", PRODUCT, new Problems()).orElseThrow();
    query = GoldQuery.of(GoldSql.of(product, Map.of(), List.of(ITEMS)));
  }

  @Test
  void aPlanThatComesAgainIsCommittedOnceAndItsFilesStay() throws IOException {
    GoldPlan plan = plan(GoldPlan.Kind.FULL, 1);
    List<String> files = List.of(file(1), file(2));

    CommittedSnapshot first = commit(plan, files);
    CommittedSnapshot again = commit(plan, files);
    CommittedSnapshot mixed = commit(plan, List.of(files.get(0), file(2)));

    assertThat(first.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(again.getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(mixed.getSnapshotId(), is(first.getSnapshotId()));
    assertThat(table().currentSnapshot().snapshotId(), is(first.getSnapshotId()));
    assertThat(sizes(), contains(1L, 2L));
  }

  @Test
  void aPlanThatIsTooLateTakesNothingBackAndRemovesNothing() throws IOException {
    GoldPlan slow = plan(GoldPlan.Kind.FULL, 1);
    GoldPlan idle = plan(GoldPlan.Kind.NONE, 1);
    List<String> files = List.of(file(1));
    commit(plan(GoldPlan.Kind.FULL, 2), List.of(file(3)));

    CommittedSnapshot late = commit(slow, files);
    commit(idle, List.of());

    assertThat(late.getStatus(), is(CommittedSnapshot.UNCHANGED));
    assertThat(sizes(), contains(3L));
    assertThat(Progress.of(table()).sequence("silver.items"), is(2L));
    String location = FileJson.dataFile(table(), files.get(0)).location();
    assertThat(table().io().newInputFile(location).exists(), is(true));
  }

  @Test
  void aCompactionInBetweenDoesNotMatter() throws IOException {
    commit(plan(GoldPlan.Kind.FULL, 1), List.of(file(1), file(2)));
    GoldPlan plan = plan(GoldPlan.Kind.FULL, 2);
    List<String> files = List.of(file(3));
    var rewrite = table().newRewrite();
    try (CloseableIterable<FileScanTask> tasks = table().newScan().planFiles()) {
      tasks.forEach(task -> rewrite.deleteFile(task.file()));
    }
    rewrite.addFile(FileJson.dataFile(table(), file(1, 2))).commit();

    assertThat(commit(plan, files).getStatus(), is(CommittedSnapshot.COMMITTED));
    assertThat(sizes(), contains(3L));
  }

  @Test
  void whatIsShownIsNotTakenBackByARunThatWasToldOfAnOlderSnapshot() {
    Table items = Catalogs.load(catalog, "silver.items");
    items.newAppend().commit();
    Progress.Position older = position(items);
    items.newAppend().commit();
    Progress.Position newer = position(items);

    assertThat(PlanGold.later(items, older, newer), is(newer));
    assertThat(PlanGold.later(items, newer, older), is(newer));
    assertThat(PlanGold.later(items, older, null), is(older));
    items.manageSnapshots().rollbackTo(older.snapshot()).commit();
    assertThat("rolled back", PlanGold.later(items, older, newer), is(older));
  }

  @Test
  void nothingIsCommittedWithoutRows() throws IOException {
    commit(plan(GoldPlan.Kind.NONE, 1), List.of());

    assertThat(sizes(), empty());
    assertThat(Progress.of(table()).sequence("silver.items"), is(1L));
  }

  private static Progress.Position position(Table table) {
    Snapshot current = table.currentSnapshot();
    return new Progress.Position(current.snapshotId(), current.sequenceNumber());
  }

  private CommittedSnapshot commit(GoldPlan plan, List<String> files) {
    return new CommitGold(catalog, query, RunStamp.NONE, OnFailure.THROW).commit(plan, files);
  }

  private GoldPlan plan(GoldPlan.Kind kind, long sequence) {
    Snapshot base = table().currentSnapshot();
    return new GoldPlan(
        "plan" + plans++,
        kind,
        List.of(),
        base == null ? null : base.snapshotId(),
        Map.of("silver.items", new Progress.Position(1000 + sequence, sequence)),
        0);
  }

  private String file(long... sizes) throws IOException {
    Table table = table();
    try (RowWriter writer = RowWriter.open(table)) {
      for (long size : sizes) {
        writer.write(InternalRow.over(new Object[] {size, 1L}));
      }
      return FileJson.write(table, writer.finish());
    }
  }

  private Table table() {
    return GoldTable.ensure(catalog, query);
  }

  private List<Long> sizes() throws IOException {
    List<Long> sizes = new ArrayList<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table()).build()) {
      rows.forEach(row -> sizes.add((Long) row.getField("size")));
    }
    sizes.sort(null);
    return sizes;
  }
}
