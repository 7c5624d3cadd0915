package org.beamlakehouse.pipelines.internal.show;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.transforms.internal.merge.ValueOrder;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The rows that a {@link TableQuery} asks for. */
public final class TableRows {
  private final Table table;
  private final TableQuery query;
  private final Schema schema;
  private final List<Column> columns;
  private final int[] shown;
  private final Predicate<Object[]> condition;
  private final @Nullable Comparator<Object[]> order;
  private final @Nullable Snapshot snapshot;

  /**
   * Prepares a query.
   *
   * @throws IllegalArgumentException where a column, the condition or the snapshot is not the
   *     table's, or the limit is negative
   */
  public TableRows(Table table, TableQuery query) {
    this.table = table;
    this.query = query;
    this.schema = table.schema();
    this.columns = IcebergTypes.columns(schema);
    this.shown =
        query.columns().isEmpty()
            ? IntStream.range(0, columns.size()).toArray()
            : query.columns().stream().mapToInt(this::indexOf).toArray();
    this.condition =
        query.where() == null ? row -> true : SqlExpression.of(query.where(), columns)::isTrue;
    this.order = order();
    this.snapshot = SnapshotReference.resolve(table, query.asOf());
    if (query.limit() != null && query.limit() < 0) {
      throw new IllegalArgumentException(
          "Cannot show " + query.limit() + " rows: give a limit of 0 or more");
    }
  }

  /** The columns of the rows, in order. */
  public List<Column> columns() {
    List<Column> result = new ArrayList<>();
    for (int index : shown) {
      result.add(columns.get(index));
    }
    return result;
  }

  /** Hands every row to the consumer; without an order they are streamed. */
  public void forEach(Consumer<Object[]> consumer) throws IOException {
    if (snapshot == null) {
      return;
    }
    int limit = query.limit() == null ? Integer.MAX_VALUE : query.limit();
    List<Object[]> sorted = new ArrayList<>();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(table).useSnapshot(snapshot.snapshotId()).project(schema).build()) {
      int given = 0;
      for (Record record : records) {
        Object[] row = values(record);
        if (condition.test(row)) {
          if (order != null) {
            sorted.add(row);
          } else if (given++ < limit) {
            consumer.accept(project(row));
          } else {
            return;
          }
        }
      }
    }
    if (order != null) {
      sorted.stream().sorted(order).limit(limit).map(this::project).forEach(consumer);
    }
  }

  private Object[] values(Record record) {
    Object[] row = new Object[columns.size()];
    for (int i = 0; i < row.length; i++) {
      Types.NestedField field = schema.columns().get(i);
      // By name: the generic reader may add columns of its own.
      row[i] = IcebergTypes.fromIceberg(field.type(), record.getField(field.name()));
    }
    return row;
  }

  private Object[] project(Object[] row) {
    Object[] result = new Object[shown.length];
    for (int i = 0; i < shown.length; i++) {
      result[i] = row[shown[i]];
    }
    return result;
  }

  private @Nullable Comparator<Object[]> order() {
    Comparator<Object[]> order = null;
    for (String term : query.orderBy()) {
      String name = term.strip();
      boolean descending = false;
      int blank = name.lastIndexOf(' ');
      if (blank > 0) {
        String direction = name.substring(blank + 1).toLowerCase(Locale.ROOT);
        descending = direction.equals("desc");
        if (!descending && !direction.equals("asc")) {
          throw new IllegalArgumentException(
              "Cannot sort by '" + term + "': write a column and asc or desc");
        }
        name = name.substring(0, blank).strip();
      }
      int index = indexOf(name);
      Comparator<Object[]> next = (a, b) -> ValueOrder.compare(a[index], b[index]);
      next = descending ? next.reversed() : next;
      order = order == null ? next : order.thenComparing(next);
    }
    return order;
  }

  private int indexOf(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            "Cannot find column %s of %s: it has %s",
            name, table.name(), columns.stream().map(Column::name).toList()));
  }
}
