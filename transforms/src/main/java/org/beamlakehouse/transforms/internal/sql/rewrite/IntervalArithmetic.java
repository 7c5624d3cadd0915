package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.SqlTypeName;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.internal.sql.function.IntervalFunctions;
import org.beamlakehouse.transforms.internal.sql.function.NumberFunctions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Computes with intervals so that nothing wraps around: with intervals alone, and added to dates.
 * Those added to timestamps are the {@link MicrosecondRewriter}'s.
 */
final class IntervalArithmetic {
  private static final SqlOperator ADD = interval("addIntervals");
  private static final SqlOperator SUBTRACT = interval("subtractIntervals");
  private static final SqlOperator NEGATE = interval("negateInterval");
  private static final SqlOperator MULTIPLY = interval("multiplyInterval");
  private static final SqlOperator ADD_TO_DATE = interval("addToDate");
  private static final SqlOperator ADD_MONTHS_TO_DATE = interval("addMonthsToDate");
  private static final SqlOperator TO_INT =
      ExpressionFunctions.function(NumberFunctions.class, "toInt");

  private final RexBuilder rex;

  IntervalArithmetic(RexBuilder rex) {
    this.rex = rex;
  }

  private static SqlOperator interval(String function) {
    return ExpressionFunctions.function(IntervalFunctions.class, function);
  }

  /** The call in checked arithmetic; null where it is none with an interval. */
  @Nullable RexNode rewrite(RexCall call) {
    List<RexNode> operands = call.getOperands();
    if (isInterval(call)) {
      return ofInterval(call, operands);
    }
    boolean toDate =
        call.getType().getSqlTypeName() == SqlTypeName.DATE
            && operands.size() == 2
            && operands.get(0).getType().getSqlTypeName() == SqlTypeName.DATE
            && isInterval(operands.get(1));
    if (!toDate || (call.getKind() != SqlKind.PLUS && call.getKind() != SqlKind.MINUS)) {
      return null;
    }
    RexNode interval = operands.get(1);
    return rex.makeCall(
        call.getType(),
        isMonths(interval) ? ADD_MONTHS_TO_DATE : ADD_TO_DATE,
        List.of(operands.get(0), call.getKind() == SqlKind.MINUS ? negated(interval) : interval));
  }

  private @Nullable RexNode ofInterval(RexCall call, List<RexNode> operands) {
    boolean two =
        operands.size() == 2 && isInterval(operands.get(0)) && isInterval(operands.get(1));
    return switch (call.getKind()) {
      case PLUS -> two ? sized(call, ADD, operands) : null;
      case MINUS -> two ? sized(call, SUBTRACT, operands) : null;
      case MINUS_PREFIX -> sized(call, NEGATE, operands);
      case TIMES -> {
        RexNode interval = isInterval(operands.get(0)) ? operands.get(0) : operands.get(1);
        RexNode factor = interval == operands.get(0) ? operands.get(1) : operands.get(0);
        yield sized(call, MULTIPLY, List.of(interval, exact(factor)));
      }
      default -> null;
    };
  }

  /** The interval the other way. */
  RexNode negated(RexNode interval) {
    return rex.makeCall(bigint(interval), NEGATE, List.of(interval));
  }

  private RexNode sized(RexCall call, SqlOperator function, List<RexNode> operands) {
    if (!isMonths(call)) {
      return rex.makeCall(call.getType(), function, List.copyOf(operands));
    }
    RexNode wide = rex.makeCall(bigint(call), function, List.copyOf(operands));
    return rex.makeCall(call.getType(), TO_INT, List.of(wide));
  }

  private RexNode exact(RexNode number) {
    RelDataType decimal = rex.getTypeFactory().createSqlType(SqlTypeName.DECIMAL, 38, 10);
    return rex.makeAbstractCast(
        rex.getTypeFactory().createTypeWithNullability(decimal, number.getType().isNullable()),
        number,
        false);
  }

  private RelDataType bigint(RexNode like) {
    RelDataType type = rex.getTypeFactory().createSqlType(SqlTypeName.BIGINT);
    return rex.getTypeFactory().createTypeWithNullability(type, like.getType().isNullable());
  }

  /** True for values that are intervals. */
  static boolean isInterval(RexNode node) {
    return SqlTypeName.INTERVAL_TYPES.contains(node.getType().getSqlTypeName());
  }

  /** True for intervals of months and years. */
  static boolean isMonths(RexNode node) {
    return SqlTypeName.YEAR_INTERVAL_TYPES.contains(node.getType().getSqlTypeName());
  }
}
