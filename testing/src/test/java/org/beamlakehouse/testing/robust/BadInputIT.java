package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cannot be read costs no good record anything: it is put aside with a reason, or its file is
 * left out, named and tried again.
 */
class BadInputIT {
  private static final String PAYMENTS =
      Contracts.of(
          "payments",
          "payments",
          """
                - {property: sequenceBy, value: seq}
          """,
          "",
          """
                - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                - {name: amount, logicalType: number, physicalType: "decimal(10,2)"}
                - {name: units, logicalType: integer, physicalType: int}
                - {name: note, logicalType: string}
          """);

  @TempDir Path folder;

  @Test
  void putsBadRecordsAsideAndKeepsTheGoodOnesAroundThem() throws IOException {
    TestProject project = payments();
    project.lines(
        "data/mixed.jsonl",
        List.of(
            good(1),
            "{\"id\":2,\"note\":\"planted-note\",\"amount\":\"1.00\",\"seq\"",
            good(3),
            "{\"id\":\"planted-id\",\"amount\":1.00,\"seq\":1}",
            "{\"id\":5,\"amount\":\"planted-amount\",\"seq\":1}",
            "{\"id\":6,\"amount\":123456789012.34,\"seq\":1}",
            "{\"id\":7,\"units\":3000000000,\"seq\":1}",
            "{\"amount\":8.00,\"seq\":1}",
            "{\"id\":null,\"amount\":9.00,\"seq\":1}",
            "{\"id\":10,\"amount\":10.00,\"seq\":null}",
            "{\"id\":11,\"amount\":11.00}",
            "[1,2,3]",
            good(12)));
    project.file("data/empty.jsonl", "");
    Files.createDirectories(project.folder().resolve("data/folder.jsonl"));
    ByteArrayOutputStream latin1 = new ByteArrayOutputStream();
    latin1.write((good(20) + "\n").getBytes(StandardCharsets.UTF_8));
    latin1.write(
        "{\"id\":21,\"note\":\"caf\u00e9\",\"seq\":1}\n".getBytes(StandardCharsets.ISO_8859_1));
    latin1.write(good(22).getBytes(StandardCharsets.UTF_8));
    project.file("data/latin1.jsonl", latin1.toByteArray());
    byte[] gzip = gzip(good(30) + "\n" + good(31) + "\n");
    project.file("data/cut.jsonl.gz", Arrays.copyOf(gzip, gzip.length - 12));

    CommandResult first = project.run();
    assertThat(first.err(), first.exitCode(), is(1));
    assertThat(first.err(), containsString("data/cut.jsonl.gz"));
    assertThat(ids(project), is(Set.of(1L, 3L, 12L, 20L, 22L)));
    assertThat(project.rows("bronze.payments"), hasSize(16));

    List<String> quarantined = errors(project, "silver.payments__quarantine");
    assertThat(quarantined, hasSize(8));
    assertThat(quarantined, hasItem(allOf(containsString("id"), containsString("string"))));
    assertThat(quarantined, hasItem(containsString("amount")));
    assertThat(quarantined, hasItem(containsString("units")));
    assertThat(quarantined, hasItem(containsString("seq")));
    // The reasons name columns and types; the values may be personal.
    assertThat(quarantined, everyItem(not(containsString("planted"))));
    assertThat(quarantined, everyItem(not(containsString("123456789012"))));
    assertThat(
        project.rows("ops.quality").stream()
            .map(
                row ->
                    String.format(
                        "%s %s %s %s",
                        row.get("rule"),
                        row.get("action"),
                        row.get("passed_records"),
                        row.get("failed_records")))
            .toList(),
        containsInAnyOrder(
            "key:id quarantine 11 2",
            "type:id quarantine 12 1",
            "type:amount quarantine 11 2",
            "type:units quarantine 12 1",
            "sequence quarantine 11 2"));
    assertThat(first.out(), containsString("key:id"));
    List<String> deadLetters = errors(project, "bronze.payments__dead_letter");
    assertThat(deadLetters, hasSize(3));
    assertThat(deadLetters, hasItem(containsString("UTF-8")));
    assertThat(deadLetters, everyItem(not(containsString("planted"))));

    project.file("data/cut.jsonl.gz", gzip);
    project.run().done();
    assertThat(ids(project), is(Set.of(1L, 3L, 12L, 20L, 22L, 30L, 31L)));
    assertThat(project.rows("silver.payments__quarantine"), hasSize(8));
    assertThat(project.rows("bronze.payments__dead_letter"), hasSize(3));
  }

