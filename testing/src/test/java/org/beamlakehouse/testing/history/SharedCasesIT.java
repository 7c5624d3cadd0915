package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cases collected elsewhere, through {@code lakehouse run}: worked SCD tables from plain records,
 * and raw messages of Debezium. Each case has a source of its own; the messages come in two runs,
 * and then all of it once more. Skipped where the cases are not there.
 */
class SharedCasesIT {
  private static final int RUNS = 2;
  private static final String PRODUCTS = "id long, name string, description string, weight float";

  @TempDir static Path folder;

  private static final List<SharedCase> CASES = new ArrayList<>();
  private static final Map<String, List<Map<String, Object>>> ROWS = new HashMap<>();
  private static final Map<String, List<Long>> SNAPSHOTS = new HashMap<>();
  private static final Map<String, Integer> PUT_ASIDE = new HashMap<>();
  private static TestProject project;

  /**
   * A case.
   *
   * @param name of its source and table
   * @param id as it was published
   * @param lines of its file
   * @param expected the live rows, as column and value
   * @param putAside how many records identify no row
   */
  private record SharedCase(
      String name,
      String id,
      List<String> lines,
      List<Map<String, String>> expected,
      int putAside) {

    String table() {
      return "silver." + name;
    }

    List<String> linesOf(int run) {
      return lines.subList(lines.size() * run / RUNS, lines.size() * (run + 1) / RUNS);
    }
  }

  @BeforeAll
  static void run() throws IOException {
    project = TestProject.create(folder);
    JsonNode scd = new ObjectMapper().readTree(SharedFiles.path("cases/scd.json").toFile());
    for (JsonNode one : scd) {
      for (String deletes : List.of("soft", "hard")) {
        addScd(one, deletes);
      }
    }
    for (String line : Files.readAllLines(SharedFiles.path("cases/cdc.jsonl"))) {
      addMessages(new ObjectMapper().readTree(line));
    }
    for (int run = 0; run < RUNS; run++) {
      for (SharedCase one : CASES) {
        project.lines("data/" + one.name() + "/" + run + ".jsonl", one.linesOf(run));
      }
      project.run().done();
    }
    for (SharedCase one : CASES) {
      ROWS.put(one.name(), project.rows(one.table()));
      SNAPSHOTS.put(one.name(), project.snapshots(one.table()));
      PUT_ASIDE.put(
          one.name(),
          count(one.table() + "__quarantine") + count("bronze." + one.name() + "__dead_letter"));
      project.lines("data/" + one.name() + "/again.jsonl", one.lines());
    }
    project.run().done();
  }

  private static int count(String table) {
    return project.exists(table) ? project.rows(table).size() : 0;
  }

  private static void addScd(JsonNode one, String deletes) {
    boolean history = one.get("scd").asInt() == 2;
    List<String> custom =
        new ArrayList<>(
            List.of(
                "deletes: " + deletes,
                "sequenceBy: seq",
                "storedAsScdType: " + one.get("scd"),
                "applyAsDeletes: \"op = 'd'\"",
                "applyAsTruncates: \"op = 't'\""));
    if (one.has("tracked")) {
      custom.add("trackHistoryColumns: " + one.get("tracked"));
    }
    SharedCase added =
        new SharedCase(
            String.format("case_%02d", CASES.size()),
            one.get("id").asText() + ", " + deletes,
            list(one.get("batches")).flatMap(SharedCasesIT::list).map(JsonNode::toString).toList(),
            expected(one.get("expected")),
            0);
    // A history shows that the sequence may be a field that is no column.
    add(
        added,
        "json",
        "userId long, name string, city string" + (history ? "" : ", seq long"),
        custom);
  }

  private static void addMessages(JsonNode one) {
    JsonNode expect = one.get("expect");
    boolean unidentified = expect.has("final_without_delete");
    SharedCase added =
        new SharedCase(
            String.format("case_%02d", CASES.size()),
            one.get("id").asText(),
            list(one.get("events")).map(event -> event.get("value").asText("")).toList(),
            expected(expect.get(unidentified ? "final_without_delete" : "final")),
            unidentified ? 1 : 0);
    add(added, "debezium-json", PRODUCTS, List.of("sourceTable: inventory.products"));
  }

