package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.beamlakehouse.pipelines.internal.run.LakehouseRun;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with one table, product or source costs the others of its run nothing. */
class OneBadThingIT {
  private static final String COLUMNS =
      """
      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: amount, logicalType: integer, physicalType: long}
      """;
  private static final String SEQUENCE = "- {property: sequenceBy, value: seq}";
  private static final String EVOLVE = SEQUENCE + "\n- {property: onUnknownFields, value: evolve}";

  private static final int ROUNDS = 3;
  private static final long SEED = 20_261_130L;

  @TempDir Path folder;

  @Test
  void stopsOnlyItself() throws IOException {
    TestProject project = TestProject.create(folder);
    for (String name : List.of("good", "odd", "halted", "massive", "lost", "evolving")) {
      project.source(name, "json", "data/" + name + "/*.jsonl");
      project.lines("data/" + name + "/1.jsonl", List.of(row(1, 10, 1)));
    }
    project
        .contract("good", Contracts.of("good", "good", SEQUENCE, "", COLUMNS))
        .contract("odd", Contracts.of("odd", "odd", SEQUENCE, "", COLUMNS))
        .contract(
            "halted",
            Contracts.of(
                "halted",
                "halted",
                SEQUENCE,
                "- {name: positive, type: custom, engine: beam-lakehouse, implementation: amount >"
                    + " 0, customProperties: [{property: action, value: fail}]}",
                COLUMNS))
        .contract(
            "massive",
            Contracts.of(
                "massive",
                "massive",
                SEQUENCE + "\n- {property: failWhen, value: {moreThan: 2, quarantined: 60%}}",
                "",
                COLUMNS))
        .contract("lost", Contracts.of("lost", "lost", EVOLVE, "", COLUMNS))
        .contract("evolving", Contracts.of("evolving", "evolving", EVOLVE, "", COLUMNS))
        .gold("broken", product("broken", "SELECT id, 1 / (amount - 20) AS x FROM silver.good"))
        .gold("sums", product("sums", "SELECT id, amount AS x FROM silver.good"))
        .gold("odds", product("odds", "SELECT id, amount AS x FROM silver.odd"));
    project.run().done();

    // From here on everything but `good`, `evolving`, `sums` and `broken` has something to complain
    // about.
    project.table("silver.odd").updateSchema().deleteColumn("amount").commit();
    project.table("silver.odd").updateSchema().addColumn("amount", Types.StringType.get()).commit();
    project.kafkaSource(
        "away",
        "json",
        "localhost:1",
        "topics: [t]",
        "kafka: {default.api.timeout.ms: 500, request.timeout.ms: 300}");
    loseFilesOf(project, "bronze.lost");
    Catalogs.open(project.catalog()).dropTable(TableIdentifier.parse("silver.lost"), false);
    project.lines("data/good/2.jsonl", List.of(row(2, 20, 2)));
    project.lines(
        "data/evolving/2.jsonl", List.of("{\"id\":2,\"amount\":20,\"color\":\"red\",\"seq\":2}"));
    project.lines("data/odd/2.jsonl", List.of(row(2, 20, 2)));
    project.lines(
        "data/halted/2.jsonl",
        List.of(row(2, 20, 2), row(3, -1, 3), "{\"id\":4,\"amount\":\"x\",\"seq\":4}"));
    project.lines(
        "data/massive/2.jsonl", List.of(row(2, 20, 2), "{\"id\":3}", "{\"id\":4}", "{\"id\":5}"));
    CommandResult run = project.run();

    assertThat(run.err(), run.exitCode(), is(1));
    assertThat(run.err(), containsString("Cannot merge into silver.odd: its column amount"));
    assertThat(run.err(), containsString("Cannot publish silver.halted: a row fails"));
    assertThat(run.err(), containsString("3 of the batch's 4 records are quarantined"));
    assertThat(run.err(), containsString("gold.broken"));
    assertThat(run.err(), containsString("the source away"));
    assertThat(run.out(), containsString("gold.sums"));
    assertThat(run.err(), containsString("bronze.lost"));
    assertThat(project.rows("silver.good"), hasSize(2));
    assertThat(project.rows("silver.evolving", "color"), hasItem(Map.of("color", "red")));
    assertThat(project.rows("gold.sums"), hasSize(2));
    assertThat(project.rows("silver.halted"), hasSize(1));
    assertThat(project.rows("silver.massive"), hasSize(1));
    assertThat(project.rows("silver.odd"), hasSize(1));
    assertThat(project.rows("gold.broken"), hasSize(1));
    assertThat(
        lastRun(project),
        containsInAnyOrder(
            "bronze bronze.away failed",
            "bronze bronze.evolving committed",
            "bronze bronze.good committed",
            "bronze bronze.halted committed",
            "bronze bronze.lost failed",
            "bronze bronze.massive committed",
            "bronze bronze.odd committed",
            "silver silver.evolving committed",
            "silver silver.good committed",
            "silver silver.halted halted",
            "silver silver.massive halted",
            "silver silver.odd halted",
            "gold gold.broken failed",
            "gold gold.sums committed"));

    for (int repeated = 0; repeated < 2; repeated++) {
      assertThat(project.run().exitCode(), is(1));
    }
    assertThat(project.rows("silver.halted__quarantine"), hasSize(1));
    assertThat(project.rows("silver.massive__quarantine"), hasSize(3));
  }

