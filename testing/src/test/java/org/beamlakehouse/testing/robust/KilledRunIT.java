package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that is killed by SIGKILL again and again, and started again, ends with the tables of a run
 * that nobody disturbed.
 *
 * <p>Two thirds of the kills come at an instant drawn uniformly over the length of an undisturbed
 * run, the others when a certain number of Iceberg metadata files has appeared, which is within a
 * commit or right after it. The operating system lives on, so that what a power failure loses is
 * not shown.
 */
class KilledRunIT {
  private static final int KILLS = Integer.getInteger("lakehouse.test.kills", 5);
  private static final int MOST_BATCHES = 40;
  private static final long SEED = 20_261_121L;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final List<String> log = new ArrayList<>();
  private long longestMillis;

  @Test
  void endsWithTheTablesOfAnUndisturbedRun() throws Exception {
    TestProject undisturbed = ItemProject.create(folder.resolve("undisturbed"));
    TestProject killed = ItemProject.create(folder.resolve("killed"));
    ItemBatches batches = new ItemBatches(SEED);
    List<ItemBatches.Batch> given = new ArrayList<>();
    int kills = 0;
    while (kills < KILLS && given.size() < MOST_BATCHES) {
      ItemBatches.Batch batch = batches.next();
      int number = given.size();
      given.add(batch);
      ItemProject.write(undisturbed, number, batch);
      ItemProject.write(killed, number, batch);
      if (number < 2) {
        // The first run creates the tables, the second is like all that follow.
        longestMillis = timeOfRun(undisturbed);
      }
      kills += killUntilDone(killed, KILLS - kills);
    }
    System.err.printf("KilledRunIT, seed %d: %d kills, %s%n", SEED, kills, log);
    assertThat("runs that were killed " + log, kills, greaterThanOrEqualTo(KILLS));
    start(killed).succeed();
    undisturbed.run().done();

    assertThat(killed.run().done().out(), containsString("Nothing to do"));
    RecordedRuns.assertCompleteAndSingle(killed);
    ItemProject.assertBronzeHasEachLineOnce(killed, given);
    List<String> tables = tables(undisturbed);
    assertThat(tables(killed), is(tables));
    for (String table : tables) {
      if (!table.startsWith("ops.") && !table.endsWith("__ledger")) {
        TableContents.assertSame(
            table, TableContents.of(killed, table), TableContents.of(undisturbed, table));
        assertThat(table, killed.rows(table), not(empty()));
      }
      assertHasNoEqualityDeletes(killed.table(table));
    }
  }

  /** Runs until a run ends by itself or enough were killed; gives the number of kills. */
  private int killUntilDone(TestProject project, int wanted) throws Exception {
    int kills = 0;
    while (kills < wanted) {
      ChildRun run = start(project);
      long started = System.nanoTime();
      String when;
      if (random.nextInt(3) > 0) {
        long millis = random.nextInt((int) longestMillis);
        when = millis + " ms";
        run.ends(millis);
      } else {
        int files = 1 + random.nextInt(8);
        when = "metadata file " + files;
        awaitMetadataFiles(run, project.folder().resolve("warehouse"), files);
      }
      if (!run.kill()) {
        run.succeed();
        log.add("ended before " + when);
        return kills;
      }
      log.add("killed at " + when + " (" + (System.nanoTime() - started) / 1_000_000 + " ms)");
      kills++;
    }
    return kills;
  }

  private void awaitMetadataFiles(ChildRun run, Path warehouse, int files) throws Exception {
    long before = metadataFiles(warehouse);
    while (run.isAlive() && metadataFiles(warehouse) < before + files) {
      Thread.sleep(2);
    }
    // From before the catalog learns of the file until the next step is under way.
    run.ends(random.nextInt(15));
  }

  private static long metadataFiles(Path warehouse) throws IOException {
    if (!Files.isDirectory(warehouse)) {
      return 0;
    }
    long count = 0;
    for (Path namespace : list(warehouse)) {
      for (Path table : list(namespace)) {
        count +=
            list(table.resolve("metadata")).stream()
                .filter(file -> file.toString().endsWith(".metadata.json"))
                .count();
      }
    }
    return count;
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private long timeOfRun(TestProject project) throws Exception {
    long started = System.nanoTime();
    start(project).succeed();
    return (System.nanoTime() - started) / 1_000_000;
  }

  private ChildRun start(TestProject project) throws IOException {
    return ChildRun.start(project.folder(), folder.resolve("output.txt"));
  }

  private static List<String> tables(TestProject project) {
    Catalog catalog = Catalogs.open(project.catalog());
    List<String> tables = new ArrayList<>();
    for (Namespace namespace : ((SupportsNamespaces) catalog).listNamespaces()) {
      catalog.listTables(namespace).forEach(table -> tables.add(table.toString()));
    }
    return tables.stream().sorted().toList();
  }

  private static void assertHasNoEqualityDeletes(Table table) throws IOException {
    for (Snapshot snapshot : table.snapshots()) {
      Map<String, String> summary = snapshot.summary();
      assertThat(table.name(), summary.getOrDefault("total-equality-deletes", "0"), is("0"));
    }
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        for (DeleteFile delete : task.deletes()) {
          assertThat(table.name(), delete.content(), is(FileContent.POSITION_DELETES));
        }
      }
    }
  }
}
