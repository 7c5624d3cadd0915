package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two tables of a public data set over four years, through {@code lakehouse run}: each is delivered
 * in one batch, in 6 and in 12, in order and shuffled with 5 % of the messages twice, to an SCD1
 * and an SCD2 table. What was published is the oracle. Skipped where the data is not there.
 *
 * <p>All deliveries share one project and its runs; the name of the table in the messages tells
 * them apart.
 */
class RealHistoryIT {
  private static final int RUNS = Integer.getInteger("lakehouse.test.historyBatches", 12);
  private static final List<Integer> BATCHES = List.of(1, RUNS / 2, RUNS);
  private static final int SHOWN = 5;
  private static final String SOURCE = "changes";

  @TempDir static Path folder;

  private static final List<Delivery> DELIVERIES = new ArrayList<>();
  private static final Map<String, List<Map<String, Object>>> ROWS = new TreeMap<>();
  private static TestProject project;

  /** One way to deliver a history, with a table name of its own. */
  private record Delivery(PublishedHistory history, int batches, String order) {
    String table() {
      return history.name() + "_" + batches + "_" + order;
    }

    String latest() {
      return "silver." + table();
    }

    String versions() {
      return "silver." + table() + "_versions";
    }

    /** Writes all messages, each batch to the folder of the run that it waits for. */
    void write(TestProject to) {
      List<String> messages = new ArrayList<>(history.messagesOf(table()));
      if (order.equals("shuffled")) {
        Random random = new Random(batches);
        int all = messages.size();
        for (int i = 0; i < all / 20; i++) {
          messages.add(messages.get(random.nextInt(all)));
        }
        Collections.shuffle(messages, random);
      }
      for (int batch = 0; batch < batches; batch++) {
        int from = (int) ((long) messages.size() * batch / batches);
        int end = (int) ((long) messages.size() * (batch + 1) / batches);
        int run = batch * RUNS / batches;
        to.lines(waiting(run) + "/" + table() + ".jsonl", messages.subList(from, end));
      }
    }
  }

  private static String waiting(int run) {
    return String.format("waiting/%02d", run);
  }

  @BeforeAll
  static void run() throws Exception {
    Path data = SharedFiles.path("data/ourairports");
    List<PublishedHistory> histories =
        List.of(
            PublishedHistory.load(
                data,
                "regions",
                List.of(
                    "id",
                    "code",
                    "local_code",
                    "name",
                    "continent",
                    "iso_country",
                    "wikipedia_link",
                    "keywords")),
            PublishedHistory.load(
                data,
                "countries",
                List.of("id", "code", "name", "continent", "wikipedia_link", "keywords")));
    project = TestProject.create(folder).source(SOURCE, "debezium-json", "data/*/*.jsonl");
    for (PublishedHistory history : histories) {
      for (int batches : BATCHES) {
        for (String order : List.of("ordered", "shuffled")) {
          Delivery delivery = new Delivery(history, batches, order);
          project.contract(delivery.table(), contract(delivery));
          delivery.write(project);
          DELIVERIES.add(delivery);
        }
      }
    }
    Files.createDirectories(folder.resolve("data"));
    for (int run = 0; run < RUNS; run++) {
      Path waiting = folder.resolve(waiting(run));
      Files.move(waiting, folder.resolve("data/" + waiting.getFileName()));
      project.run().done();
    }
    for (Delivery delivery : DELIVERIES) {
      ROWS.put(delivery.latest(), project.rows(delivery.latest()));
      ROWS.put(delivery.versions(), project.rows(delivery.versions()));
    }
  }

  private static String contract(Delivery delivery) {
    StringBuilder yaml = new StringBuilder("kind: DataContract\napiVersion: v3.1.0\nid: ");
    yaml.append(delivery.table()).append("\nversion: 1.0.0\nstatus: active\nschema:\n");
    for (int scdType : List.of(1, 2)) {
      String table = scdType == 1 ? delivery.latest() : delivery.versions();
      yaml.append("  - name: ").append(table.replace('.', '_')).append('\n');
      yaml.append("    physicalName: ").append(table).append('\n');
      yaml.append("    customProperties:\n");
      yaml.append("      - {property: source, value: ").append(SOURCE).append("}\n");
      yaml.append("      - {property: sourceTable, value: public.");
      yaml.append(delivery.table()).append("}\n");
      yaml.append("      - {property: storedAsScdType, value: ").append(scdType).append("}\n");
      yaml.append("    properties:\n");
      for (String column : delivery.history().columns()) {
        yaml.append("      - {name: ").append(column).append(", logicalType: string");
        yaml.append(column.equals("id") ? ", primaryKey: true, primaryKeyPosition: 1}\n" : "}\n");
      }
    }
    return yaml.toString();
  }

