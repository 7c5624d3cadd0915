package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thirteen published versions of two tables of a public data set, each taken as a full extract
 * through {@code lakehouse run}: all in one run, and shuffled over several runs. As of the time of
 * each extract, the history must be the table that was published. Skipped where the data is not
 * there.
 *
 * <p>One version of a table was published without a row: no record tells that extract.
 */
class RealExtractsIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TIME = "published_at";
  private static final int RUNS = 4;

  @TempDir static Path folder;

  private static final Map<String, PublishedHistory> HISTORIES = new LinkedHashMap<>();
  private static TestProject project;

  @BeforeAll
  static void run() {
    Path data = SharedFiles.path("data/ourairports");
    List<PublishedHistory> histories =
        List.of(
            PublishedHistory.load(
                data, "regions", List.of("id", "code", "name", "iso_country", "keywords")),
            PublishedHistory.load(
                data, "countries", List.of("id", "code", "name", "continent", "keywords")));
    project = TestProject.create(folder);
    List<List<Runnable>> deliveries = new ArrayList<>();
    for (PublishedHistory history : histories) {
      for (String way : List.of("once", "shuffled")) {
        String name = history.name() + "_" + way;
        HISTORIES.put(name, history);
        project.source(name, "json", "data/" + name + "/*.jsonl").contract(name, contract(name));
        List<Runnable> extracts = new ArrayList<>();
        history
            .checkpoints()
            .forEach((time, rows) -> extracts.add(() -> deliver(name, history, time, rows)));
        if (way.equals("once")) {
          extracts.forEach(Runnable::run);
        } else {
          Collections.shuffle(extracts, new Random(name.length()));
          deliveries.add(extracts);
        }
      }
    }
    for (int run = 0; run < RUNS; run++) {
      for (List<Runnable> extracts : deliveries) {
        for (int i = run; i < extracts.size(); i += RUNS) {
          extracts.get(i).run();
        }
      }
      project.run().done();
    }
  }

  private static void deliver(
      String name, PublishedHistory history, Instant time, Set<List<String>> rows) {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put(TIME, time.toString());
      for (int i = 0; i < row.size(); i++) {
        fields.put(history.columns().get(i), row.get(i));
      }
      try {
        lines.add(MAPPER.writeValueAsString(fields));
      } catch (JsonProcessingException e) {
        throw new AssertionError(e);
      }
    }
    project.lines("data/" + name + "/" + time.getEpochSecond() + ".jsonl", lines);
  }

  private static String contract(String name) {
    StringBuilder yaml = new StringBuilder("kind: DataContract\napiVersion: v3.1.0\nid: ");
    yaml.append(name).append("\nversion: 1.0.0\nstatus: active\nschema:\n");
    for (int scdType : List.of(1, 2)) {
      String table = name + (scdType == 1 ? "" : "_versions");
      yaml.append("  - name: ").append(table).append('\n');
      yaml.append("    physicalName: silver.").append(table).append('\n');
      yaml.append("    customProperties:\n");
      yaml.append("      - {property: source, value: ").append(name).append("}\n");
      yaml.append("      - {property: input, value: snapshots}\n");
      yaml.append("      - {property: sequenceBy, value: ").append(TIME).append("}\n");
      yaml.append("      - {property: sequenceByType, value: timestamptz}\n");
      yaml.append("      - {property: storedAsScdType, value: ").append(scdType).append("}\n");
      yaml.append("    properties:\n");
      for (String column : HISTORIES.get(name).columns()) {
        yaml.append("      - {name: ").append(column).append(", logicalType: string");
        yaml.append(column.equals("id") ? ", primaryKey: true}\n" : "}\n");
      }
    }
    return yaml.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"regions_once", "regions_shuffled", "countries_once", "countries_shuffled"})
  void versionsAsOfEachExtractAreThePublishedTable(String name) {
    PublishedHistory history = HISTORIES.get(name);
    List<Map<String, Object>> versions = project.rows("silver." + name + "_versions");
    assertThat(history.checkpoints().size(), is(13));
    history
        .checkpoints()
        .forEach(
            (time, published) -> {
              if (!published.isEmpty()) {
                TableContents.assertSame(
                    name + " as of " + time,
                    versions.stream()
                        .filter(row -> holdsAt(row, time))
                        .map(row -> show(row, history.columns()))
                        .sorted()
                        .toList(),
                    published.stream().map(List::toString).sorted().toList());
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"regions_once", "regions_shuffled", "countries_once", "countries_shuffled"})
  void latestRowsAreTheLastPublishedTable(String name) {
    PublishedHistory history = HISTORIES.get(name);
    TableContents.assertSame(
        name,
        project.rows("silver." + name).stream()
            .filter(row -> row.get("is_deleted").equals(false))
            .map(row -> show(row, history.columns()))
            .sorted()
            .toList(),
        history.checkpoints().get(history.checkpoints().lastKey()).stream()
            .map(List::toString)
            .sorted()
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"regions", "countries"})
  void theOrderOfTheExtractsMakesNoDifference(String name) {
    // A sequence ends with the file's path, which is another one.
    Set<String> without = Set.of("ingested_at", "_sequence");
    for (String table : List.of("", "_versions")) {
      TableContents.assertSame(
          name + table,
          TableContents.sorted(project.rows("silver." + name + "_shuffled" + table), without),
          TableContents.sorted(project.rows("silver." + name + "_once" + table), without));
    }
  }

  private static boolean holdsAt(Map<String, Object> row, Instant time) {
    return !time(row.get("valid_from")).isAfter(time)
        && (row.get("valid_to") == null || time(row.get("valid_to")).isAfter(time));
  }

  private static Instant time(Object value) {
    return ((OffsetDateTime) value).toInstant();
  }

  private static String show(Map<String, Object> row, List<String> columns) {
    return columns.stream().map(row::get).toList().toString();
  }
}
