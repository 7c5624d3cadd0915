package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A source whose log begins anew, after a fail-over or the restore of a cluster, never freezes rows
 * without a word, and its order is told once. Nor does one whose order cannot be told.
 */
class NewLogIT {
  private static final long NOON = 1_706_184_000_000L;
  private static final long MINUTE = 60_000;
  private static final String COLUMNS =
      """
            - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
            - {name: val, logicalType: integer, physicalType: long}
      """;

  @TempDir Path folder;

  @Test
  void aNewLogHaltsItsTablesUntilItIsTold() throws Exception {
    TestProject project =
        TestProject.create(folder.resolve("project"))
            .file("lakehouse.yaml", "name: test\ncommitInterval: 1s\nsources:\n");
    project.source("shop", "debezium-json", "data/shop/*.jsonl");
    project.source("plants", "debezium-json", "data/plants/*.jsonl");
    contract(project, "orders", "shop", "");
    // The history's order is the log's; the versioned table's is its own.
    contract(
        project,
        "orders_history",
        "shop",
        "      - {property: sourceTable, value: orders}\n"
            + "      - {property: storedAsScdType, value: 2}\n");
    contract(
        project,
        "versioned",
        "shop",
        "      - {property: sourceTable, value: orders}\n"
            + "      - {property: sequenceBy, value: val}\n");
    contract(project, "beds", "plants", "");

    project.lines(
        "data/shop/a.jsonl",
        List.of(
            mysql("c", 1, 10, 412, 900, NOON, 1), mysql("c", 2, 20, 412, 950, NOON + MINUTE, 1)));
    project.lines("data/plants/a.jsonl", List.of(postgres("c", 1, 1, 98_000_000_000L, NOON)));
    CommandResult first = project.run();
    assertThat(first.err(), first.exitCode(), is(0));

    // The server is failed over; a copy of an old change comes later still.
    project.lines(
        "data/shop/b.jsonl",
        List.of(
            mysql("u", 1, 11, 7, 300, NOON + 10 * MINUTE, 2),
            mysql("u", 1, 10, 412, 900, NOON, 1),
            mysql("c", 3, 30, 7, 400, NOON + 11 * MINUTE, 2)));
    project.lines("data/plants/b.jsonl", List.of(postgres("u", 1, 2, 98_000_000_500L, NOON)));
    CommandResult halted = project.run();
    assertThat(halted.out() + halted.err(), halted.exitCode(), is(3));
    assertThat(
        halted.out() + halted.err(),
        allOf(
            containsString(
                "Cannot publish silver.orders: the log of source shop (mysql dbserver1)"),
            containsString("Cannot publish silver.orders_history"),
            containsString("data/shop/b.jsonl:0"),
            containsString("--newLog=shop"),
            not(containsString("Cannot publish silver.versioned"))));
    assertThat(values(project, "orders"), is(Map.of(1L, 10L, 2L, 20L)));
    assertThat(values(project, "versioned"), is(Map.of(1L, 11L, 2L, 20L, 3L, 30L)));
    assertThat(values(project, "beds"), is(Map.of(1L, 2L)));

    // It stays so, until somebody says what it is.
    assertThat(project.run().exitCode(), is(3));
    CommandResult other = project.run("--newLog=plants");
    assertThat(other.err(), other.exitCode(), is(2));
    assertThat(other.err(), containsString("Cannot take --newLog=plants"));
    assertThat(project.run("--newLog=nobody").exitCode(), is(2));

    // What came between the halt and the word is of the new log as well.
    project.lines("data/shop/c.jsonl", List.of(mysql("u", 3, 31, 8, 4, NOON + 20 * MINUTE, 2)));
    CommandResult told = project.run("--newLog=shop");
    assertThat(told.out() + told.err(), told.exitCode(), is(0));
    assertThat(values(project, "orders"), is(Map.of(1L, 11L, 2L, 20L, 3L, 31L)));
    assertThat(project.run("--newLog=shop").exitCode(), is(2));

    // A second fail-over, to a log that is lower still; a copy of the first log beside it.
    project.lines(
        "data/shop/d.jsonl",
        List.of(
            mysql("u", 1, 10, 412, 900, NOON, 1),
            mysql("u", 1, 12, 2, 100, NOON + 40 * MINUTE, 3),
            mysql("u", 3, 31, 8, 4, NOON + 20 * MINUTE, 2),
            mysql("d", 2, 20, 2, 200, NOON + 41 * MINUTE, 3)));
    project.lines(
        "data/plants/c.jsonl", List.of(postgres("u", 1, 3, 30_000_000, NOON + 9 * MINUTE)));
    CommandResult again = project.run();
    assertThat(again.out() + again.err(), again.exitCode(), is(3));
    assertThat(
        again.out() + again.err(),
        allOf(
            containsString("Cannot publish silver.orders:"),
            containsString("data/shop/d.jsonl:1"),
            containsString("Cannot publish silver.beds: the log of source plants"),
            containsString("data/plants/c.jsonl:0")));
    // A stream takes the word for both, and goes on with each in its new log until one begins anew.
    Path output = folder.resolve("output.txt");
    ChildRun stream =
        ChildRun.start(project.folder(), output, "--mode=continuous", "--newLog=shop,plants");
    try {
      stream.await(() -> values(project, "orders").equals(Map.of(1L, 12L, 3L, 31L)));
      stream.await(() -> values(project, "beds").equals(Map.of(1L, 3L)));
      deliver(project, "data/plants/d.jsonl", postgres("u", 1, 4, 900_000, NOON + 50 * MINUTE));
      deliver(project, "data/shop/e.jsonl", mysql("u", 3, 32, 2, 300, NOON + 50 * MINUTE, 3));
      stream.await(() -> values(project, "orders").equals(Map.of(1L, 12L, 3L, 32L)));
      deliver(project, "data/shop/f.jsonl", mysql("u", 3, 33, 2, 400, NOON + 51 * MINUTE, 3));
      stream.await(() -> values(project, "orders").equals(Map.of(1L, 12L, 3L, 33L)));
      stream.await(() -> text(output).contains("Cannot publish silver.beds"));
      assertThat(stream.end(), is(3));
    } finally {
      stream.kill();
    }
    assertThat(
        text(output),
        allOf(
            containsString("Cannot publish silver.beds: the log of source plants"),
            containsString("data/plants/d.jsonl:0"),
            not(containsString("Cannot publish silver.orders:"))));
    CommandResult third = project.run("--newLog=plants");
    assertThat(third.out() + third.err(), third.exitCode(), is(0));
    assertThat(values(project, "beds"), is(Map.of(1L, 4L)));
    Map<Long, Long> orders = values(project, "orders");

    List<Map<String, Object>> history = versions(project);
    CommandResult rebuilt = project.run("--full-refresh");
    assertThat(rebuilt.out() + rebuilt.err(), rebuilt.exitCode(), is(0));
    assertThat(values(project, "orders"), is(orders));
    assertThat(values(project, "beds"), is(Map.of(1L, 4L)));
    assertThat(versions(project), is(history));
  }

