package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.internal.sql.function.NumberFunctions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes arithmetic fail where it would wrap around, become infinite or take memory without bound;
 * Calcite does so for few functions only.
 */
public final class CheckedArithmetic extends RexShuttle {
  private static final Map<String, SqlOperator> OF_DOUBLES =
      Map.ofEntries(
          number("+", "plus"),
          number("-", "minus"),
          number("*", "times"),
          number("/", "divide"),
          number("POWER", "power"),
          number("POW", "power"),
          number("EXP", "exp"),
          number("SQRT", "sqrt"),
          number("ASIN", "asin"),
          number("ACOS", "acos"),
          number("COT", "cot"),
          number("DEGREES", "degrees"));

  private static final SqlOperator DIVIDE_EXACTLY = number("divideExactly");
  private static final SqlOperator ABS = number("abs");
  private static final SqlOperator TO_INT = number("toInt");
  private static final SqlOperator ROUND = number("round");
  private static final SqlOperator DIGITS = number("digits");
  private static final SqlOperator TO_REAL = number("toReal");
  private static final SqlOperator PARSE_DOUBLE = number("parseDouble");
  private static final SqlOperator PARSE_DECIMAL = number("parseDecimal");

  private final RexBuilder rex;
  private final IntervalArithmetic intervals;

  public CheckedArithmetic(RexBuilder rex) {
    this.rex = rex;
    this.intervals = new IntervalArithmetic(rex);
  }

  private static Map.Entry<String, SqlOperator> number(String operator, String function) {
    return Map.entry(operator, number(function));
  }

  private static SqlOperator number(String function) {
    return ExpressionFunctions.function(NumberFunctions.class, function);
  }

  public RexNode rewrite(RexNode node) {
    return node.accept(this);
  }

  @Override
  public RexNode visitCall(RexCall original) {
    RexNode visited = super.visitCall(original);
    if (!(visited instanceof RexCall call)) {
      return visited;
    }
    RexNode ofInterval = intervals.rewrite(call);
    if (ofInterval != null) {
      return ofInterval;
    }
    SqlTypeName type = call.getType().getSqlTypeName();
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    if (call.getKind() == SqlKind.CAST) {
      return cast(call, type);
    }
    if (SqlTypeName.APPROX_TYPES.contains(type) && OF_DOUBLES.containsKey(name)) {
      return ofDoubles(call, OF_DOUBLES.get(name));
    }
    if (SqlTypeName.INT_TYPES.contains(type)) {
      return ofIntegers(call, name);
    }
    if (type == SqlTypeName.DECIMAL && call.getKind() == SqlKind.DIVIDE) {
      return ofDecimals(call);
    }
    return name.equals("ROUND") || name.equals("TRUNCATE") ? boundedDigits(call) : call;
  }

  private RexNode ofIntegers(RexCall call, String name) {
    if (name.equals("ABS")) {
      return narrowed(call, call(bigint(call), ABS, call.getOperands()));
    }
    if (name.equals("ROUND") && call.getOperands().size() == 2) {
      return narrowed(call, call(bigint(call), ROUND, call.getOperands()));
    }
    if (name.equals("TRUNCATE")) {
      return boundedDigits(call);
    }
    SqlOperator checked = checked(call.getKind());
    return checked == null ? call : call(call.getType(), checked, call.getOperands());
  }

  private static @Nullable SqlOperator checked(SqlKind kind) {
    return switch (kind) {
      case PLUS -> SqlStdOperatorTable.CHECKED_PLUS;
      case MINUS -> SqlStdOperatorTable.CHECKED_MINUS;
      case TIMES -> SqlStdOperatorTable.CHECKED_MULTIPLY;
      case DIVIDE -> SqlStdOperatorTable.CHECKED_DIVIDE;
      case MINUS_PREFIX -> SqlStdOperatorTable.CHECKED_UNARY_MINUS;
      default -> null;
    };
  }

