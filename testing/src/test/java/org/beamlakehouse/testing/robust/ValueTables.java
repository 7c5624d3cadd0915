package org.beamlakehouse.testing.robust;

import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.postgres.DatabaseRows;
import org.beamlakehouse.testing.servers.PostgresServer;

/** Tables of an id and a value, kept from a topic as they are now and as a history. */
final class ValueTables {
  private static final String COLUMNS =
      """
      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: val, logicalType: integer, physicalType: long}
      """;

  private ValueTables() {}

  /** Creates such tables in the database. */
  static void create(PostgresServer database, String... names) {
    for (String name : names) {
      database.execute("CREATE TABLE " + name + " (id bigint PRIMARY KEY, val bigint)");
    }
  }

  /** Adds a source of one topic, the table it fills and the table's history. */
  static void add(TestProject project, String name, String bootstrapServers, String topic) {
    project
        .kafkaSource(name, "debezium-json", bootstrapServers, "topics: [" + topic + "]")
        .contract(name, Contracts.of(name, name, "", "", COLUMNS))
        .contract(
            name + "_history",
            Contracts.of(
                name + "_history",
                name,
                "- {property: sourceTable, value: "
                    + name
                    + "}\n- {property: storedAsScdType, value: 2}",
                "",
                COLUMNS));
  }

  /** Fails where the table or its history does not say what the database says. */
  static void assertSame(TestProject project, PostgresServer database, String... names)
      throws SQLException {
    for (String name : names) {
      List<String> expected =
          TableContents.sorted(
              DatabaseRows.of(database.url(), "SELECT id, val FROM " + name), Set.of());
      TableContents.assertSame(name, live(project, name, "is_deleted", false), expected);
      TableContents.assertSame(
          name + "_history", live(project, name + "_history", "is_current", true), expected);
    }
  }

  private static List<String> live(TestProject project, String name, String flag, boolean live) {
    List<Map<String, Object>> rows =
        project.rows("silver." + name, "id", "val", flag).stream()
            .filter(row -> row.get(flag).equals(live))
            .toList();
    return TableContents.sorted(rows, Set.of(flag));
  }

  /**
   * The versions of each id, one after the other: their values, and {@code |} for a time without
   * one.
   */
  static Map<Long, String> versions(TestProject project, String name) {
    Map<Long, String> versions = new TreeMap<>();
    Map<Long, Object> ends = new TreeMap<>();
    project.rows("silver." + name + "_history").stream()
        .sorted(Comparator.comparing(row -> row.get("valid_from").toString()))
        .forEach(
            row -> {
              Long id = (Long) row.get("id");
              boolean follows = row.get("valid_from").equals(ends.get(id));
              String gap = !ends.containsKey(id) ? "" : follows ? " " : " | ";
              versions.merge(id, gap + row.get("val"), String::concat);
              ends.put(id, row.get("valid_to"));
            });
    ends.forEach((id, end) -> versions.merge(id, end == null ? "" : " |", String::concat));
    return versions;
  }

  /** Fails where a rebuild from bronze gives other rows. */
  static void assertRebuiltAlike(TestProject project, String... names) {
    Map<String, List<String>> before = new TreeMap<>();
    for (String name : names) {
      for (String table : List.of("silver." + name, "silver." + name + "_history")) {
        before.put(table, TableContents.of(project, table));
      }
    }
    project.run("--full-refresh").done();
    before.forEach(
        (table, rows) -> TableContents.assertSame(table, TableContents.of(project, table), rows));
  }
}
