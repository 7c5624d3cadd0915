package org.beamlakehouse.transforms.internal.sql;

import java.util.List;
import org.apache.calcite.linq4j.function.Function1;
import org.beamlakehouse.transforms.internal.sql.FieldBinder.Slot;
import org.beamlakehouse.transforms.internal.sql.type.ValueConversion;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Generated code with the conversion of its inputs and its result. Has no state. */
final class CompiledExpression {

  private final String sql;
  private final ColumnType type;
  private final int[][] paths;
  private final ValueConversion[] inputs;
  private final ValueConversion output;
  private final Object[] constants;
  private final Function1<Object[], Object> code;

  CompiledExpression(
      String sql,
      ColumnType type,
      List<Slot> slots,
      List<Object> constants,
      Function1<Object[], Object> code) {
    this.sql = sql;
    this.type = type;
    this.paths =
        slots.stream()
            .map(slot -> slot.path().stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
    this.inputs =
        slots.stream().map(s -> ValueConversion.in(s.type())).toArray(ValueConversion[]::new);
    this.output = ValueConversion.out(type);
    this.constants = constants.toArray();
    this.code = code;
  }

  ColumnType type() {
    return type;
  }

  @Nullable Object evaluate(Object[] values) {
    try {
      Object[] arguments = new Object[inputs.length + constants.length];
      System.arraycopy(constants, 0, arguments, inputs.length, constants.length);
      for (int i = 0; i < inputs.length; i++) {
        Object value = value(values, paths[i]);
        arguments[i] = value == null ? null : inputs[i].convert(value);
      }
      Object result = code.apply(arguments);
      return result == null ? null : output.convert(result);
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      throw SqlEvaluationException.of(sql, e);
    }
  }

  private static @Nullable Object value(Object[] values, int[] path) {
    Object value = values[path[0]];
    for (int i = 1; i < path.length && value != null; i++) {
      value = ((List<?>) value).get(path[i]);
    }
    return value;
  }
}