  @Test
  void rowsOfASecondSnapshotWithoutPositionsAreNeverLostWithoutAWord() {
    TestProject project = TestProject.create(folder);
    project.source("shop", "debezium-json", "data/*.jsonl");
    contract(project, "orders", "shop", "");
    contract(
        project,
        "orders_history",
        "shop",
        "      - {property: sourceTable, value: orders}\n"
            + "      - {property: storedAsScdType, value: 2}\n");
    contract(
        project,
        "by_time",
        "shop",
        "      - {property: sourceTable, value: orders}\n"
            + "      - {property: sequenceBy, value: ts_ms}\n");
    // Nobody says what its text is.
    contract(
        project,
        "by_text",
        "shop",
        "      - {property: sourceTable, value: orders}\n"
            + "      - {property: sequenceBy, value: [ts_ms, source.file_time]}\n"
            + "      - {property: failWhen, value: never}\n");

    List<String> snapshot = List.of(read(1, 10, NOON), read(2, 20, NOON + 1));
    project.lines("data/a.jsonl", snapshot);
    project.lines(
        "data/b.jsonl", List.of(streamed("u", 1, 11, 900, NOON + MINUTE), read(3, 30, NOON + 2)));
    CommandResult first = project.run();
    assertThat(first.out() + first.err(), first.exitCode(), is(0));
    assertThat(values(project, "by_text"), is(Map.of()));
    assertThat(project.rows("silver.by_text__quarantine").size(), is(4));

    // A late copy of the snapshot changes nothing.
    project.lines("data/c.jsonl", snapshot);
    CommandResult copied = project.run();
    assertThat(copied.out() + copied.err(), copied.exitCode(), is(0));
    assertThat(values(project, "orders"), is(Map.of(1L, 11L, 2L, 20L, 3L, 30L)));

    // Changes were lost, so the connector reads the table once more.
    project.lines(
        "data/d.jsonl",
        List.of(
            read(1, 12, NOON + 10 * MINUTE),
            read(2, 21, NOON + 10 * MINUTE + 1),
            streamed("d", 3, 30, 1_900, NOON + 11 * MINUTE)));
    CommandResult halted = project.run();
    assertThat(halted.out() + halted.err(), halted.exitCode(), is(3));
    assertThat(
        halted.out() + halted.err(),
        allOf(
            containsString(
                "Cannot publish silver.orders: rows read after changes of the log mysql"),
            containsString("data/d.jsonl:1"),
            containsString("sequenceBy"),
            containsString("Cannot publish silver.orders_history"),
            not(containsString("Cannot publish silver.by_time"))));
    Map<Long, Long> newest = Map.of(1L, 12L, 2L, 21L);
    assertThat(values(project, "by_time"), is(newest));
    assertThat(values(project, "orders"), is(Map.of(1L, 11L, 2L, 20L, 3L, 30L)));
    assertThat(project.run("--full-refresh").exitCode(), is(3));

    contract(project, "orders", "shop", "      - {property: sequenceBy, value: ts_ms}\n");
    CommandResult told = project.run("--full-refresh", "--tables=silver.orders");
    assertThat(told.out() + told.err(), told.exitCode(), is(0));
    assertThat(values(project, "orders"), is(newest));
  }

