package org.beamlakehouse.transforms.sql;

import java.util.List;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

/** Makes integer arithmetic fail where it would overflow, as the standard has it. */
final class CheckedArithmetic extends RexShuttle {

  private final RexBuilder rex;

  CheckedArithmetic(RexBuilder rex) {
    this.rex = rex;
  }

  RexNode rewrite(RexNode node) {
    return node.accept(this);
  }

  @Override
  public RexNode visitCall(RexCall call) {
    RexCall visited = (RexCall) super.visitCall(call);
    SqlOperator checked = checked(visited);
    return checked == null
        ? visited
        : rex.makeCall(visited.getType(), checked, List.copyOf(visited.getOperands()));
  }

  private static SqlOperator checked(RexCall call) {
    if (!SqlTypeName.INT_TYPES.contains(call.getType().getSqlTypeName())) {
      return null;
    }
    return switch (call.getKind()) {
      case PLUS -> SqlStdOperatorTable.CHECKED_PLUS;
      case MINUS -> SqlStdOperatorTable.CHECKED_MINUS;
      case TIMES -> SqlStdOperatorTable.CHECKED_MULTIPLY;
      case DIVIDE -> SqlStdOperatorTable.CHECKED_DIVIDE;
      case MINUS_PREFIX -> SqlStdOperatorTable.CHECKED_UNARY_MINUS;
      default -> null;
    };
  }
}
