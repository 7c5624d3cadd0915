package org.beamlakehouse.transforms.sql;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Refuses what is not a function of the row alone: aggregates, windows, the clock, chance. */
final class ScalarCheck extends SqlBasicVisitor<@Nullable Void> {

  private final String sql;

  ScalarCheck(String sql) {
    this.sql = sql;
  }

  @Override
  public @Nullable Void visit(SqlCall call) {
    SqlOperator operator = call.getOperator();
    if (operator.isAggregator() || call.getKind() == SqlKind.OVER) {
      throw ExpressionParser.failure(
          sql,
          String.format("%s computes over many rows, an expression sees one", operator.getName()),
          call.getParserPosition());
    }
    if (!operator.isDeterministic() || operator.isDynamicFunction()) {
      throw ExpressionParser.failure(sql, changing(operator.getName()), call.getParserPosition());
    }
    return super.visit(call);
  }

  static String changing(String function) {
    return function + " is not the same in every run; compare with a field of the row instead";
  }
}
