package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Random histories through the whole engine against the pure rule over all changes at once. It
 * cannot prove the rules themselves: they have an oracle of their own.
 */
class MergePropertyTest {
  private static Path folder;
  private static CatalogConfig catalog;
  private static int tables;

  /** A table and the seed of its history. */
  record History(StorageType storage, DeleteMode deletes, boolean bucketed, long seed) {}

  @BeforeContainer
  static void openCatalog() throws IOException {
    folder = Files.createTempDirectory("merge");
    catalog = TestTables.catalog(folder);
  }

  @AfterContainer
  static void removeFiles() throws IOException {
    try (var walk = Files.walk(folder)) {
      walk.sorted(java.util.Comparator.reverseOrder())
          .map(Path::toFile)
          .forEach(java.io.File::delete);
    }
  }

  @Provide
  Arbitrary<History> histories() {
    return net.jqwik.api.Combinators.combine(
            Arbitraries.of(StorageType.LATEST, StorageType.HISTORY),
            Arbitraries.of(DeleteMode.class),
            Arbitraries.of(true, false),
            Arbitraries.longs())
        .as(History::new);
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void anyHistoryInAnyBatchesEqualsTheRuleOverAllChanges(@ForAll("histories") History history) {
    Random random = new Random(history.seed());
    TableDefinition.Builder definition =
        history.storage() == StorageType.HISTORY
            ? HistoryAndEventsMergeTest.customers()
            : LatestMergeTest.orders();
    String value = history.storage() == StorageType.HISTORY ? "city" : "status";
    TestTables table =
        new TestTables(
            catalog,
            definition
                .name("silver.t" + tables++)
                .deletes(history.deletes())
                .partitionBy(List.of(history.bucketed() ? "bucket(2, id)" : value))
                .build());
    List<Change> sent = new ArrayList<>();
    int batches = 2 + random.nextInt(2);
    for (int batch = 0; batch < batches; batch++) {
      List<Change> changes = new ArrayList<>();
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        changes.add(change(table, random, sent));
      }
      sent.addAll(changes);
      table.merge(changes);
      assertThat("batch " + batch + " of " + history, table.rows(), equalTo(table.expected()));
    }
  }

  private static Change change(TestTables table, Random random, List<Change> sent) {
    long id = random.nextInt(4);
    long sequence = 1 + random.nextInt(12);
    String value = "v" + random.nextInt(3);
    String note = random.nextBoolean() ? null : "n" + random.nextInt(2);
    return switch (random.nextInt(12)) {
      case 0, 1 -> table.delete(sequence, id);
      case 2 -> table.partial(sequence, "note", id, value, null);
      case 3 -> random.nextInt(3) == 0 ? table.truncate(sequence) : table.delete(sequence, id);
      case 4, 5 ->
          sent.isEmpty()
              ? table.upsert(sequence, id, value, note)
              : sent.get(random.nextInt(sent.size()));
      default -> table.upsert(sequence, id, value, note);
    };
  }
}