  @Test
  void aRecordAboveTheLimitLeavesOutItsFileAndNothingElse() throws IOException {
    TestProject project = payments();
    String yaml = Files.readString(project.folder().resolve("lakehouse.yaml"));
    project.file("lakehouse.yaml", yaml.stripTrailing() + "\n    maxRecordBytes: 2000\n");
    String large =
        "{\"id\":2,\"note\":\"planted-" + "x".repeat(30_000) + "\",\"amount\":2.00,\"seq\":1}";
    project.lines("data/good.jsonl", List.of(good(1)));
    project.file("data/large.jsonl.gz", gzip(good(10) + "\n" + large + "\n" + good(11) + "\n"));

    CommandResult first = project.run("--verbose");
    assertThat(first.err(), first.exitCode(), is(1));
    assertThat(
        first.err(),
        allOf(
            containsString("data/large.jsonl.gz: its record 1 is larger than 2000 bytes"),
            containsString("raise maxRecordBytes of the source payments")));
    assertThat(ids(project), is(Set.of(1L)));

    project.file("lakehouse.yaml", yaml);
    project.run().done();
    assertThat(ids(project), is(Set.of(1L, 2L, 10L, 11L)));
    assertThat(project.rows("bronze.payments"), hasSize(4));
  }

  @Test
  void takesARecordOfFiftyMegabytes() {
    TestProject project = payments();
    int size = 50 << 20;
    String note = "x".repeat(size);
    String big = "{\"id\":2,\"amount\":2.00,\"units\":2,\"seq\":1,\"note\":\"" + note + "\"}";
    project.lines("data/big.jsonl", List.of(good(1), big, good(3)));
    project.run().done();
    assertThat(ids(project), is(Set.of(1L, 2L, 3L)));
    List<Map<String, Object>> rows = project.rows("silver.payments", "id", "note");
    Map<String, Object> row =
        rows.stream().filter(r -> r.get("id").equals(2L)).findFirst().orElseThrow();
    assertThat(note.equals(row.get("note")), is(true));
  }

  @Test
  void putsAChangeOfAnUnknownOperationAside() {
    TestProject project =
        TestProject.create(folder)
            .source("cdc", "debezium-json", "data/*.jsonl")
            .contract(
                "items",
                Contracts.of(
                    "items",
                    "cdc",
                    "      - {property: sourceTable, value: public.items}\n",
                    "",
                    """
                          - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                    """))
            .lines("data/a.jsonl", List.of(change("c", 1), change("x", 2), change("r", 3)));
    project.run().done();
    assertThat(
        project.rows("silver.items", "id").stream()
            .map(r -> r.get("id"))
            .collect(Collectors.toSet()),
        is(Set.of(1L, 3L)));
    long aside =
        Set.of("silver.items__quarantine", "bronze.cdc__dead_letter").stream()
            .filter(project::exists)
            .mapToLong(table -> project.rows(table).size())
            .sum();
    assertThat(aside, is(1L));
  }

