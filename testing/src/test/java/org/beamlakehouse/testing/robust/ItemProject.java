package org.beamlakehouse.testing.robust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;

/**
 * A project of each kind of table, fed by {@link ItemBatches}: changes kept as they are now, with
 * soft and with hard deletes, and as a history; events; a gold product of these.
 */
final class ItemProject {
  private static final Instant FILES_SINCE = Instant.parse("2026-02-01T00:00:00Z");

  /** Of few rows: each bucket that a change touches costs a merge of its own. */
  private static final int BUCKETS = 2;

  private static final String EVENTS_SQL =
      """
      /*---
      table: gold.users
      owner: test
      description: Users by day
      slaMinutes: 60
      consumers: [test]
      key: [event_date]
      incrementalBy: event_date
      ---*/
      SELECT event_date, COUNT_DISTINCT(user_id) AS users, COUNT(*) AS events
      FROM silver.events GROUP BY event_date
      """;

  private static final String CONTRACT_HEAD =
      """
      kind: DataContract
      apiVersion: v3.1.0
      id: %s
      version: 1.0.0
      status: active
      """;

  private static final String EVENTS_CONTRACT =
      CONTRACT_HEAD.formatted("events")
          + """
            schema:
              - name: events
                physicalName: silver.events
                customProperties:
                  - {property: source, value: events}
                  - {property: storedAsScdType, value: 0}
                  - {property: sequenceBy, value: event_ts}
                  - {property: eventTime, value: event_ts}
                quality:
                  - name: known_user
                    type: custom
                    engine: beam-lakehouse
                    implementation: "user_id >= 0"
                    severity: error
                properties:
                  - {name: event_id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true}
                  - {name: user_id, logicalType: integer, physicalType: long, required: true}
                  - {name: event_ts, logicalType: timestamp, physicalType: timestamptz, required: true}
            """;

  private ItemProject() {}

  /** The project, with nothing in it. */
  static TestProject create(Path folder) {
    return TestProject.create(folder)
        .source("items_cdc", "debezium-json", "data/items/*.jsonl")
        .source("events", "json", "data/events/*.jsonl")
        .contract("items", itemsContract("items", 1, "soft"))
        .contract("items_hard", itemsContract("items_hard", 1, "hard"))
        .contract("items_history", itemsContract("items_history", 2, "hard"))
        .contract("events", EVENTS_CONTRACT)
        .gold("users", EVENTS_SQL);
  }

  /** Delivers a batch: whole files at once, as a reader that looks all the time needs them. */
  static void write(TestProject project, int number, ItemBatches.Batch batch) throws IOException {
    String items = "data/items/items-%03d.jsonl".formatted(number);
    String events = "data/events/events-%03d.jsonl".formatted(number);
    deliver(project, items, batch.changes(), number);
    deliver(project, events, batch.events(), number);
  }

  private static void deliver(TestProject project, String file, List<String> lines, int number)
      throws IOException {
    project.lines("incoming", lines);
    Path written = project.folder().resolve("incoming");
    // Bronze keeps the time of a file's last change.
    Files.setLastModifiedTime(written, FileTime.from(FILES_SINCE.plusSeconds(number)));
    Files.createDirectories(project.folder().resolve(file).getParent());
    Files.move(written, project.folder().resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Checks that bronze has every line of all batches, and each once. */
  static void assertBronzeHasEachLineOnce(TestProject project, List<ItemBatches.Batch> batches) {
    List<String> items = new ArrayList<>();
    List<String> events = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      expect(items, "data/items/items-%03d.jsonl".formatted(i), batches.get(i).changes());
      expect(events, "data/events/events-%03d.jsonl".formatted(i), batches.get(i).events());
    }
    TableContents.assertSame("bronze.items_cdc", lines(project, "bronze.items_cdc"), sorted(items));
    TableContents.assertSame("bronze.events", lines(project, "bronze.events"), sorted(events));
  }

  private static void expect(List<String> rows, String file, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      rows.add(file + " " + i + " " + lines.get(i));
    }
  }

  private static List<String> lines(TestProject project, String table) {
    return sorted(
        project.rows(table, "source_file", "source_position", "raw_payload").stream()
            .map(
                row ->
                    row.get("source_file")
                        + " "
                        + row.get("source_position")
                        + " "
                        + StandardCharsets.UTF_8.decode((ByteBuffer) row.get("raw_payload")))
            .toList());
  }

  private static List<String> sorted(List<String> rows) {
    return rows.stream().sorted(Comparator.naturalOrder()).toList();
  }

  static String itemsContract(String name, int scdType, String deletes) {
    return CONTRACT_HEAD.formatted(name)
        + """
          schema:
            - name: %s
              physicalName: silver.%s
              customProperties:
                - {property: source, value: items_cdc}
                - {property: sourceTable, value: public.items}
                - {property: storedAsScdType, value: %d}
                - {property: deletes, value: %s}
                - {property: partitionBy, value: ["bucket(%d, id)"]}
              properties:
                - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                - {name: color, logicalType: string}
                - {name: size, logicalType: integer, physicalType: int}
          """
            .formatted(name, name, scdType, deletes, BUCKETS);
  }
}
