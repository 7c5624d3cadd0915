package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.beamlakehouse.io.iceberg.Catalogs;
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
  private static final int KILLS = Integer.getInteger("lakehouse.test.kills", 30);
  private static final int MOST_BATCHES = 40;
  private static final long SEED = 20_261_121L;

  private static final Instant FILES_SINCE = Instant.parse("2026-02-01T00:00:00Z");

  private static final String EVENTS_SQL =
      """
      /*---
      table: gold.users
      owner: test
      description: Users by day
      slaMinutes: 60
      consumers: [test]
      key: [event_date]
      incrementalBy: event_date
      ---*/
      SELECT event_date, COUNT_DISTINCT(user_id) AS users, COUNT(*) AS events
      FROM silver.events GROUP BY event_date
      """;

  private static final String CONTRACT_HEAD =
      """
      kind: DataContract
      apiVersion: v3.1.0
      id: %s
      version: 1.0.0
      status: active
      """;

  private static final String EVENTS_CONTRACT =
      CONTRACT_HEAD.formatted("events")
          + """
            schema:
              - name: events
                physicalName: silver.events
                customProperties:
                  - {property: source, value: events}
                  - {property: storedAsScdType, value: 0}
                  - {property: sequenceBy, value: event_ts}
                  - {property: eventTime, value: event_ts}
                quality:
                  - name: known_user
                    type: custom
                    engine: beam-lakehouse
                    implementation: "user_id >= 0"
                    severity: error
                properties:
                  - {name: event_id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true}
                  - {name: user_id, logicalType: integer, physicalType: long, required: true}
                  - {name: event_ts, logicalType: timestamp, physicalType: timestamptz, required: true}
            """;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final List<String> log = new ArrayList<>();
  private long longestMillis;

  @Test
  void endsWithTheTablesOfAnUndisturbedRun() throws Exception {
    TestProject undisturbed = project(folder.resolve("undisturbed"));
    TestProject killed = project(folder.resolve("killed"));
    ItemBatches batches = new ItemBatches(SEED);
    List<ItemBatches.Batch> given = new ArrayList<>();
    int kills = 0;
    while (kills < KILLS && given.size() < MOST_BATCHES) {
      ItemBatches.Batch batch = batches.next();
      int number = given.size();
      given.add(batch);
      write(undisturbed, number, batch);
      write(killed, number, batch);
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
    assertBronzeHasEachLineOnce(killed, given);
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

  private static TestProject project(Path folder) throws IOException {
    return TestProject.create(folder)
        .source("items_cdc", "debezium-json", "data/items/*.jsonl")
        .source("events", "json", "data/events/*.jsonl")
        .contract("items", itemsContract("items", 1, "soft"))
        .contract("items_hard", itemsContract("items_hard", 1, "hard"))
        .contract("items_history", itemsContract("items_history", 2, "hard"))
        .contract("events", EVENTS_CONTRACT)
        .gold("users", EVENTS_SQL);
  }

  private static void write(TestProject project, int number, ItemBatches.Batch batch)
      throws IOException {
    String items = "data/items/items-%03d.jsonl".formatted(number);
    String events = "data/events/events-%03d.jsonl".formatted(number);
    project.lines(items, batch.changes()).lines(events, batch.events());
    // Bronze keeps the time of a file's last change.
    for (String file : List.of(items, events)) {
      Files.setLastModifiedTime(
          project.folder().resolve(file), FileTime.from(FILES_SINCE.plusSeconds(number)));
    }
  }

  private static void assertBronzeHasEachLineOnce(
      TestProject project, List<ItemBatches.Batch> batches) {
    List<String> items = new ArrayList<>();
    List<String> events = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      expect(items, "data/items/items-%03d.jsonl".formatted(i), batches.get(i).changes());
      expect(events, "data/events/events-%03d.jsonl".formatted(i), batches.get(i).events());
    }
    TableContents.assertSame("bronze.items_cdc", lines(project, "bronze.items_cdc"), sorted(items));
    TableContents.assertSame("bronze.events", lines(project, "bronze.events"), sorted(events));
  }

  private static void expect(List<String> rows, String file, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      rows.add(file + " " + i + " " + lines.get(i));
    }
  }

  private static List<String> lines(TestProject project, String table) {
    return sorted(
        project.rows(table, "source_file", "source_position", "raw_payload").stream()
            .map(
                row ->
                    row.get("source_file")
                        + " "
                        + row.get("source_position")
                        + " "
                        + StandardCharsets.UTF_8.decode((ByteBuffer) row.get("raw_payload")))
            .toList());
  }

  private static List<String> sorted(List<String> rows) {
    return rows.stream().sorted(Comparator.naturalOrder()).toList();
  }

  private static List<String> tables(TestProject project) {
    Catalog catalog = Catalogs.open(project.catalog());
    List<String> tables = new ArrayList<>();
    for (Namespace namespace : ((SupportsNamespaces) catalog).listNamespaces()) {
      catalog.listTables(namespace).forEach(table -> tables.add(table.toString()));
    }
    return sorted(tables);
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

  private static String itemsContract(String name, int scdType, String deletes) {
    return CONTRACT_HEAD.formatted(name)
        + """
          schema:
            - name: %s
              physicalName: silver.%s
              customProperties:
                - {property: source, value: items_cdc}
                - {property: sourceTable, value: public.items}
                - {property: storedAsScdType, value: %d}
                - {property: deletes, value: %s}
              properties:
                - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                - {name: color, logicalType: string}
                - {name: size, logicalType: integer, physicalType: int}
          """
            .formatted(name, name, scdType, deletes);
  }
}
