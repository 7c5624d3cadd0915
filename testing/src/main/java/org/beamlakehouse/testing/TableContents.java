package org.beamlakehouse.testing;

import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whole contents of tables in a form that can be compared: each row is its columns by name, bytes
 * are base64 and instants are UTC, and rows are sorted, equal ones kept apart.
 */
public final class TableContents {
  /** Columns whose values depend on when and by which run a row was written, not on the input. */
  public static final Set<String> OF_THE_RUN =
      Set.of(
          "ingested_at",
          "ingestion_timestamp",
          "ingestion_date",
          "ingestion_lag_secs",
          "recorded_at",
          "pipeline_version",
          "batch_id",
          "bronze_uuid",
          "bronze_snapshot",
          "after_snapshot");

  /** What an index of files lacks of a file where a run died right behind bronze's commit. */
  private static final Set<String> OF_FILES = Set.of("size_bytes", "modified_at", "checksum");

  private static final int SHOWN = 5;

  private TableContents() {}

  /** The sorted rows of a table with all columns that the input alone decides. */
  public static List<String> of(TestProject project, String table) {
    Set<String> without = new HashSet<>(OF_THE_RUN);
    if (table.endsWith("__files")) {
      without.addAll(OF_FILES);
    }
    return sorted(project.rows(table), without);
  }

  /** The sorted texts of rows, without some columns. */
  public static List<String> sorted(
      Collection<? extends Map<String, ?>> rows, Set<String> without) {
    List<String> texts = new ArrayList<>();
    for (Map<String, ?> row : rows) {
      Map<String, Object> values = new TreeMap<>();
      row.forEach((column, value) -> values.put(column, comparable(value)));
      values.keySet().removeAll(without);
      texts.add(values.toString());
    }
    texts.sort(null);
    return texts;
  }

  /**
   * Fails where two contents differ, naming some of the rows that only one of them has.
   *
   * @throws AssertionError where they differ
   */
  public static void assertSame(String what, List<String> actual, List<String> expected) {
    if (actual.equals(expected)) {
      return;
    }
    throw new AssertionError(
        String.format(
            "%s has %d rows, expected %d%nunexpected: %s%nmissing: %s",
            what,
            actual.size(),
            expected.size(),
            lines(minus(actual, expected)),
            lines(minus(expected, actual))));
  }

  private static List<String> minus(List<String> left, List<String> right) {
    Map<String, Integer> counts = new TreeMap<>();
    left.forEach(row -> counts.merge(row, 1, Integer::sum));
    right.forEach(row -> counts.merge(row, -1, Integer::sum));
    List<String> rest = new ArrayList<>();
    counts.forEach(
        (row, count) -> rest.addAll(count > 0 ? List.of(count + " × " + row) : List.of()));
    return rest;
  }

  private static String lines(List<String> rows) {
    return rows.size()
        + " rows\n  "
        + String.join("\n  ", rows.subList(0, Math.min(SHOWN, rows.size())));
  }

  private static Object comparable(Object value) {
    if (value instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
    return value instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : value;
  }
}
