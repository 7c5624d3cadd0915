package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlDatetimeSubtractionOperator;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.DateString;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.internal.sql.function.TemporalFunctions;
import org.beamlakehouse.transforms.internal.sql.type.ExpressionTypes;

/**
 * Makes an expression compute with timestamps and times in microseconds.
 *
 * <p>In the rewritten tree every timestamp and time is a 64-bit integer. Comparing and choosing
 * ({@code CASE}, {@code COALESCE}…) and adding an interval work on it directly; other functions get
 * milliseconds. Texts are parsed by {@link TemporalFunctions}; a text in the expression itself is
 * parsed here, so that a wrong one is an error of compilation.
 */
public final class MicrosecondRewriter extends RexShuttle {

  /** Calls that give the same result for any representation that keeps the order. */
  private static final Set<SqlKind> TRANSPARENT =
      EnumSet.of(
          SqlKind.EQUALS,
          SqlKind.NOT_EQUALS,
          SqlKind.LESS_THAN,
          SqlKind.LESS_THAN_OR_EQUAL,
          SqlKind.GREATER_THAN,
          SqlKind.GREATER_THAN_OR_EQUAL,
          SqlKind.IS_DISTINCT_FROM,
          SqlKind.IS_NOT_DISTINCT_FROM,
          SqlKind.IS_NULL,
          SqlKind.IS_NOT_NULL,
          SqlKind.COALESCE,
          SqlKind.CASE,
          SqlKind.GREATEST,
          SqlKind.LEAST);

  private final RexBuilder rex;

  public MicrosecondRewriter(RexBuilder rex) {
    this.rex = rex;
  }

  public RexNode rewrite(RexNode node) {
    return RexUtil.expandSearch(rex, null, node).accept(this);
  }

  /** The type of a value in the rewritten tree. */
  public RelDataType rewritten(RelDataType type) {
    return ExpressionTypes.isTemporal(type) ? sqlType(SqlTypeName.BIGINT, type.isNullable()) : type;
  }

  @Override
  public RexNode visitInputRef(RexInputRef input) {
    return new RexInputRef(input.getIndex(), rewritten(input.getType()));
  }

  @Override
  public RexNode visitLiteral(RexLiteral literal) {
    if (!ExpressionTypes.isTemporal(literal.getType())) {
      return literal;
    }
    if (literal.isNull()) {
      return rex.makeNullLiteral(rewritten(literal.getType()));
    }
    String text = String.valueOf(literal.getValueAs(Comparable.class));
    return isTimestamp(literal)
        ? micros(TemporalFunctions.parseTimestamp(text))
        : micros(TemporalFunctions.parseTime(text));
  }

  @Override
  public RexNode visitCall(RexCall call) {
    SqlKind kind = call.getKind();
    if (TRANSPARENT.contains(kind)) {
      return rex.makeCall(rewritten(call.getType()), call.getOperator(), rewriteAll(call));
    }
    if (kind == SqlKind.CAST || kind == SqlKind.SAFE_CAST) {
      RexNode cast = rewriteCast(call);
      if (cast != null) {
        return cast;
      }
    }
    return addsInterval(call) ? addInterval(call) : rewriteOther(withoutMixedDates(call));
  }

  /** Calcite subtracts a date from a timestamp as if both counted the same unit. */
  private RexCall withoutMixedDates(RexCall call) {
    boolean mixed =
        call.getOperator() instanceof SqlDatetimeSubtractionOperator
            && call.getOperands().stream().anyMatch(MicrosecondRewriter::isTimestamp)
            && call.getOperands().stream().anyMatch(MicrosecondRewriter::isDate);
    if (!mixed) {
      return call;
    }
    RelDataType timestamp = sqlType(SqlTypeName.TIMESTAMP, true);
    List<RexNode> operands =
        call.getOperands().stream()
            .map(operand -> isDate(operand) ? rex.makeCast(timestamp, operand) : operand)
            .toList();
    return call.clone(call.getType(), operands);
  }

  private List<RexNode> rewriteAll(RexCall call) {
    return call.getOperands().stream().map(operand -> operand.accept(this)).toList();
  }

  /** The cast in microseconds, or null where Calcite's own cast does. */
  private RexNode rewriteCast(RexCall call) {
    RexNode operand = call.getOperands().get(0);
    SqlTypeName from = operand.getType().getSqlTypeName();
    SqlTypeName to = call.getType().getSqlTypeName();
    boolean safe = call.getKind() == SqlKind.SAFE_CAST;
    if (from == to && ExpressionTypes.isTemporal(call.getType())) {
      return truncated(operand, call.getType().getPrecision());
    }
    if (from == SqlTypeName.TIME && to == SqlTypeName.TIMESTAMP) {
      throw new UnplacedError(
          "a time of day becomes a timestamp only with a date, which would be that of the run;"
              + " CAST the timestamp AS TIME instead");
    }
    if (from == SqlTypeName.VARCHAR && safe) {
      return tryParse(call, operand, to);
    }
    if (from == SqlTypeName.VARCHAR) {
      if (to == SqlTypeName.TIMESTAMP) {
        return parse(
            operand, ExpressionFunctions.PARSE_TIMESTAMP, TemporalFunctions::parseTimestamp);
      }
      if (to == SqlTypeName.TIME) {
        return parse(operand, ExpressionFunctions.PARSE_TIME, TemporalFunctions::parseTime);
      }
      if (to == SqlTypeName.DATE) {
        return parseDate(operand);
      }
    }
    if (to == SqlTypeName.VARCHAR && ExpressionTypes.isTemporal(operand.getType())) {
      SqlOperator format =
          from == SqlTypeName.TIMESTAMP
              ? ExpressionFunctions.FORMAT_TIMESTAMP
              : ExpressionFunctions.FORMAT_TIME;
      return call(
          format, SqlTypeName.VARCHAR, operand.getType().isNullable(), operand.accept(this));
    }
    return null;
  }

