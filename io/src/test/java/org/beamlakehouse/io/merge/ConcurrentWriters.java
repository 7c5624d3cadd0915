package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.testing.spark.SparkProcess;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rounds of two merges, a compaction and Spark's deletes that all commit to one table at once:
 * whoever comes first, the table holds what the rule makes of all changes, less the rows that Spark
 * deleted. A concrete suite says on which tables. The system property {@code lakehouse.test.rounds}
 * gives more rounds than the few of a build.
 */
public abstract class ConcurrentWriters {
  private static final int ROUNDS = Integer.getInteger("lakehouse.test.rounds", 15);
  private static final int CHANGES = 12;
  private static final long SHARED_KEYS = 16;

  /** Keys from here on belong to one round; the next one's outside delete takes them away. */
  private static final long OWN_KEYS = 1_000;

  /** What Spark says where another commit has changed what it read; it is to plan again then. */
  private static final Pattern CONFLICT =
      Pattern.compile("ValidationException|CommitFailedException|concurrently modified");

  @TempDir static Path folder;
  private static CatalogConfig catalog;
  private static SparkProcess spark;

  private final Set<Long> deletedOutside = new HashSet<>();
  private int conflicts;

  @BeforeAll
  static void startSpark() {
    catalog = TestTables.catalog(folder);
    Map<String, String> properties = new HashMap<>(catalog.properties());
    properties.put("cache-enabled", "false");
    spark =
        SparkProcess.builder()
            .catalog(catalog.name(), properties)
            .setting("spark.sql.shuffle.partitions", "1")
            .jvmOptions("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .start(folder);
  }

  @AfterAll
  static void endSpark() {
    if (spark != null) {
      spark.close();
    }
  }

  /** Runs the rounds on a new table. */
  final void noChangeIsLostOrDoubled(
      StorageType storage, String partitionBy, String mode, int formatVersion) throws Exception {
    TableDefinition.Builder builder =
        storage == StorageType.HISTORY
            ? HistoryAndEventsMergeTest.customers()
            : LatestMergeTest.orders().deletes(DeleteMode.HARD);
    TableDefinition definition =
        builder
            .name("silver." + storage + "_by_" + partitionBy.replaceAll("\\W", ""))
            .partitionBy(List.of(partitionBy))
            .tableProperties(
                Map.of(
                    TableProperties.MERGE_MODE,
                    mode,
                    TableProperties.DELETE_MODE,
                    mode,
                    TableProperties.FORMAT_VERSION,
                    String.valueOf(formatVersion)))
            .build();
    TestTables table = new TestTables(catalog, definition);
    impatient(SilverTables.target(catalog, definition));
    impatient(SilverTables.ledger(catalog, definition, table.table(), 4));
    Random random = new Random(4711);
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Change> mine = changes(table, random, round, 0);
        List<Change> yours = changes(table, random, round, 1);
        Set<Long> outside = round == 0 ? Set.of() : ownKeys(round - 1);
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<?>> done = new ArrayList<>();
        done.add(writers.submit(merge(table, mine, start)));
        done.add(writers.submit(merge(table, yours, start)));
        done.add(writers.submit(repeated(start, () -> new OtherWriter(table.table()).compact())));
        String delete = sparkDelete(definition.name(), outside, round % 2 == 0);
        done.add(writers.submit(repeated(start, () -> runInSpark(delete))));
        for (Future<?> writer : done) {
          writer.get();
        }
        deletedOutside.addAll(outside);
        assertThat("round " + round, differences(table), empty());
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(deletedOutside.size(), is((ROUNDS - 1) * 2));
    assertThat("Spark planned again", conflicts, greaterThan(0));
  }

  private static String sparkDelete(String table, Set<Long> ids, boolean merge) {
    String target = catalog.name() + "." + table;
    String wanted = ids.stream().map(id -> id + "L").collect(Collectors.joining(", "));
    if (ids.isEmpty()) {
      return "SELECT 1";
    }
    return merge
        ? String.format(
            "MERGE INTO %s t USING (SELECT explode(array(%s)) AS id) s ON t.id = s.id"
                + " WHEN MATCHED THEN DELETE",
            target, wanted)
        : String.format("DELETE FROM %s WHERE id IN (%s)", target, wanted);
  }

  private void runInSpark(String statement) {
    try {
      spark.execute(statement);
    } catch (IllegalStateException e) {
      if (!CONFLICT.matcher(e.getMessage()).find()) {
        throw e;
      }
      conflicts++;
      throw new CommitFailedException(e, "Spark is to plan again");
    }
  }

  /** Waits between attempts only cost time here. */
  private static void impatient(Table table) {
    table
        .updateProperties()
        .set(TableProperties.COMMIT_MIN_RETRY_WAIT_MS, "5")
        .set(TableProperties.COMMIT_NUM_RETRIES, "50")
        .commit();
  }

  private static Callable<Void> merge(TestTables table, List<Change> changes, CyclicBarrier start) {
    return () -> {
      start.await();
      table.mergeUntracked(changes.toArray(new Change[0]));
      return null;
    };
  }

  /** As other engines do: plans again whenever somebody else was faster. */
  private static Callable<Void> repeated(CyclicBarrier start, Runnable write) {
    return () -> {
      start.await();
      while (true) {
        try {
          write.run();
          return null;
        } catch (ValidationException | CommitFailedException e) {
          Thread.sleep(5);
        }
      }
    };
  }

  private static Set<Long> ownKeys(int round) {
    return Set.of(OWN_KEYS + 2L * round, OWN_KEYS + 2L * round + 1);
  }

  private static List<Change> changes(TestTables table, Random random, int round, int writer) {
    List<Change> changes = new ArrayList<>();
    changes.add(table.upsert(1, OWN_KEYS + 2L * round + writer, "own", null));
    for (int i = 0; i < CHANGES; i++) {
      long id = random.nextLong(SHARED_KEYS);
      // Late and early ones, but no two alike: sources give each change a position of its own.
      long sequence =
          1_000_000L * random.nextInt(20 * (round + 1)) + 100L * round + 2L * i + writer + 2;
      changes.add(
          random.nextInt(5) == 0
              ? table.delete(sequence, id)
              : table.upsert(sequence, id, "v" + random.nextInt(3), "n" + random.nextInt(3)));
    }
    return changes;
  }

  /** What the table lacks and what it has too much; rows of keys deleted outside do not count. */
  private List<String> differences(TestTables table) {
    List<String> missing = present(table.expected());
    List<String> surplus = present(table.rows());
    List<String> both = new ArrayList<>(missing);
    surplus.forEach(missing::remove);
    both.forEach(surplus::remove);
    List<String> differences = new ArrayList<>();
    missing.forEach(row -> differences.add("missing: " + row));
    surplus.forEach(row -> differences.add("surplus: " + row));
    return differences;
  }

  /** Rows but for those of keys deleted from outside. */
  private List<String> present(List<String> rows) {
    return rows.stream()
        .filter(row -> deletedOutside.stream().noneMatch(id -> row.startsWith("id=" + id + " ")))
        .collect(Collectors.toList());
  }
}
