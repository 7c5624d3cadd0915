package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Turns {@code x IN (…)} with many literals into one look-up in a set. As a chain of comparisons it
 * would take time in proportion to the list, and thousands of values would be too much code for one
 * method.
 */
public final class ValueLists extends RexShuttle {

  private static final int MANY = 10;

  private static final Set<SqlTypeName> HASHABLE =
      EnumSet.of(SqlTypeName.VARCHAR, SqlTypeName.INTEGER, SqlTypeName.BIGINT, SqlTypeName.DATE);

  private final RexBuilder rex;
  private final CodeConstants constants;

  public ValueLists(RexBuilder rex, CodeConstants constants) {
    this.rex = rex;
    this.constants = constants;
  }

  @Override
  public RexNode visitCall(RexCall call) {
    if (call.getKind() != SqlKind.OR || call.getOperands().size() < MANY) {
      return super.visitCall(call);
    }
    RexNode value = null;
    Set<Object> set = new HashSet<>();
    for (RexNode operand : call.getOperands()) {
      Object literal = comparedLiteral(operand);
      RexNode compared = literal == null ? null : ((RexCall) operand).getOperands().get(0);
      if (compared == null || (value != null && !value.equals(compared))) {
        return super.visitCall(call);
      }
      value = compared;
      set.add(literal);
    }
    return rex.makeCall(
        call.getType(),
        ExpressionFunctions.IS_AMONG,
        List.of(value.accept(this), constants.add(set)));
  }

  /** The literal of {@code x = literal} as generated code has such values, or null. */
  private static @Nullable Object comparedLiteral(RexNode node) {
    if (node.getKind() != SqlKind.EQUALS
        || !(((RexCall) node).getOperands().get(1) instanceof RexLiteral literal)) {
      return null;
    }
    SqlTypeName type = ((RexCall) node).getOperands().get(0).getType().getSqlTypeName();
    if (literal.isNull()
        || type != literal.getType().getSqlTypeName()
        || !HASHABLE.contains(type)) {
      return null;
    }
    return switch (type) {
      case VARCHAR -> literal.getValueAs(String.class);
      case BIGINT -> literal.getValueAs(Long.class);
      default -> literal.getValueAs(Integer.class);
    };
  }
}
