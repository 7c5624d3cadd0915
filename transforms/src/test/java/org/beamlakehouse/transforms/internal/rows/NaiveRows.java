package org.beamlakehouse.transforms.internal.rows;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * What becomes of the rows of one key, told without any thought of batches: sort them all, play
 * them one by one. Shares no code with the rules.
 */
public final class NaiveRows {
  /** Rows of the histories: D deletes, V is tracked and W is not. */
  public static final Schema SCHEMA =
      Schema.builder()
          .addInt64Field("id")
          .addNullableField("v", Schema.FieldType.STRING)
          .addNullableField("w", Schema.FieldType.STRING)
          .addInt32Field("n")
          .addInt32Field("at")
          .addStringField("op")
          .build();

  private static final Comparator<String> TEXT = Comparator.nullsFirst(Comparator.naturalOrder());

  private NaiveRows() {}

  /** A version and its bounds; {@code to} is null while it is open. */
  public record Version(Row row, int from, Integer to) {}

  public static Row row(long id, String v, String w, int n, int at, String op) {
    return Row.withSchema(SCHEMA).addValues(id, v, w, n, at, op).build();
  }

  /** The latest row of a key: none where it is deleted. */
  public static List<Row> latest(Collection<Row> rows) {
    List<Row> sorted = sorted(rows);
    Row last = sorted.get(sorted.size() - 1);
    return deletes(last) ? List.of() : List.of(last);
  }

  /** The versions of a key, oldest first. */
  public static List<Version> versions(Collection<Row> rows) {
    List<Version> closed = new ArrayList<>();
    Version open = null;
    int now = Integer.MIN_VALUE;
    for (Row row : sorted(rows)) {
      now = Math.max(now, row.getInt32("at"));
      if (deletes(row)) {
        close(open, now, closed);
        open = null;
        continue;
      }
      if (open == null || !sameV(open.row, row)) {
        close(open, now, closed);
        Version last = closed.isEmpty() ? null : closed.get(closed.size() - 1);
        boolean goesOn = last != null && last.to == now && sameV(last.row, row);
        open = goesOn ? closed.remove(closed.size() - 1) : new Version(row, now, null);
      }
      open = new Version(row, open.from, null);
    }
    if (open != null) {
      closed.add(open);
    }
    return closed;
  }

  private static void close(Version open, int now, List<Version> closed) {
    if (open != null && open.from < now) {
      closed.add(new Version(open.row, open.from, now));
    }
  }

  private static boolean deletes(Row row) {
    return row.getString("op").equals("D");
  }

  private static boolean sameV(Row a, Row b) {
    return Objects.equals(a.getString("v"), b.getString("v"));
  }

  private static List<Row> sorted(Collection<Row> rows) {
    List<Row> sorted = new ArrayList<>(new LinkedHashSet<>(rows));
    sorted.sort(
        Comparator.<Row, Integer>comparing(row -> row.getInt32("n"))
            .thenComparing(NaiveRows::deletes)
            .thenComparing(row -> row.getString("v"), TEXT)
            .thenComparing(row -> row.getString("w"), TEXT)
            .thenComparing(row -> row.getInt32("at"))
            .thenComparing(row -> row.getString("op")));
    return sorted;
  }
}
