package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of many tables comes as one source and goes through one graph. */
class WholeDatabaseIT {
  private static final int TABLES = Integer.getInteger("lakehouse.test.tables", 200);
  private static final int ROWS = 5;

  @Test
  void keepsEveryTableOfALargeDatabase(@TempDir Path folder) {
    TestProject project = TestProject.create(folder).source("db", "debezium-json", "data/*.jsonl");
    List<String> lines = new ArrayList<>();
    for (int table = 0; table < TABLES; table++) {
      project.contract("t" + table, contract(table));
    }
    for (int row = 0; row < ROWS; row++) {
      for (int table = 0; table < TABLES; table++) {
        lines.add(change("c", table, row, "new"));
      }
    }
    project.lines("data/a.jsonl", lines).run().done();
    for (int table = 0; table < TABLES; table++) {
      assertThat("t" + table, names(project, table), is(namesOf("new")));
    }

    project
        .lines(
            "data/b.jsonl",
            IntStream.range(0, ROWS).mapToObj(row -> change("u", 7, row, "changed")).toList())
        .run()
        .done();
    assertThat(names(project, 7), is(namesOf("changed")));
    assertThat(project.snapshots("silver.t7"), hasSize(2));
    assertThat("a table that did not change", project.snapshots("silver.t8"), hasSize(1));
  }

  private static List<String> names(TestProject project, int table) {
    return project.rows("silver.t" + table, "id", "name").stream()
        .map(Map::toString)
        .sorted()
        .toList();
  }

  private static List<String> namesOf(String name) {
    return IntStream.range(0, ROWS).mapToObj(row -> "{id=" + row + ", name=" + name + "}").toList();
  }

  private static String change(String operation, int table, int row, String name) {
    return "{\"before\":null,\"after\":{\"id\":%d,\"name\":\"%s\"},\"op\":\"%s\",\"source\":{\"connector\":\"postgresql\",\"schema\":\"public\",\"table\":\"t%d\",\"lsn\":%d,\"ts_ms\":1767225600000}}"
        .formatted(row, name, operation, table, operation.equals("c") ? 1_000 + row : 9_000 + row);
  }

  private static String contract(int table) {
    return Contracts.of(
        "t" + table,
        "db",
        "- {property: sourceTable, value: public.t" + table + "}",
        "",
        """
        - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
        - {name: name, logicalType: string}
        """);
  }
}
