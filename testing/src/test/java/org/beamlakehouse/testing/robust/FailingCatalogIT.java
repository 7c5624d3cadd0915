package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.robust.FailingCatalog.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose catalog goes away right before or after any of its commits, and after which the next
 * run ends with the tables of one that nobody disturbed: each row once, each file that a snapshot
 * names there. So for the commits to all kinds of tables, and for a catalog whose answers are wrong
 * or get lost.
 *
 * <p>A process that dies, which may be anywhere, is for {@link KilledRunIT}. Here every commit of a
 * run has its turn, before it and after it.
 */
class FailingCatalogIT {
  private static final List<Failure> AWAY = List.of(Failure.GONE_BEFORE, Failure.GONE_AFTER);

  /** What is left by so many runs is for one run to take up. */
  private static final int FAILURES_IN_A_ROW = 6;

  private static final long SEED = 20_261_129L;

  @TempDir Path folder;
  private final ItemBatches batches = new ItemBatches(SEED);
  private final List<ItemBatches.Batch> given = new ArrayList<>();

  @AfterEach
  void mendCatalog() {
    FailingCatalog.fail(Failure.NONE, "");
  }

  @Test
  void whereverItFailsTheNextRunEndsAsIfItHadNot() throws IOException {
    TestProject undisturbed = ItemProject.create(folder.resolve("undisturbed"));
    TestProject disturbed = ItemProject.create(folder.resolve("disturbed"));
    Path warehouse = disturbed.folder().resolve("warehouse");
    Path settings = disturbed.folder().resolve("lakehouse.yaml");
    String catalog =
        String.format(
            "catalog:%n  catalog-impl: %s%n  uri: jdbc:sqlite:%s%n  warehouse: %s%n",
            FailingCatalog.class.getName(), warehouse.resolve("catalog.db"), warehouse);
    disturbed.file("lakehouse.yaml", Files.readString(settings) + catalog);
    deliver(undisturbed, disturbed);
    run(disturbed).done();

    deliver(undisturbed, disturbed);
    FailingCatalog.fail(Failure.NONE, "");
    run(disturbed).done();
    List<String> commits = FailingCatalog.commits();
    assertThat(
        commits,
        hasItems(
            "bronze.items_cdc 1",
            "bronze.events 1",
            "bronze.items_cdc__dead_letter 1",
            "bronze.events__dead_letter 1",
            "silver.items__quarantine 1",
            "silver.items_hard__ledger 1",
            "silver.items_hard 1",
            "silver.items_history 1",
            "silver.events 1",
            "gold.users 1",
            "ops.runs 1",
            "ops.quality 1"));
    for (Failure wrong : List.of(Failure.SAYS_FAILED, Failure.SAYS_NOTHING)) {
      deliver(undisturbed, disturbed);
      FailingCatalog.fail(wrong, "");
      run(disturbed).done();
      FailingCatalog.fail(Failure.NONE, "");
      checkFiles(wrong.toString(), disturbed);
    }

    int rounds = 0;
    for (String commit : commits) {
      for (Failure how : AWAY) {
        deliver(undisturbed, disturbed);
        FailingCatalog.fail(how, commit);
        int code = run(disturbed).exitCode();
        String of = how + " " + commit + " of " + FailingCatalog.commits();
        assertThat(of, FailingCatalog.isGone(), is(true));
        assertThat(of, code, is(1));
        FailingCatalog.fail(Failure.NONE, "");
        if (++rounds % FAILURES_IN_A_ROW == 0) {
          run(disturbed).done();
          checkFiles(of, disturbed);
        }
      }
    }
    run(disturbed);
    run(undisturbed).done();

    assertThat(run(disturbed).done().out(), containsString("Nothing to do"));
    ItemProject.assertBronzeHasEachLineOnce(disturbed, given);
    assertThat(tables(disturbed), is(tables(undisturbed)));
    for (String table : tables(undisturbed)) {
      if (!table.startsWith("ops.") && !table.endsWith("__ledger")) {
        TableContents.assertSame(
            table, TableContents.of(disturbed, table), TableContents.of(undisturbed, table));
        assertThat(table, disturbed.rows(table), not(empty()));
      }
    }
  }

  /** Every file that a snapshot of any table names is there. */
  private static void checkFiles(String of, TestProject project) {
    for (String name : tables(project)) {
      Table table = project.table(name);
      Set<String> missing = new TreeSet<>();
      for (Snapshot snapshot : table.snapshots()) {
        for (ManifestFile manifest : snapshot.allManifests(table.io())) {
          addIfMissing(table, manifest.path(), missing);
        }
      }
      try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
        for (FileScanTask task : tasks) {
          addIfMissing(table, task.file().location(), missing);
          task.deletes().forEach(file -> addIfMissing(table, file.location(), missing));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assertThat("files of " + name + " after " + of, missing, empty());
    }
  }

  private static void addIfMissing(Table table, String location, Set<String> missing) {
    if (!table.io().newInputFile(location).exists()) {
      missing.add(location);
    }
  }

  /** With one worker, and without the Direct runner's checks of pipelines: there are many runs. */
  private static CommandResult run(TestProject project) {
    return TestProject.beamOptions().isEmpty()
        ? project.run(
            "--targetParallelism=1", "--enforceImmutability=false", "--enforceEncodability=false")
        : project.run();
  }

  private static List<String> tables(TestProject project) {
    Catalog catalog = Catalogs.open(project.catalog());
    List<String> tables = new ArrayList<>();
    for (Namespace namespace : ((SupportsNamespaces) catalog).listNamespaces()) {
      catalog.listTables(namespace).forEach(table -> tables.add(table.toString()));
    }
    return tables.stream().sorted().toList();
  }

  private void deliver(TestProject... projects) throws IOException {
    ItemBatches.Batch batch = batches.next();
    for (TestProject project : projects) {
      ItemProject.write(project, given.size(), batch);
    }
    given.add(batch);
  }
}