  private static void add(SharedCase one, String format, String columns, List<String> custom) {
    StringBuilder yaml = new StringBuilder("kind: DataContract\napiVersion: v3.1.0\nid: ");
    yaml.append(one.name()).append("\nversion: 1.0.0\nstatus: active\nschema:\n");
    yaml.append("  - name: ").append(one.name()).append('\n');
    yaml.append("    physicalName: ").append(one.table()).append('\n');
    yaml.append("    customProperties:\n");
    yaml.append("      - {property: source, value: ").append(one.name()).append("}\n");
    for (String property : custom) {
      String[] parts = property.split(": ", 2);
      yaml.append("      - {property: ").append(parts[0]);
      yaml.append(", value: ").append(parts[1]).append("}\n");
    }
    yaml.append("    properties:\n");
    String key = ", primaryKey: true, primaryKeyPosition: 1";
    for (String column : columns.split(", ")) {
      String[] parts = column.split(" ");
      yaml.append("      - {name: ").append(parts[0]);
      yaml.append(", logicalType: ").append(logicalType(parts[1]));
      yaml.append(", physicalType: ").append(parts[1]).append(key).append("}\n");
      key = "";
    }
    project.source(one.name(), format, "data/" + one.name() + "/*.jsonl");
    project.contract(one.name(), yaml.toString());
    CASES.add(one);
  }

  private static String logicalType(String physicalType) {
    return switch (physicalType) {
      case "long" -> "integer";
      case "float" -> "number";
      default -> "string";
    };
  }

  @TestFactory
  Stream<DynamicTest> runByRunGivesTheRows() {
    return tests(
        one -> {
          assertThat(live(one, ROWS.get(one.name())), is(one.expected()));
          assertThat("put aside", PUT_ASIDE.get(one.name()), is(one.putAside()));
          for (Map<String, Object> row : ROWS.get(one.name())) {
            assertThat(String.valueOf(row.get("_rescued_data")), is("null"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> redeliveryMakesNoSnapshot() {
    return tests(
        one -> {
          assertThat(live(one, project.rows(one.table())), is(one.expected()));
          assertThat(project.snapshots(one.table()), is(SNAPSHOTS.get(one.name())));
        });
  }

  private static Stream<DynamicTest> tests(Consumer<SharedCase> test) {
    return CASES.stream().map(one -> DynamicTest.dynamicTest(one.id(), () -> test.accept(one)));
  }

  /** The rows that are not deleted, with the columns that the case tells, sorted. */
  private static List<Map<String, String>> live(SharedCase one, List<Map<String, Object>> rows) {
    List<Map<String, String>> live = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      if (!Boolean.TRUE.equals(row.get("is_deleted"))) {
        Map<String, String> shown = new TreeMap<>();
        for (String column :
            one.expected().isEmpty() ? row.keySet() : one.expected().get(0).keySet()) {
          shown.put(column, String.valueOf(row.get(column)));
        }
        live.add(shown);
      }
    }
    return sorted(live);
  }

  private static List<Map<String, String>> expected(JsonNode rows) {
    List<Map<String, String>> expected = new ArrayList<>();
    for (JsonNode row : rows) {
      Map<String, String> shown = new TreeMap<>();
      row.fields()
          .forEachRemaining(field -> shown.put(column(field.getKey()), text(field.getValue())));
      expected.add(shown);
    }
    return sorted(expected);
  }

  private static String column(String name) {
    return name.equals("start") ? "valid_from" : name.equals("end") ? "valid_to" : name;
  }

  /** Fractional numbers are of the column type float. */
  private static String text(JsonNode value) {
    return value.isFloatingPointNumber() ? String.valueOf(value.floatValue()) : value.asText();
  }

  private static List<Map<String, String>> sorted(List<Map<String, String>> rows) {
    return rows.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
  }

  private static Stream<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
