package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlOperator;
import org.beamlakehouse.transforms.internal.sql.function.ExpressionFunctions;
import org.beamlakehouse.transforms.internal.sql.function.LikePattern;
import org.beamlakehouse.transforms.internal.sql.function.RegularExpression;
import org.beamlakehouse.transforms.internal.sql.function.SimilarPattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Replaces the functions of patterns and text that a record could make run for ever, overflow the
 * stack or fill the memory: Calcite's match by {@code java.util.regex}. Patterns in the expression
 * are compiled here, so that a wrong one is an error of compilation.
 */
public final class PatternCalls extends RexShuttle {
  private final RexBuilder rex;
  private final CodeConstants constants;

  public PatternCalls(RexBuilder rex, CodeConstants constants) {
    this.rex = rex;
    this.constants = constants;
  }

  @Override
  public RexNode visitCall(RexCall original) {
    RexNode visited = super.visitCall(original);
    if (!(visited instanceof RexCall call)) {
      return visited;
    }
    List<RexNode> operands = call.getOperands();
    return switch (call.getOperator().getName().toUpperCase(Locale.ROOT)) {
      case "LIKE" ->
          match(
              call,
              ExpressionFunctions.IS_LIKE,
              ExpressionFunctions.LIKE_OF,
              (pattern, escape) -> LikePattern.of(pattern, escape, false));
      case "ILIKE" ->
          match(
              call,
              ExpressionFunctions.IS_LIKE,
              ExpressionFunctions.ILIKE_OF,
              (pattern, escape) -> LikePattern.of(pattern, escape, true));
      case "SIMILAR TO" ->
          match(
              call,
              ExpressionFunctions.IS_SIMILAR,
              ExpressionFunctions.SIMILAR_OF,
              SimilarPattern::of);
      case "RLIKE", "REGEXP_LIKE" ->
          match(
              call,
              ExpressionFunctions.IS_FOUND,
              ExpressionFunctions.REGEX_OF,
              RegularExpression::of);
      case "REGEXP_REPLACE" ->
          call(
              call,
              ExpressionFunctions.REPLACE_FOUND,
              operands.get(0),
              regex(operands.get(1)),
              operands.get(2));
      case "REGEXP_EXTRACT" -> extract(call);
      case "REPEAT" ->
          call(
              call,
              call.getOperator(),
              operands.get(0),
              rex.makeCall(operands.get(1).getType(), ExpressionFunctions.TIMES, operands));
      case "LPAD", "RPAD" -> padded(call);
      case "REPLACE" -> call(call, ExpressionFunctions.REPLACE, operands.toArray(new RexNode[0]));
      case "SPLIT_PART" ->
          call(call, ExpressionFunctions.SPLIT_PART, operands.toArray(new RexNode[0]));
      default -> call;
    };
  }

  private RexNode match(
      RexCall call,
      SqlOperator matcher,
      SqlOperator compiler,
      BiFunction<String, String, Object> now) {
    List<RexNode> operands = call.getOperands();
    RexNode option = operands.size() > 2 ? operands.get(2) : rex.makeLiteral("");
    return call(call, matcher, operands.get(0), pattern(operands.get(1), option, compiler, now));
  }

  private RexNode extract(RexCall call) {
    List<RexNode> operands = call.getOperands();
    List<RexNode> arguments = new ArrayList<>(operands);
    arguments.set(1, regex(operands.get(1)));
    while (arguments.size() < 4) {
      arguments.add(rex.makeExactLiteral(java.math.BigDecimal.ONE));
    }
    return call(call, ExpressionFunctions.EXTRACT_FOUND, arguments.toArray(new RexNode[0]));
  }

  private RexNode padded(RexCall call) {
    List<RexNode> operands = new ArrayList<>(call.getOperands());
    RexNode length = operands.get(1);
    operands.set(1, rex.makeCall(length.getType(), ExpressionFunctions.PADDED, List.of(length)));
    return call(call, call.getOperator(), operands.toArray(new RexNode[0]));
  }

  private RexNode regex(RexNode text) {
    return pattern(text, rex.makeLiteral(""), ExpressionFunctions.REGEX_OF, RegularExpression::of);
  }

  private RexNode pattern(
      RexNode text, RexNode option, SqlOperator compiler, BiFunction<String, String, Object> now) {
    String pattern = constant(text);
    String constantOption = constant(option);
    if (pattern == null || constantOption == null) {
      return rex.makeCall(constants.type(), compiler, List.of(text, option));
    }
    try {
      return constants.add(now.apply(pattern, constantOption));
    } catch (IllegalArgumentException e) {
      throw new UnplacedError(String.format("'%s' is not a pattern: %s", pattern, e.getMessage()));
    }
  }

  private static @Nullable String constant(RexNode node) {
    return node instanceof RexLiteral literal && !literal.isNull()
        ? literal.getValueAs(String.class)
        : null;
  }

  private RexNode call(RexCall original, SqlOperator operator, RexNode... operands) {
    RelDataType type = original.getType();
    return rex.makeCall(type, operator, List.of(operands));
  }
}