  /** A row of a snapshot as tools write it that tell no position. */
  private static String read(long id, long val, long millis) {
    return atTime(mysql("r", id, val, 0, 0, 0, 0).replace("mysql-bin.000000", ""), millis);
  }

  private static String streamed(String op, long id, long val, int pos, long millis) {
    return atTime(mysql(op, id, val, 412, pos, millis - 10, 1), millis);
  }

  private static String atTime(String envelope, long millis) {
    return envelope
        .replace("{\"before\"", "{\"ts_ms\":" + millis + ",\"before\"")
        .replace("\"row\":0", "\"row\":0,\"file_time\":\"2024-05-01T10:00:00Z\"");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A whole file at once, as a stream needs it. */
  private static void deliver(TestProject project, String path, String line) throws IOException {
    project.lines("incoming", List.of(line));
    Files.move(
        project.folder().resolve("incoming"),
        project.folder().resolve(path),
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static void contract(TestProject project, String table, String source, String more) {
    project.contract(table, Contracts.of(table, source, more, "", COLUMNS));
  }

  private static String mysql(
      String op, long id, long val, int file, int pos, long millis, int server) {
    return envelope(
        op,
        id,
        val,
        "\"connector\":\"mysql\",\"name\":\"dbserver1\",\"ts_ms\":%d,\"db\":\"shop\",\"table\":\"orders\",\"server_id\":%d,\"file\":\"mysql-bin.%06d\",\"pos\":%d,\"row\":0"
            .formatted(millis, server, file, pos));
  }

  private static String postgres(String op, long id, long val, long lsn, long millis) {
    return envelope(
        op,
        id,
        val,
        "\"connector\":\"postgresql\",\"name\":\"plants\",\"ts_ms\":%d,\"db\":\"plants\",\"schema\":\"public\",\"table\":\"beds\",\"lsn\":%d"
            .formatted(millis, lsn));
  }

  private static String envelope(String op, long id, long val, String source) {
    String row = "{\"id\":%d,\"val\":%d}".formatted(id, val);
    boolean deletes = op.equals("d");
    return "{\"before\":%s,\"after\":%s,\"source\":{%s},\"op\":\"%s\"}"
        .formatted(deletes ? row : "null", deletes ? "null" : row, source, op);
  }

  /** Values of the rows that are not deleted, by id. */
  private static Map<Long, Long> values(TestProject project, String table) {
    Map<Long, Long> values = new TreeMap<>();
    for (Map<String, Object> row : project.rows("silver." + table)) {
      if (!Boolean.TRUE.equals(row.get("is_deleted"))) {
        values.put((Long) row.get("id"), (Long) row.get("val"));
      }
    }
    return values;
  }

  private static List<Map<String, Object>> versions(TestProject project) {
    return project.rows("silver.orders_history").stream()
        .map(
            row -> {
              Map<String, Object> version = new TreeMap<>(row);
              version.keySet().removeAll(List.of("ingested_at", "pipeline_version"));
              return version;
            })
        .sorted(
            (a, b) ->
                (a.get("id") + " " + a.get("valid_from"))
                    .compareTo(b.get("id") + " " + b.get("valid_from")))
        .toList();
  }
}