  /** {@code SAFE_CAST}: null where the text is none; null here where Calcite's own does. */
  private RexNode tryParse(RexCall call, RexNode operand, SqlTypeName to) {
    SqlOperator parser =
        switch (to) {
          case TIMESTAMP -> ExpressionFunctions.TRY_TIMESTAMP;
          case TIME -> ExpressionFunctions.TRY_TIME;
          case DATE -> ExpressionFunctions.TRY_DATE;
          default -> null;
        };
    return parser == null
        ? null
        : rex.makeCall(rewritten(call.getType()), parser, List.of(operand.accept(this)));
  }

  private RexNode truncated(RexNode operand, int digits) {
    RexNode micros = operand.accept(this);
    if (digits < 0 || digits >= operand.getType().getPrecision()) {
      return micros;
    }
    long unit = BigDecimal.TEN.pow(ExpressionTypes.TIME_DIGITS - digits).longValueExact();
    return call(
        ExpressionFunctions.TRUNCATE,
        SqlTypeName.BIGINT,
        operand.getType().isNullable(),
        micros,
        micros(unit));
  }

  private RexNode parse(RexNode operand, SqlOperator parser, ToLongFunction<String> now) {
    if (operand instanceof RexLiteral literal && !literal.isNull()) {
      return micros(now.applyAsLong(constant(literal)));
    }
    return call(parser, SqlTypeName.BIGINT, operand.getType().isNullable(), operand.accept(this));
  }

  private RexNode parseDate(RexNode operand) {
    if (operand instanceof RexLiteral literal && !literal.isNull()) {
      return rex.makeDateLiteral(
          DateString.fromDaysSinceEpoch(TemporalFunctions.parseDate(constant(literal))));
    }
    return call(
        ExpressionFunctions.PARSE_DATE,
        SqlTypeName.DATE,
        operand.getType().isNullable(),
        operand.accept(this));
  }

  private static String constant(RexLiteral literal) {
    String text = literal.getValueAs(String.class);
    if (text == null) {
      throw new DateTimeException("a literal is no text");
    }
    return text;
  }

  /** A function of Calcite's: milliseconds in, milliseconds out. */
  private RexNode rewriteOther(RexCall call) {
    List<RexNode> operands = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      RexNode argument = operand.accept(this);
      operands.add(
          ExpressionTypes.isTemporal(operand.getType())
              ? toMillis(argument, operand, call.getKind())
              : argument);
    }
    RexNode result = rex.makeCall(call.getType(), call.getOperator(), operands);
    if (!ExpressionTypes.isTemporal(call.getType())) {
      return result;
    }
    boolean nullable = call.getType().isNullable();
    if (!isTimestamp(call)) {
      return call(ExpressionFunctions.TIME_TO_MICROS, SqlTypeName.BIGINT, nullable, result);
    }
    return call(ExpressionFunctions.TO_MICROS, SqlTypeName.BIGINT, nullable, result);
  }

  private static boolean addsInterval(RexCall call) {
    return (call.getKind() == SqlKind.PLUS || call.getKind() == SqlKind.MINUS)
        && isTimestamp(call)
        && isTimestamp(call.getOperands().get(0))
        && IntervalArithmetic.isInterval(call.getOperands().get(1));
  }

  private RexNode addInterval(RexCall call) {
    RexNode interval = call.getOperands().get(1).accept(this);
    SqlOperator function =
        IntervalArithmetic.isMonths(interval)
            ? ExpressionFunctions.ADD_MONTHS_TO_TIMESTAMP
            : ExpressionFunctions.ADD_TO_TIMESTAMP;
    return call(
        function,
        SqlTypeName.BIGINT,
        call.getType().isNullable(),
        call.getOperands().get(0).accept(this),
        call.getKind() == SqlKind.MINUS ? new IntervalArithmetic(rex).negated(interval) : interval);
  }

  private RexNode toMillis(RexNode micros, RexNode original, SqlKind caller) {
    SqlOperator function = ExpressionFunctions.TIME_TO_MILLIS;
    if (isTimestamp(original)) {
      function =
          caller == SqlKind.CEIL ? ExpressionFunctions.TO_MILLIS_UP : ExpressionFunctions.TO_MILLIS;
    }
    return rex.makeCall(original.getType(), function, List.of(micros));
  }

  private static boolean isTimestamp(RexNode node) {
    return node.getType().getSqlTypeName() == SqlTypeName.TIMESTAMP;
  }

  private static boolean isDate(RexNode node) {
    return node.getType().getSqlTypeName() == SqlTypeName.DATE;
  }

  private RexNode micros(long value) {
    return rex.makeExactLiteral(BigDecimal.valueOf(value), sqlType(SqlTypeName.BIGINT, false));
  }

  private RexNode call(SqlOperator function, SqlTypeName type, boolean nullable, RexNode... args) {
    return rex.makeCall(sqlType(type, nullable), function, List.of(args));
  }

  private RelDataType sqlType(SqlTypeName name, boolean nullable) {
    RelDataType type = rex.getTypeFactory().createSqlType(name);
    return rex.getTypeFactory().createTypeWithNullability(type, nullable);
  }
}
