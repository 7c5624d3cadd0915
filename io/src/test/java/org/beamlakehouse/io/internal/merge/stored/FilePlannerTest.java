package org.beamlakehouse.io.internal.merge.stored;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.merge.LatestMergeTest;
import org.beamlakehouse.io.merge.TestTables;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the listing of a table's files gives, against Iceberg's own planning. */
class FilePlannerTest {
  @TempDir Path folder;
  private TestTables orders;

  @BeforeEach
  void fillTable() {
    orders = new TestTables(folder, LatestMergeTest.orders().build());
    for (int batch = 0; batch < 6; batch++) {
      if (batch == 3) {
        // Files of two specs, both of which the table still has.
        orders.table().updateSpec().addField("status").commit();
      }
      List<Change> changes = new ArrayList<>();
      for (long id = 5L * batch; id < 5L * batch + 15; id++) {
        changes.add(orders.upsert(batch + 1, id, id % 2 == 0 ? "new" : "paid", "n" + batch));
      }
      orders.merge(changes);
    }
  }

  @Test
  void findsWhatIcebergFinds() throws IOException {
    Table table = orders.table();
    long snapshot = table.currentSnapshot().snapshotId();
    TableState state = TableState.load(orders.catalog(), orders.definition());
    FilePlanner listing = new FilePlanner(List.of("id", "status"));
    FilePlanner scanning = new FilePlanner(List.of("id"), 0);
    List<Expression> conditions = new ArrayList<>();
    for (int shard = 0; shard < state.sharding().count(); shard++) {
      Expression ofShard = state.sharding().filter(shard);
      conditions.add(ofShard);
      for (long id = -1; id < 45; id += 4) {
        conditions.add(Expressions.and(ofShard, Expressions.equal("id", id)));
        conditions.add(Expressions.and(ofShard, Expressions.greaterThan("id", id)));
      }
    }
    conditions.add(Expressions.equal("status", "new"));
    conditions.add(Expressions.isNull("id"));
    TreeSet<Integer> sizes = new TreeSet<>();
    for (Expression condition : conditions) {
      List<String> expected;
      try (CloseableIterable<FileScanTask> tasks = table.newScan().filter(condition).planFiles()) {
        expected = names(tasks);
      }
      sizes.add(expected.size());
      assertThat(
          condition.toString(), names(listing.plan(table, snapshot, condition)), equalTo(expected));
      assertThat(
          condition.toString(),
          names(scanning.plan(table, snapshot, condition)),
          equalTo(expected));
    }
    assertThat("conditions of all sorts", sizes.size(), greaterThan(3));
  }

  @Test
  void readsManifestsOncePerSnapshot() throws IOException {
    Table before = orders.table();
    long snapshot = before.currentSnapshot().snapshotId();
    FilePlanner listing = new FilePlanner(List.of("id"));
    FilePlanner scanning = new FilePlanner(List.of("id"), 0);
    List<FileScanTask> all = listing.plan(before, snapshot, Expressions.alwaysTrue());
    orders.merge(orders.upsert(9, 1000L, "new", null));
    Table after = orders.table();
    long newer = after.currentSnapshot().snapshotId();
    assertThat(listing.plan(after, newer, Expressions.greaterThan("id", 999L)), hasSize(1));
    assertThat(listing.plan(before, snapshot, Expressions.greaterThan("id", 999L)), empty());
    for (ManifestFile manifest : before.currentSnapshot().allManifests(before.io())) {
      before.io().deleteFile(manifest.path());
    }

    assertThat(all, not(empty()));
    assertThat(
        names(listing.plan(before, snapshot, Expressions.alwaysTrue())), equalTo(names(all)));
    assertThrows(
        NotFoundException.class, () -> scanning.plan(before, snapshot, Expressions.alwaysTrue()));
  }

  /** A file and what is deleted from it. */
  private static List<String> names(Iterable<FileScanTask> tasks) {
    List<String> names = new ArrayList<>();
    tasks.forEach(
        task ->
            names.add(
                task.file().location()
                    + " "
                    + task.deletes().stream()
                        .map(delete -> delete.location() + "@" + delete.contentOffset())
                        .sorted()
                        .toList()));
    names.sort(null);
    return names;
  }
}
