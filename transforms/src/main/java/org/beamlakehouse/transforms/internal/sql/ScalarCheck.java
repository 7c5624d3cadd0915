package org.beamlakehouse.transforms.internal.sql;

import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Refuses what is not a function of the row alone: aggregates, windows, the clock, chance. */
final class ScalarCheck extends SqlBasicVisitor<@Nullable Void> {

  private static final Set<String> PATH_FUNCTIONS =
      Set.of("JSON_EXISTS", "JSON_VALUE", "JSON_QUERY");

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
    checkJsonPath(call, operator);
    return super.visit(call);
  }

  /** Filters of JSON paths match regular expressions by backtracking. */
  private void checkJsonPath(SqlCall call, SqlOperator operator) {
    if (!PATH_FUNCTIONS.contains(operator.getName())) {
      return;
    }
    SqlNode path = call.getOperandList().get(1);
    String text = path instanceof SqlLiteral literal ? literal.toValue() : null;
    if (text == null) {
      throw ExpressionParser.failure(
          sql,
          "a path of " + operator.getName() + " must be a text in it",
          path.getParserPosition());
    }
    if (text.contains("=~")) {
      throw ExpressionParser.failure(
          sql,
          "a path of " + operator.getName() + " must not match patterns; use REGEXP_LIKE",
          path.getParserPosition());
    }
  }

  static String changing(String function) {
    return function + " is not the same in every run; compare with a field of the row instead";
  }
}
