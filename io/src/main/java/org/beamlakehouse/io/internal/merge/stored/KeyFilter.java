package org.beamlakehouse.io.internal.merge.stored;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.io.internal.merge.changes.HashRange;
import org.beamlakehouse.io.internal.merge.changes.KeyTable;
import org.beamlakehouse.io.internal.merge.changes.LongKeyTable;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.pack.Key;

/**
 * Conditions that every row with one of some keys meets, to leave out files and row groups. They
 * say nothing about single rows.
 */
public final class KeyFilter {
  /** Iceberg prunes by the values of an {@code in} up to this number only. */
  private static final int MAX_VALUES = 200;

  /** Ranges that a larger set of values is covered by. */
  private static final int RANGES = 32;

  private KeyFilter() {}

  /** The condition of the keys of a table that are of a part; nothing meets that of none. */
  public static Expression of(Schema schema, ChangeCodec codec, KeyTable keys, HashRange part) {
    List<String> keyColumns = codec.table().keyColumns();
    int[] own = part.keys(keys);
    if (own.length == 0) {
      return Expressions.alwaysFalse();
    }
    if (keys instanceof LongKeyTable longs) {
      boolean isInt = schema.findType(keyColumns.get(0)).typeId() == Type.TypeID.INTEGER;
      long[] sorted = longs.sorted(own);
      return column(
          keyColumns.get(0),
          sorted.length,
          i -> isInt ? (Object) (int) sorted[i] : (Object) sorted[i]);
    }
    List<Key> values = new ArrayList<>(own.length);
    for (int key : own) {
      values.add(Key.of(codec.key(keys.keyBytes(key))));
    }
    return of(schema, keyColumns, values);
  }

  /** The condition of some keys, at least one. */
  public static Expression of(Schema schema, List<String> keyColumns, Collection<Key> keys) {
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
      if (isNan(values[values.length - 1])) {
        // NaN comes last; a comparison with it is refused, and bounds know nothing of it.
        continue;
      }
      filter = Expressions.and(filter, column(keyColumns.get(i), values.length, v -> values[v]));
    }
    return filter;
  }

  /** The condition of one column's values, in their order, repetitions included. */
  private static Expression column(String column, int count, IntFunction<Object> sorted) {
    if (count <= MAX_VALUES) {
      return Expressions.in(column, IntStream.range(0, count).mapToObj(sorted).toArray());
    }
    Expression any = Expressions.alwaysFalse();
    int step = (count + RANGES - 1) / RANGES;
    for (int from = 0; from < count; from += step) {
      int last = Math.min(from + step, count) - 1;
      any =
          Expressions.or(
              any,
              Expressions.and(
                  Expressions.greaterThanOrEqual(column, sorted.apply(from)),
                  Expressions.lessThanOrEqual(column, sorted.apply(last))));
    }
    return any;
  }

  private static boolean isNan(Object value) {
    return (value instanceof Double d && d.isNaN()) || (value instanceof Float f && f.isNaN());
  }
}