  @Test
  void twoRunsAtOnceEndAsOneAfterTheOther() throws Exception {
    TestProject one = ItemProject.create(folder.resolve("one"));
    TestProject two = ItemProject.create(folder.resolve("two"));
    for (TestProject project : List.of(one, two)) {
      project.contract("strict", strict());
    }
    ItemBatches batches = new ItemBatches(SEED);
    List<ItemBatches.Batch> given = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<RunResult>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          // The second of them finds some of what the first finds, and more.
          ItemBatches.Batch batch = batches.next();
          ItemProject.write(one, given.size(), batch);
          ItemProject.write(two, given.size(), batch);
          given.add(batch);
          runs.add(threads.submit(() -> LakehouseRun.execute(request(two), message -> {})));
        }
        for (Future<RunResult> run : runs) {
          RunResult result = run.get();
          assertThat(result.toString(), result.isFailed(), is(false));
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(one.run().exitCode(), is(3));
    CommandResult last = two.run();
    assertThat(last.err(), last.exitCode(), is(3));

    ItemProject.assertBronzeHasEachLineOnce(two, given);
    for (String table : List.of("items", "items_hard", "items_history", "events")) {
      same("silver." + table, one, two);
      if (one.exists("silver." + table + "__quarantine")) {
        same("silver." + table + "__quarantine", one, two);
      }
    }
    same("gold.users", one, two);
    same("silver.strict__quarantine", one, two);
    RecordedRuns.assertCompleteAndSingle(two);
    assertThat(RecordedRuns.sums(two), is(RecordedRuns.sums(one)));
  }

  /** Halted by the first batch that there is, of which a row is quarantined as well. */
  private static String strict() {
    return ItemProject.itemsContract("strict", 1, "soft")
        .replace(
            "    properties:\n",
            """
                quality:
                  - {name: small, type: custom, engine: beam-lakehouse, implementation: size < 4, customProperties: [{property: action, value: fail}]}
                properties:
            """);
  }

  private static void same(String table, TestProject one, TestProject two) {
    TableContents.assertSame(table, TableContents.of(two, table), TableContents.of(one, table));
  }

  private static RunRequest request(TestProject project) {
    return RunRequest.builder()
        .project(Project.load(project.folder(), System.getenv()))
        .beamOptions(TestProject.beamOptions())
        .build();
  }

  /** Deletes the data files of a table. */
  private static void loseFilesOf(TestProject project, String name) throws IOException {
    Table table = project.table(name);
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> table.io().deleteFile(task.file().location()));
    }
  }

  /** Rows of the run that was recorded last. */
  private static List<String> lastRun(TestProject project) {
    List<Map<String, Object>> rows = new ArrayList<>(project.rows("ops.runs"));
    rows.sort(Comparator.comparing(row -> row.get("ended_at").toString()));
    Object last = rows.get(rows.size() - 1).get("run_id");
    return rows.stream()
        .filter(row -> row.get("run_id").equals(last))
        .map(row -> row.get("hop") + " " + row.get("table_name") + " " + row.get("status"))
        .toList();
  }

  private static String row(int id, int amount, int seq) {
    return "{\"id\":" + id + ",\"amount\":" + amount + ",\"seq\":" + seq + "}";
  }

  private static String product(String name, String sql) {
    return "/*---\ntable: gold." + name + "\n---*/\n" + sql + "\n";
  }
}