  /** The result of 64 bits as the 32 or fewer bits that the call gives. */
  private RexNode narrowed(RexCall call, RexNode wide) {
    if (call.getType().getSqlTypeName() == SqlTypeName.BIGINT) {
      return wide;
    }
    return call(call.getType(), TO_INT, List.of(wide));
  }

  private RelDataType bigint(RexCall call) {
    return type(SqlTypeName.BIGINT, call.getType().isNullable());
  }

  private RexNode ofDoubles(RexCall call, SqlOperator function) {
    if (call.getKind() == SqlKind.MINUS_PREFIX || call.getKind() == SqlKind.PLUS_PREFIX) {
      return call;
    }
    List<RexNode> operands = call.getOperands().stream().map(this::asDouble).toList();
    return real(
        call, call(type(SqlTypeName.DOUBLE, call.getType().isNullable()), function, operands));
  }

  /** Calcite divides with 16 digits, whatever the type of the result. */
  private RexNode ofDecimals(RexCall call) {
    List<RexNode> operands = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      RelDataType decimal = rex.getTypeFactory().decimalOf(operand.getType());
      operands.add(
          operand.getType().getSqlTypeName() == SqlTypeName.DECIMAL || decimal == null
              ? operand
              : rex.makeAbstractCast(decimal, operand, false));
    }
    operands.add(literal(call.getType().getScale()));
    return call(call.getType(), DIVIDE_EXACTLY, operands);
  }

  private RexNode asDouble(RexNode operand) {
    return operand.getType().getSqlTypeName() == SqlTypeName.DOUBLE
        ? operand
        : rex.makeAbstractCast(
            type(SqlTypeName.DOUBLE, operand.getType().isNullable()), operand, false);
  }

  /** A double as what the call gives. */
  private RexNode real(RexCall call, RexNode result) {
    return call.getType().getSqlTypeName() == SqlTypeName.REAL
        ? call(call.getType(), TO_REAL, List.of(result))
        : result;
  }

  private RexNode boundedDigits(RexCall call) {
    if (call.getOperands().size() < 2) {
      return call;
    }
    List<RexNode> operands = new ArrayList<>(call.getOperands());
    RexNode digits = operands.get(1);
    if (!SqlTypeName.INT_TYPES.contains(digits.getType().getSqlTypeName())) {
      return call;
    }
    operands.set(1, call(digits.getType(), DIGITS, List.of(digits)));
    return call(call.getType(), call.getOperator(), operands);
  }

  private RexNode cast(RexCall call, SqlTypeName to) {
    RexNode operand = call.getOperands().get(0);
    SqlTypeName from = operand.getType().getSqlTypeName();
    boolean nullable = call.getType().isNullable();
    if (from == SqlTypeName.VARCHAR && SqlTypeName.APPROX_TYPES.contains(to)) {
      return real(call, call(type(SqlTypeName.DOUBLE, nullable), PARSE_DOUBLE, List.of(operand)));
    }
    if (from == SqlTypeName.VARCHAR && to == SqlTypeName.DECIMAL) {
      return call(
          call.getType(),
          PARSE_DECIMAL,
          List.of(
              operand, literal(call.getType().getPrecision()), literal(call.getType().getScale())));
    }
    if (to == SqlTypeName.REAL && from != to && SqlTypeName.NUMERIC_TYPES.contains(from)) {
      return real(call, asDouble(operand));
    }
    return call;
  }

  private RexNode literal(int value) {
    return rex.makeExactLiteral(
        java.math.BigDecimal.valueOf(value), type(SqlTypeName.INTEGER, false));
  }

  private RexNode call(RelDataType type, SqlOperator operator, List<RexNode> operands) {
    return rex.makeCall(type, operator, List.copyOf(operands));
  }

  private RelDataType type(SqlTypeName name, boolean nullable) {
    RelDataType type = rex.getTypeFactory().createSqlType(name);
    return rex.getTypeFactory().createTypeWithNullability(type, nullable);
  }
}
