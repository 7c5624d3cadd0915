package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Checks SQL over the fields of a table's records before there are any. A field that a column reads
 * has that column's type; any other may have each type that a JSON value can have, and the SQL is
 * wrong only where no record could ever give it a result.
 */
public final class RecordSql {
  /** More fields without a type are taken to have one and the same. */
  private static final int MAX_VARIED = 4;

  private RecordSql() {}

  /**
   * Checks an expression.
   *
   * @param target type of the result; null for any
   * @param columns the table's columns
   * @throws IllegalArgumentException {@code Cannot compile '…': <reason> at line L, column C}
   */
  public static void check(String sql, @Nullable ColumnType target, List<Column> columns) {
    List<Column> fields = new ArrayList<>();
    List<Integer> untyped = new ArrayList<>();
    for (String name : SqlExpression.referencedFields(sql)) {
      Optional<Column> known =
          columns.stream()
              .filter(c -> c.expression() == null && c.sourceField().equals(name))
              .findFirst();
      if (known.isEmpty()) {
        untyped.add(fields.size());
      }
      fields.add(Column.of(name, known.map(Column::type).orElse(ColumnType.STRING)));
    }
    List<ColumnType> types = RecordExpression.TYPES_OF_JSON;
    boolean varied = untyped.size() <= MAX_VARIED;
    int attempts =
        untyped.isEmpty()
            ? 1
            : varied ? (int) Math.pow(types.size(), untyped.size()) : types.size();
    IllegalArgumentException error = null;
    for (int attempt = 0; attempt < attempts; attempt++) {
      int code = attempt;
      for (int field : untyped) {
        ColumnType type = types.get(code % types.size());
        fields.set(field, Column.of(fields.get(field).name(), type));
        code = varied ? code / types.size() : code;
      }
      try {
        SqlExpression.typeOf(sql, fields, target);
        return;
      } catch (IllegalArgumentException e) {
        error = error == null || (isNoSuchFunction(e) && !isNoSuchFunction(error)) ? e : error;
      }
    }
    // With more fields their types may fit in a way that was not tried.
    if (varied || isNoSuchFunction(error)) {
      throw error;
    }
  }

  /** Whatever the types. */
  private static boolean isNoSuchFunction(IllegalArgumentException error) {
    return String.valueOf(error.getMessage()).contains("there is no function");
  }
}
