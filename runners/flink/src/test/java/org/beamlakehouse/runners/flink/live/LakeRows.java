package org.beamlakehouse.runners.flink.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.runners.flink.live.SourceTable.SourceColumn;
import org.beamlakehouse.testing.TestProject;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The rows of a lake's tables as sorted texts, read by Iceberg's generic reader. */
final class LakeRows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RESCUED = "_rescued_data";

  private final TestProject project;

  LakeRows(TestProject project) {
    this.project = project;
  }

  /** The rows of a table of type 1 with soft deletes that are not deleted. */
  List<String> living(SourceTable table, String name) {
    return rows(table, name, Expressions.equal("is_deleted", false), RESCUED);
  }

  /**
   * The others, with the time of their end. What is rescued comes from the change that counts: a
   * delete that tells no more than the key has nothing of the kind.
   */
  List<String> deleted(SourceTable table, String name) {
    return rows(table, name, Expressions.equal("is_deleted", true), "deleted_at");
  }

  /** All rows of a table of type 1 with hard deletes. */
  List<String> all(SourceTable table, String name) {
    return rows(table, name, Expressions.alwaysTrue(), RESCUED);
  }

  /** All versions of a table of type 2. */
  List<String> versions(SourceTable table, String name) {
    return rows(
        table, name, Expressions.alwaysTrue(), RESCUED, "valid_from", "valid_to", "is_current");
  }

  private List<String> rows(SourceTable table, String name, Expression filter, String... more) {
    if (!project.exists(name)) {
      return List.of();
    }
    List<String> rows = new ArrayList<>();
    for (Map<String, Object> row : project.rows(name, filter)) {
      List<String> values = new ArrayList<>();
      for (SourceColumn column : table.columns()) {
        values.add(column.kind().ofIceberg(row.get(column.name())));
      }
      for (String column : more) {
        values.add(text(column, row.get(column)));
      }
      rows.add(RowText.of(values));
    }
    rows.sort(null);
    return rows;
  }

  private static @Nullable String text(String column, @Nullable Object value) {
    if (column.equals(RESCUED)) {
      return added((String) value);
    }
    return value instanceof OffsetDateTime time
        ? time.toInstant().toString()
        : String.valueOf(value);
  }

  /** The value of the only column that the contract does not know. */
  private static @Nullable String added(@Nullable String rescued) {
    if (rescued == null) {
      return null;
    }
    try {
      JsonNode fields = JSON.readTree(rescued);
      if (fields.size() != 1 || !fields.has(SourceTable.ADDED)) {
        throw new AssertionError("Fields were rescued that nobody sent: " + rescued);
      }
      return fields.get(SourceTable.ADDED).textValue();
    } catch (JsonProcessingException e) {
      throw new AssertionError("What was rescued is no JSON", e);
    }
  }

  /** The rows of the product. */
  List<String> product() {
    return project.exists(LiveProject.PRODUCT)
        ? project.rows(LiveProject.PRODUCT, "region", "orders", "amount").stream()
            .map(row -> row.get("region") + " " + row.get("orders") + " " + row.get("amount"))
            .sorted()
            .toList()
        : List.of();
  }

  /** Where the records of bronze were in Kafka, with the checksums of their values. */
  List<String> bronze() {
    return project
        .rows(LiveProject.BRONZE, "source_topic", "source_partition", "source_offset", "checksum")
        .stream()
        .map(
            row ->
                RowText.record(
                    (String) row.get("source_topic"),
                    (Integer) row.get("source_partition"),
                    (Long) row.get("source_offset"),
                    (String) row.get("checksum")))
        .sorted()
        .toList();
  }
}