  @TestFactory
  Stream<DynamicTest> latestRowsAreTheLastPublishedTable() {
    return tests(
        delivery ->
            assertSame(
                "live rows",
                live(delivery),
                delivery.history().checkpoints().get(delivery.history().checkpoints().lastKey())));
  }

  @TestFactory
  Stream<DynamicTest> versionsAsOfEachCheckpointAreThePublishedTable() {
    return tests(
        delivery -> {
          assertThat(delivery.history().checkpoints().size(), is(13));
          delivery
              .history()
              .checkpoints()
              .forEach(
                  (time, published) ->
                      assertSame("as of " + time, asOf(delivery, time), published));
        });
  }

  @TestFactory
  Stream<DynamicTest> currentVersionsAreTheLatestRows() {
    return tests(
        delivery -> {
          List<List<Object>> current =
              rows(delivery.versions()).stream()
                  .filter(row -> row.get("is_current").equals(true))
                  .map(row -> values(row, delivery.history().columns()))
                  .toList();
          assertSame("current versions", current, Set.copyOf(live(delivery)));
        });
  }

  @TestFactory
  Stream<DynamicTest> everyDeliveryGivesTheSameTables() {
    return tests(
        delivery -> {
          Delivery first = new Delivery(delivery.history(), 1, "ordered");
          List<String> latest = new ArrayList<>(delivery.history().columns());
          latest.addAll(List.of("is_deleted", "deleted_at"));
          assertSameColumns(delivery.latest(), first.latest(), latest);
          List<String> versions = new ArrayList<>(delivery.history().columns());
          versions.addAll(List.of("valid_from", "valid_to", "is_current", "row_hash"));
          assertSameColumns(delivery.versions(), first.versions(), versions);
        });
  }

  private static Stream<DynamicTest> tests(Consumer<Delivery> test) {
    return DELIVERIES.stream()
        .map(delivery -> DynamicTest.dynamicTest(delivery.table(), () -> test.accept(delivery)));
  }

  private static List<List<Object>> live(Delivery delivery) {
    return rows(delivery.latest()).stream()
        .filter(row -> row.get("is_deleted").equals(false))
        .map(row -> values(row, delivery.history().columns()))
        .toList();
  }

  private static List<List<Object>> asOf(Delivery delivery, Instant time) {
    return rows(delivery.versions()).stream()
        .filter(row -> !time(row.get("valid_from")).isAfter(time))
        .filter(row -> row.get("valid_to") == null || time(row.get("valid_to")).isAfter(time))
        .map(row -> values(row, delivery.history().columns()))
        .toList();
  }

  private static Instant time(Object value) {
    return ((OffsetDateTime) value).toInstant();
  }

  private static List<Map<String, Object>> rows(String table) {
    return ROWS.get(table);
  }

  private static List<Object> values(Map<String, Object> row, List<String> columns) {
    List<Object> values = new ArrayList<>();
    columns.forEach(column -> values.add(row.get(column)));
    return values;
  }

  private static void assertSameColumns(String table, String other, List<String> columns) {
    assertSame(
        table,
        rows(table).stream().map(row -> values(row, columns)).toList(),
        new HashSet<>(rows(other).stream().map(row -> values(row, columns)).toList()));
  }

  /** Compares whole contents, and shows a few of the rows that differ. */
  private static void assertSame(
      String what, List<? extends List<?>> actual, Collection<? extends List<?>> expected) {
    Set<List<?>> wanted = new HashSet<>(expected);
    Set<List<?>> found = new HashSet<>(actual);
    assertThat(what + ": not expected", without(found, wanted), empty());
    assertThat(what + ": missing", without(wanted, found), empty());
    assertThat(what + ": number of rows", actual.size(), is(expected.size()));
  }

  private static List<List<?>> without(Set<List<?>> rows, Set<List<?>> others) {
    return rows.stream()
        .filter(row -> !others.contains(row))
        .<List<?>>map(row -> row)
        .limit(SHOWN)
        .toList();
  }
}
