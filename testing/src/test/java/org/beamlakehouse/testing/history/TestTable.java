package org.beamlakehouse.testing.history;

import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.util.ByteBuffers;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.transforms.change.Sequence;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A silver table of string columns behind a numeric key {@code id}.
 *
 * <p>Its rows are shown in the notation of the case files: {@code [KEY:]values@order} with {@code
 * !time} behind it where the row is deleted, or {@code [KEY:]values[from,to)} for a version, whose
 * end is {@code *} where it is open. The key 1 is left out and null is {@code -}.
 *
 * @param name the table, without namespace, in the source and in silver
 * @param scdType 0, 1 or 2
 * @param deletes soft or hard
 * @param columns those behind the key
 * @param tracked columns whose change opens a version; null for all
 * @param ignoreNulls columns in which nulls leave the stored value
 * @param settings more of the contract's properties of the table, as YAML
 */
record TestTable(
    String name,
    int scdType,
    String deletes,
    List<String> columns,
    @Nullable List<String> tracked,
    List<String> ignoreNulls,
    Map<String, String> settings) {

  private static final int MAX_ORDER = 100_000;

  /** A contract of all tables, fed by one source. */
  static String contract(String source, List<TestTable> tables) {
    StringBuilder yaml =
        new StringBuilder(
            """
            kind: DataContract
            apiVersion: v3.1.0
            id: histories
            version: 1.0.0
            status: active
            schema:
            """);
    tables.forEach(table -> table.describe(source, yaml));
    return yaml.toString();
  }

  private void describe(String source, StringBuilder yaml) {
    yaml.append("  - name: ").append(name).append('\n');
    yaml.append("    physicalName: ").append(silver()).append('\n');
    yaml.append("    customProperties:\n");
    property(yaml, "source", source);
    property(yaml, "sourceTable", "public." + name);
    property(yaml, "storedAsScdType", String.valueOf(scdType));
    property(yaml, "deletes", deletes);
    if (tracked != null && tracked.isEmpty()) {
      property(yaml, "trackHistoryExceptColumns", columns.toString());
    } else if (tracked != null) {
      property(yaml, "trackHistoryColumns", tracked.toString());
    }
    if (!ignoreNulls.isEmpty()) {
      property(yaml, "ignoreNullUpdates", ignoreNulls.toString());
    }
    settings.forEach((property, value) -> property(yaml, property, value));
    yaml.append("    properties:\n");
    yaml.append("      - {name: id, logicalType: integer, physicalType: long, primaryKey: true,");
    yaml.append(" primaryKeyPosition: 1, required: true}\n");
    for (String column : columns) {
      yaml.append("      - {name: ").append(column).append(", logicalType: string}\n");
    }
  }

  private static void property(StringBuilder yaml, String name, String value) {
    yaml.append("      - {property: ").append(name).append(", value: ").append(value).append("}\n");
  }

  /** The same table with more of the contract's properties. */
  TestTable with(Map<String, String> more) {
    return new TestTable(name, scdType, deletes, columns, tracked, ignoreNulls, more);
  }

  /** The table with its namespace. */
  String silver() {
    return "silver." + name;
  }

  /** What is stored, in short form, sorted. */
  List<String> rows(TestProject project) {
    return project.rows(silver()).stream().map(this::show).sorted().toList();
  }

  private String show(Map<String, Object> row) {
    List<String> values = new ArrayList<>();
    columns.forEach(column -> values.add((String) row.get(column)));
    int key = Math.toIntExact((Long) row.get("id"));
    if (scdType == 2) {
      Long to = seconds(row.get("valid_to"));
      String version = version(key, values, seconds(row.get("valid_from")), to);
      return row.get("is_current").equals(to == null)
          ? version
          : version + " is_current=" + row.get("is_current");
    }
    Long deletedAt = seconds(row.get("deleted_at"));
    String shown = row(key, values, order(row.get("_sequence")), deletedAt);
    return row.get("is_deleted") == null || row.get("is_deleted").equals(deletedAt != null)
        ? shown
        : shown + " is_deleted=" + row.get("is_deleted");
  }

  /** The short form of a row. */
  static String row(int key, List<String> values, long order, @Nullable Long deletedAt) {
    return values(key, values) + "@" + order + (deletedAt == null ? "" : "!" + deletedAt);
  }

  /** The short form of a version. */
  static String version(int key, List<String> values, long from, @Nullable Long to) {
    return values(key, values) + "[" + from + "," + (to == null ? "*" : to) + ")";
  }

  private static String values(int key, List<String> values) {
    List<String> words = values.stream().map(value -> value == null ? "-" : value).toList();
    return (key == 1 ? "" : key + ":") + String.join(",", words);
  }

  private static @Nullable Long seconds(@Nullable Object time) {
    return time == null ? null : ((OffsetDateTime) time).toEpochSecond();
  }

  /** The number that a stored sequence was made of, found by trying. */
  private static long order(Object sequence) {
    Sequence stored = Sequence.fromBytes(ByteBuffers.toByteArray((ByteBuffer) sequence));
    for (long order = 0; order <= MAX_ORDER; order++) {
      if (stored.sameOrder(Sequence.of(order))) {
        return order;
      }
    }
    throw new AssertionError("The sequence has an order that no change had: " + stored);
  }
}
