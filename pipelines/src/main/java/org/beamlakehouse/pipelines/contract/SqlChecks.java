package org.beamlakehouse.pipelines.contract;

import java.util.List;
import org.beamlakehouse.pipelines.config.YamlNode;
import org.beamlakehouse.transforms.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Checks SQL in contracts, so that mistakes show at the line and not in a run. */
final class SqlChecks {
  private SqlChecks() {}

  /** Tells an error where the expression over a record's fields, not known here, cannot be read. */
  static void checkSyntax(@Nullable YamlNode value, String sql) {
    if (value == null) {
      return;
    }
    try {
      SqlExpression.referencedFields(sql);
    } catch (IllegalArgumentException e) {
      value.error("%s", e.getMessage());
    }
  }

  /** Tells an error where the condition cannot be compiled over a table's columns. */
  static void checkCondition(YamlNode value, String sql, List<Column> columns) {
    try {
      SqlExpression condition = SqlExpression.of(sql, columns);
      if (!condition.type().equals(ColumnType.BOOLEAN)) {
        value.error(
            "'%s' gives a %s; a rule is a condition that is true for good rows",
            sql, condition.type());
      }
    } catch (IllegalArgumentException e) {
      value.error("%s", e.getMessage());
    }
  }
}
