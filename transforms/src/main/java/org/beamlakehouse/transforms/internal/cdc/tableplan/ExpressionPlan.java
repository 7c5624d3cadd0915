package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The SQL of a table definition over its records: computed columns, deletes and truncates. */
public final class ExpressionPlan {
  private final List<ComputedColumn> columns = new ArrayList<>();
  private final boolean[] computed;
  private final @Nullable RecordExpression deletes;
  private final @Nullable RecordExpression truncates;

  private record ComputedColumn(int index, RecordExpression expression) {}

  ExpressionPlan(TableDefinition table, CellList cells) {
    computed = new boolean[table.columns().size()];
    for (int i = 0; i < computed.length; i++) {
      Column column = table.columns().get(i);
      if (column.expression() != null) {
        computed[i] = true;
        columns.add(
            new ComputedColumn(
                i,
                new RecordExpression(
                    column.name(), column.expression(), column.type(), table, cells)));
      }
    }
    deletes = predicate("applyAsDeletes", table.applyAsDeletes(), table, cells);
    truncates = predicate("applyAsTruncates", table.applyAsTruncates(), table, cells);
  }

  private static @Nullable RecordExpression predicate(
      String name, @Nullable String sql, TableDefinition table, CellList cells) {
    return sql == null ? null : new RecordExpression(name, sql, ColumnType.BOOLEAN, table, cells);
  }

  /** True for columns that are computed. */
  public boolean isComputed(int column) {
    return computed[column];
  }

  /** Fills the cells of the computed columns. */
  public void compute(@Nullable Object[] cells, Violations violations) {
    for (int i = 0; i < columns.size(); i++) {
      ComputedColumn column = columns.get(i);
      cells[column.index] = column.expression.evaluate(cells, violations);
    }
  }

  /** True where the record deletes its key; unknown is not true. */
  public boolean deletes(@Nullable Object[] cells, Violations violations) {
    return deletes != null && Boolean.TRUE.equals(deletes.evaluate(cells, violations));
  }

  /** True where the record empties the table; unknown is not true. */
  public boolean truncates(@Nullable Object[] cells, Violations violations) {
    return truncates != null && Boolean.TRUE.equals(truncates.evaluate(cells, violations));
  }
}
