package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Full extracts through {@code lakehouse run}, for SCD1 with soft and hard deletes and SCD2: one
 * run per extract in ascending and in descending order, all extracts in one run, and an extract
 * whose files come with different runs. Some rows cannot be used.
 */
class ExtractsIT {
  @TempDir static Path folder;

  private static final List<List<String>> EXTRACTS =
      List.of(
          List.of(item(1, 1, "red", "5"), item(1, 2, "blue", "5"), item(1, 3, "green", "5")),
          // 2 has a size of the wrong type, 3 fails a rule, 4 was never seen and is bad.
          List.of(
              item(2, 1, "red", "5"),
              item(2, 2, "blue", "\"big\""),
              item(2, 3, "green", "-1"),
              item(2, 4, "pink", "\"big\"")),
          // 1 is missing and 2 differs.
          List.of(item(3, 2, "black", "5"), item(3, 3, "green", "5")),
          // 1 is back as it was, 2 and 3 are missing.
          List.of(item(4, 1, "red", "5")));

  private static TestProject project;
  private static final Map<String, List<Long>> SNAPSHOTS = new HashMap<>();

  private static String item(int day, int id, String color, String size) {
    return "{\"taken\":\"2026-01-%02dT00:00:00Z\",\"id\":%d,\"color\":\"%s\",\"size\":%s}"
        .formatted(day, id, color, size);
  }

  @BeforeAll
  static void run() {
    project = TestProject.create(folder);
    for (String source : List.of("ascending", "descending", "once", "pieces")) {
      project
          .source(source, "json", "data/" + source + "/*.jsonl")
          .contract(source, contract(source));
    }
    for (int run = 0; run < EXTRACTS.size(); run++) {
      deliver("ascending", run, EXTRACTS.get(run));
      deliver("descending", run, EXTRACTS.get(EXTRACTS.size() - 1 - run));
      List<String> piece = new ArrayList<>();
      for (List<String> extract : EXTRACTS) {
        if (run == 0) {
          deliver("once", EXTRACTS.indexOf(extract), extract);
        }
        for (int i = run; i < extract.size(); i += EXTRACTS.size()) {
          piece.add(extract.get(i));
        }
      }
      deliver("pieces", run, piece);
      project.run().done();
    }
    for (String source : List.of("ascending", "descending", "once", "pieces")) {
      for (String table : List.of("soft", "hard", "versions")) {
        SNAPSHOTS.put(source + table, project.snapshots("silver." + source + "_" + table));
      }
    }
  }

  private static void deliver(String source, int run, List<String> lines) {
    project.lines("data/" + source + "/" + run + ".jsonl", lines);
  }

  private static String contract(String source) {
    StringBuilder yaml =
        new StringBuilder(
            """
            kind: DataContract
            apiVersion: v3.1.0
            id: %s
            version: 1.0.0
            status: active
            schema:
            """
                .formatted(source));
    describe(yaml, source, "soft", "{property: deletes, value: soft}");
    describe(yaml, source, "hard", "{property: deletes, value: hard}");
    describe(yaml, source, "versions", "{property: storedAsScdType, value: 2}");
    return yaml.toString();
  }

  private static void describe(StringBuilder yaml, String source, String table, String property) {
    yaml.append(
        """
          - name: %1$s_%2$s
            physicalName: silver.%1$s_%2$s
            customProperties:
              - {property: source, value: %1$s}
              - {property: input, value: snapshots}
              - {property: sequenceBy, value: taken}
              - {property: sequenceByType, value: timestamptz}
              - %3$s
            properties:
              - {name: id, logicalType: integer, primaryKey: true}
              - {name: color, logicalType: string}
              - name: size
                logicalType: integer
                quality:
                  - name: size_is_known
                    type: custom
                    engine: beam-lakehouse
                    implementation: size >= 0
                    severity: error
        """
            .formatted(source, table, property));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ascending", "descending", "once", "pieces"})
  void versionsAreTheDifferencesOfTheExtracts(String source) {
    assertThat(
        show("silver." + source + "_versions", "id", "color", "size", "valid_from", "valid_to"),
        containsInAnyOrder(
            "1 red 5 day1 day3",
            "1 red 5 day4 -",
            "2 blue 5 day1 day3",
            "2 black 5 day3 day4",
            "3 green 5 day1 day4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ascending", "descending", "once", "pieces"})
  void latestRowsAreTheLastExtractAndWhatWasDeleted(String source) {
    assertThat(
        show("silver." + source + "_soft", "id", "color", "size", "is_deleted", "deleted_at"),
        containsInAnyOrder("1 red 5 false -", "2 black 5 true day4", "3 green 5 true day4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ascending", "descending", "once", "pieces"})
  void withHardDeletesTheTableIsTheLastExtract(String source) {
    assertThat(
        show("silver." + source + "_hard", "id", "color", "size"), containsInAnyOrder("1 red 5"));
  }

  @Test
  void rowsThatCannotBeUsedAreQuarantined() {
    assertThat(
        show("silver.ascending_versions__quarantine", "failed_rules"),
        containsInAnyOrder("type:size", "type:size", "size_is_known"));
  }

  @Test
  void onlyRowsOfExtractsAreCounted() {
    assertThat(
        project.rows("ops.runs").stream()
            .filter(run -> run.get("table_name").equals("silver.once_versions"))
            .mapToLong(run -> (Long) run.get("rows_read"))
            .sum(),
        is(10L));
  }

  @Test
  void anExtractThatComesAgainChangesNothing() {
    for (String source : List.of("ascending", "once")) {
      deliver(source, 10, EXTRACTS.get(1));
    }
    project.run().done();
    SNAPSHOTS.forEach(
        (name, before) -> {
          String source = name.replaceAll("(soft|hard|versions)$", "");
          String table = "silver." + source + "_" + name.substring(source.length());
          assertThat(table, project.snapshots(table), is(before));
        });
  }

  private static List<String> show(String table, String... columns) {
    List<String> rows = new ArrayList<>();
    for (Map<String, Object> row : project.rows(table, columns)) {
      List<String> values = new ArrayList<>();
      for (String column : columns) {
        Object value = row.get(column);
        values.add(
            value == null
                ? "-"
                : value instanceof OffsetDateTime time
                    ? "day" + time.getDayOfMonth()
                    : String.valueOf(value));
      }
      rows.add(String.join(" ", values));
    }
    return rows;
  }
}
