package org.beamlakehouse.io.merge;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.beamlakehouse.io.iceberg.InternalValues;
import org.beamlakehouse.transforms.pack.Key;

/**
 * Conditions that every row with one of some keys meets, to leave out files and row groups. They
 * say nothing about single rows.
 */
final class KeyFilter {
  /** Iceberg prunes by the values of an {@code in} up to this number only. */
  private static final int MAX_VALUES = 200;

  /** Ranges that a larger set of values is covered by. */
  private static final int RANGES = 32;

  private KeyFilter() {}

  /** The condition of keys, of which there is at least one. */
  static Expression of(Schema schema, List<String> keyColumns, Collection<Key> keys) {
    Expression filter = Expressions.alwaysTrue();
    for (int i = 0; i < keyColumns.size(); i++) {
      Type type = schema.findType(keyColumns.get(i));
      if (!type.isPrimitiveType()) {
        continue;
      }
      Comparator<Object> order = Comparators.forType(type.asPrimitiveType());
      Object[] values = new Object[keys.size()];
      int next = 0;
      for (Key key : keys) {
        values[next++] = InternalValues.of(type, key.values()[i]);
      }
      Arrays.sort(values, order);
      filter = Expressions.and(filter, column(keyColumns.get(i), values));
    }
    return filter;
  }

  /** The condition of one column's values, in their order, repetitions included. */
  private static Expression column(String column, Object[] sorted) {
    if (isNan(sorted[sorted.length - 1])) {
      // NaN comes last; a comparison with it is refused, and bounds know nothing of it.
      return Expressions.alwaysTrue();
    }
    if (sorted.length <= MAX_VALUES) {
      return Expressions.in(column, sorted);
    }
    Expression any = Expressions.alwaysFalse();
    int step = (sorted.length + RANGES - 1) / RANGES;
    for (int from = 0; from < sorted.length; from += step) {
      int last = Math.min(from + step, sorted.length) - 1;
      any =
          Expressions.or(
              any,
              Expressions.and(
                  Expressions.greaterThanOrEqual(column, sorted[from]),
                  Expressions.lessThanOrEqual(column, sorted[last])));
    }
    return any;
  }

  private static boolean isNan(Object value) {
    return (value instanceof Double d && d.isNaN()) || (value instanceof Float f && f.isNaN());
  }
}
