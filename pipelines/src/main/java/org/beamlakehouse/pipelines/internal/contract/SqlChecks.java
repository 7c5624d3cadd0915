package org.beamlakehouse.pipelines.internal.contract;

import java.util.List;
import org.beamlakehouse.pipelines.internal.config.YamlNode;
import org.beamlakehouse.transforms.internal.cdc.tableplan.RecordSql;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Checks SQL in contracts, so that mistakes show at the line and not in a run. */
final class SqlChecks {
  private SqlChecks() {}

  /**
   * Tells an error where no record can give the expression over its fields a result.
   *
   * @param target type of the result
   */
  static void checkExpression(
      @Nullable YamlNode value, String sql, ColumnType target, List<Column> columns) {
    if (value == null) {
      return;
    }
    try {
      RecordSql.check(sql, target, columns);
    } catch (IllegalArgumentException e) {
      value.error("%s", e.getMessage());
    }
  }

  /** True for a condition over a table's columns; an error is told where it is none. */
  static boolean isCondition(YamlNode value, String sql, List<Column> columns) {
    try {
      ColumnType type = SqlExpression.typeOf(sql, columns, null);
      if (type.equals(ColumnType.BOOLEAN)) {
        return true;
      }
      value.error("'%s' gives a %s; a rule is a condition that is true for good rows", sql, type);
    } catch (IllegalArgumentException e) {
      value.error("%s", e.getMessage());
    }
    return false;
  }
}
