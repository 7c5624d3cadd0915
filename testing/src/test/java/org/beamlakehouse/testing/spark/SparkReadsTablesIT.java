package org.beamlakehouse.testing.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark with Iceberg's own runtime reads the same rows from every table that we write as Iceberg's
 * generic reader does: bronze, silver of every kind and layout after several merges, ledgers and
 * the tables of operations.
 *
 * <p>It cannot prove that the rows are the right ones; the other suites do, with the generic
 * reader.
 */
class SparkReadsTablesIT {
  private static final int BATCHES = 3;
  private static final int RECORDS = 300;
  private static final int KEYS = 120;

  private static final Map<String, String> KINDS =
      Map.of(
          "latest_soft", "storedAsScdType: 1, deletes: soft",
          "latest_hard", "storedAsScdType: 1, deletes: hard",
          "history", "storedAsScdType: 2, deletes: hard",
          "events", "storedAsScdType: 0, eventTime: updated_at");

  /** Table properties by a name for them; each kind of table is made with each. */
  private static final Map<String, String> LAYOUTS =
      Map.of(
          "v3_vectors", "",
          "v2_positions", "format-version: 2",
          "v3_partly_rewritten", "beam-lakehouse.merge.delete-ratio-threshold: '0.3'",
          "v3_rewritten", "write.merge.mode: copy-on-write",
          "v2_rewritten", "format-version: 2, write.merge.mode: copy-on-write");

  @TempDir static Path folder;

  private static TestProject project;
  private static SparkProcess spark;

  @BeforeAll
  static void mergeSeveralTimes() {
    project = TestProject.create(folder).source("items", "json", "data/*.jsonl");
    LAYOUTS.forEach(
        (layout, properties) ->
            KINDS.forEach((kind, custom) -> addTable(kind + "_" + layout, custom, properties)));
    SplittableRandom random = new SplittableRandom(7);
    for (int batch = 0; batch < BATCHES; batch++) {
      project.lines("data/" + batch + ".jsonl", records(batch, random)).run().done();
    }
    spark =
        SparkProcess.builder()
            .catalog(project.catalog().name(), project.catalog().properties())
            .setting("spark.sql.shuffle.partitions", "2")
            .jvmOptions("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .start(folder);
  }

  @AfterAll
  static void endSpark() {
    if (spark != null) {
      spark.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> readsEveryTable() {
    return tables().map(table -> dynamicTest(table, () -> readsTheSameRows(table)));
  }

  private static void readsTheSameRows(String name) {
    Table table = project.table(name);
    List<String> columns = table.schema().columns().stream().map(SparkText::sql).toList();
    String sql =
        String.format(
            "SELECT %s FROM %s.%s", String.join(", ", columns), project.catalog().name(), name);
    List<String> expected =
        new ArrayList<>(
            project.rows(name).stream().map(row -> SparkText.of(table.schema(), row)).toList());
    List<String> actual = new ArrayList<>(spark.rows(sql));
    expected.sort(null);
    actual.sort(null);
    assertThat("rows of " + name, expected.size(), greaterThan(0));
    TableContents.assertSame(name, actual, expected);
  }

  /** All tables of the catalog that have rows. */
  private static Stream<String> tables() {
    return Stream.of("bronze", "silver", "ops")
        .flatMap(
            namespace ->
                Catalogs.open(project.catalog()).listTables(Namespace.of(namespace)).stream())
        .map(TableIdentifier::toString)
        // There are no rules.
        .filter(table -> !table.equals("ops.quality"))
        .sorted();
  }

  private static void addTable(String name, String custom, String tableProperties) {
    StringBuilder properties = new StringBuilder();
    for (String entry : custom.split(", ")) {
      String[] pair = entry.split(": ");
      properties.append(String.format("      - {property: %s, value: %s}%n", pair[0], pair[1]));
    }
    if (!tableProperties.isEmpty()) {
      properties.append(
          String.format("      - {property: tableProperties, value: {%s}}%n", tableProperties));
    }
    if (!name.startsWith("events")) {
      properties.append("      - {property: applyAsDeletes, value: \"op = 'd'\"}\n");
    }
    project.contract(
        name,
        """
        kind: DataContract
        apiVersion: v3.1.0
        id: %s
        version: 1.0.0
        status: active
        schema:
          - name: %s
            physicalName: silver.%s
            customProperties:
              - {property: source, value: items}
              - {property: sequenceBy, value: updated_at}
        %s
            properties:
              - {name: id, logicalType: integer, physicalType: long, primaryKey: true}
              - {name: updated_at, logicalType: timestamp, physicalType: timestamptz}
              - {name: name, logicalType: string}
              - {name: amount, logicalType: number, physicalType: "decimal(10,2)"}
              - {name: weight, logicalType: number, physicalType: double}
              - {name: quantity, logicalType: integer, physicalType: int}
              - {name: gift, logicalType: boolean}
              - {name: day, logicalType: date}
              - {name: local_time, logicalType: timestamp, physicalType: timestamp}
        """
            .formatted(name, name, name, properties.toString().stripTrailing()));
  }

  private static List<String> records(int batch, SplittableRandom random) {
    List<String> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      int second = batch * RECORDS + i;
      String time = String.format("2026-01-01T00:%02d:%02d", second / 60, second % 60);
      records.add(
          String.format(
              "{\"id\": %d, \"updated_at\": \"%s.%06dZ\", \"op\": \"%s\", \"name\": %s,"
                  + " \"amount\": \"%d.%02d\", \"weight\": %s, \"quantity\": %d, \"gift\": %s,"
                  + " \"day\": \"2026-02-%02d\", \"local_time\": \"%s\"}",
              random.nextInt(KEYS),
              time,
              random.nextInt(1_000_000),
              random.nextInt(6) == 0 ? "d" : "u",
              random.nextInt(9) == 0 ? "null" : "\"größer " + random.nextInt(20) + "\"",
              random.nextInt(-500, 500),
              random.nextInt(100),
              random.nextInt(100_000) / 1000.0,
              random.nextInt(),
              random.nextBoolean(),
              1 + random.nextInt(28),
              time));
    }
    return records;
  }
}