  @Test
  void haltsATableForARuleThatFailsAndPublishesTheOthers() {
    String rule =
        """
              - name: sane_units
                type: custom
                engine: beam-lakehouse
                implementation: "units < 1000"
                customProperties:
                  - {property: action, value: fail}
        """;
    TestProject project =
        payments()
            .contract(
                "strict",
                PAYMENTS
                    .replace("name: payments\n", "name: strict\n")
                    .replace("id: payments\n", "id: strict\n")
                    .replace("silver.payments", "silver.strict")
                    .replace(
                        "    properties:\n",
                        "    quality:\n"
                            + rule.stripTrailing().stripIndent().indent(6)
                            + "    properties:\n"));
    project.lines("data/a.jsonl", List.of(good(1), good(2)));
    project.run().done();
    List<Long> before = project.snapshots("silver.strict");
    List<Map<String, Object>> rows = project.rows("silver.strict");

    project.lines(
        "data/b.jsonl",
        List.of(good(3), "{\"id\":4,\"amount\":1.00,\"units\":5000,\"seq\":1}", good(5)));
    CommandResult halted = project.run();
    assertThat(halted.err(), halted.exitCode(), is(3));
    assertThat(halted.err(), allOf(containsString("silver.strict"), containsString("sane_units")));
    assertThat(project.snapshots("silver.strict"), is(before));
    assertThat(Set.copyOf(project.rows("silver.strict")), is(Set.copyOf(rows)));
    assertThat(ids(project), is(Set.of(1L, 2L, 3L, 4L, 5L)));
    assertThat("it stays halted", project.run().exitCode(), is(3));
    CommandResult ended = project.run("--mode=continuous", "--onHalt=stop");
    assertThat(
        "it ends what would go on, where it is told to: " + ended.err(), ended.exitCode(), is(3));
    assertThat(ended.err(), allOf(containsString("silver.strict"), containsString("sane_units")));
    assertThat(project.snapshots("silver.strict"), is(before));
  }

  @Test
  void saysThatTheCatalogIsLocked() throws Exception {
    TestProject project = payments().lines("data/a.jsonl", List.of(good(1)));
    // Else it is waited for a minute, as a Kafka broker is.
    String settings = Files.readString(folder.resolve("lakehouse.yaml"));
    project.file(
        "lakehouse.yaml",
        settings.replace("sources:", "catalog: {jdbc.busy_timeout: '500'}\nsources:"));
    project.run().done();
    project.lines("data/b.jsonl", List.of(good(2)));
    Path database = folder.resolve("warehouse/catalog.db");
    List<Long> before = project.snapshots("silver.payments");
    long started = System.nanoTime();
    CommandResult locked;
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      locked = project.run();
      statement.execute("ROLLBACK");
    }
    long seconds = (System.nanoTime() - started) / 1_000_000_000;
    assertThat(locked.err(), locked.exitCode(), is(1));
    assertThat(locked.err(), containsString("Cannot use the catalog: its database is locked"));
    assertThat("seconds until told", seconds, lessThan(25L));
    assertThat(project.snapshots("silver.payments"), is(before));
    project.run().done();
    assertThat(ids(project), is(Set.of(1L, 2L)));
  }

  @Test
  void refusesADirectoryInPlaceOfAFile() throws IOException {
    TestProject project = payments().source("one", "json", "data/one.jsonl");
    Files.createDirectories(project.folder().resolve("data/one.jsonl"));
    CommandResult result = project.run();
    assertThat(result.exitCode(), is(2));
    assertThat(result.err(), containsString("data/one.jsonl: it is a directory"));
  }

  private TestProject payments() {
    return TestProject.create(folder)
        .source("payments", "json", "data/*.jsonl*")
        .contract("payments", PAYMENTS);
  }

  private static String good(long id) {
    return "{\"id\":%d,\"amount\":%d.50,\"units\":1,\"seq\":1,\"note\":\"n\"}".formatted(id, id);
  }

  private static String change(String op, long id) {
    return ("{\"before\":null,\"after\":{\"id\":%d},\"op\":\"%s\",\"source\":{\"connector\":"
            + "\"postgresql\",\"schema\":\"public\",\"table\":\"items\",\"lsn\":%d,\"ts_ms\":1}}")
        .formatted(id, op, id);
  }

  private static Set<Object> ids(TestProject project) {
    return project.rows("silver.payments", "id").stream()
        .map(row -> row.get("id"))
        .collect(Collectors.toSet());
  }

  private static List<String> errors(TestProject project, String table) {
    return project.rows(table, "error").stream().map(row -> (String) row.get("error")).toList();
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
