package org.beamlakehouse.runners.flink.live;

import java.nio.file.Path;
import java.util.List;
import org.beamlakehouse.runners.flink.live.SourceTable.SourceColumn;
import org.beamlakehouse.testing.TestProject;

/**
 * The project of an application's tables: of each one what it is now, with soft deletes; of some
 * also with hard deletes and as a history; and a product of one.
 */
final class LiveProject {
  static final String BRONZE = "bronze.live";
  static final String PRODUCT = "gold.regions";

  /** What the name of a table with hard deletes ends with. */
  static final String HARD = "_hard";

  /** What the name of a table of type 2 ends with. */
  static final String HISTORY = "_history";

  private LiveProject() {}

  /**
   * Writes the project's files.
   *
   * @param catalog JDBC address of the catalog's database
   * @param topics pattern of the topics that hold the tables' changes
   */
  static TestProject create(
      Path folder,
      String catalog,
      String bootstrapServers,
      String topics,
      List<SourceTable> tables) {
    TestProject project =
        TestProject.create(folder)
            .file(
                "lakehouse.yaml",
                """
                name: live
                commitInterval: 1s
                catalog:
                  type: jdbc
                  uri: %s
                  warehouse: %s
                sources:
                """
                    .formatted(catalog, folder.resolve("warehouse")))
            .kafkaSource(
                "live", "debezium-json", bootstrapServers, "topicPattern: '" + topics + "'");
    for (SourceTable table : tables) {
      contract(project, table, table.name(), "- {property: deletes, value: soft}");
      if (table.hasHard()) {
        contract(project, table, table.name() + HARD, "- {property: deletes, value: hard}");
      }
      if (table.hasHistory()) {
        contract(
            project,
            table,
            table.name() + HISTORY,
            "- {property: storedAsScdType, value: 2}",
            "- {property: trackHistoryColumns, value: [" + table.trackedNames() + "]}");
      }
    }
    return project.gold(
        "regions",
        """
        /*---
        table: %s
        owner: test
        description: Orders by region
        slaMinutes: 60
        consumers: [test]
        key: [region]
        incrementalBy: region
        ---*/
        SELECT region, COUNT(*) AS orders, SUM(amount) AS amount
        FROM silver.orders WHERE NOT is_deleted GROUP BY region
        """
            .formatted(PRODUCT));
  }

  private static void contract(
      TestProject project, SourceTable table, String name, String... properties) {
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < table.columns().size(); i++) {
      SourceColumn column = table.columns().get(i);
      columns.append(
          "      - {name: %s, %s%s}\n"
              .formatted(
                  column.name(),
                  column.kind().contract(),
                  i < table.keys()
                      ? ", primaryKey: true, primaryKeyPosition: %d, required: true"
                          .formatted(i + 1)
                      : ""));
    }
    project.contract(
        name,
        """
        kind: DataContract
        apiVersion: v3.1.0
        id: %1$s
        version: 1.0.0
        status: active
        schema:
          - name: %1$s
            physicalName: silver.%1$s
            customProperties:
              - {property: source, value: live}
              - {property: sourceTable, value: %2$s}
              %3$s
            properties:
        """
                .formatted(name, table.qualified(), String.join("\n      ", properties))
            + columns);
  }
}
