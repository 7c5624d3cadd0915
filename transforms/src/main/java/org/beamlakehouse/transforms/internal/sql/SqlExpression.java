package org.beamlakehouse.transforms.internal.sql;

import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A SQL expression over the fields of one row, compiled to byte code.
 *
 * <p>Names of fields are case-sensitive and need double quotes only where they are reserved words
 * or hold other characters than letters, digits and {@code _}; fields of a struct follow a dot.
 * Logic is three-valued: comparing with null is unknown, which is null here. All times are in UTC
 * and exact to the microsecond. The result depends on the values alone: functions of the clock or
 * of chance are refused.
 *
 * <p>Serialized as text and fields; compiled at most once per process and text for as long as it
 * stays among the most recently used, and once per object in any case. Safe for use by many
 * threads.
 */
public final class SqlExpression implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  /** Compiled expressions kept beside those that live objects hold. */
  private static final int CACHED = 1_000;

  private static final Map<Key, Compilation> CACHE =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Compilation> eldest) {
          return size() > CACHED;
        }
      };

  private record Key(String sql, List<Column> fields, @Nullable ColumnType target)
      implements Serializable {}

  private final Key key;
  private transient volatile @Nullable CompiledExpression compiled;

  private SqlExpression(Key key) {
    this.key = key;
    this.compiled = compiled(key);
  }

  /**
   * Compiles an expression.
   *
   * @param sql one scalar expression
   * @param fields names and types of the values given to {@link #evaluate}; names with dots are
   *     found by dotted paths
   * @throws IllegalArgumentException {@code Cannot compile '…': <reason> at line L, column C} for
   *     wrong syntax, unknown fields (listing those there are), wrong types, subqueries,
   *     aggregates, and functions that are not the same in every run
   */
  public static SqlExpression of(String sql, List<Column> fields) {
    return new SqlExpression(new Key(requireNonNull(sql, "sql"), List.copyOf(fields), null));
  }

  /**
   * The type of an expression's result. Compiles it, as there are expressions that are found wrong
   * only then; who needs it next gets the same code.
   *
   * @param target type that the result is cast to; null for its own
   * @throws IllegalArgumentException as {@link #of} and {@link #castTo} do
   */
  public static ColumnType typeOf(String sql, List<Column> fields, @Nullable ColumnType target) {
    return compiled(new Key(sql, List.copyOf(fields), target)).type();
  }

  /**
   * The names of the fields that an expression uses, as written, the parts of a path joined by
   * dots, in order of appearance. Only the syntax is checked.
   *
   * @throws IllegalArgumentException as {@link #of} does for wrong syntax
   */
  public static Set<String> referencedFields(String sql) {
    return FieldBinder.names(sql, ExpressionParser.parse(sql));
  }

  /**
   * The same expression with its result cast to a column's type, as in {@code CAST(… AS …)}:
   * decimals are rounded half up, what does not fit fails in {@link #evaluate}.
   *
   * @throws IllegalArgumentException where SQL has no such cast
   */
  public SqlExpression castTo(ColumnType target) {
    return new SqlExpression(new Key(key.sql, key.fields, target));
  }

  /** The text it was compiled from. */
  public String sql() {
    return key.sql;
  }

  /** The type of the result. */
  public ColumnType type() {
    return code().type();
  }

  /**
   * Computes the result for one row.
   *
   * @param values one per field, in their order, of the classes that {@link ColumnType} names; not
   *     changed
   * @return the value, of the class of {@link #type()}; null where SQL gives null
   * @throws SqlEvaluationException where the values have no result: division by zero, overflow, a
   *     cast that fails
   */
  public @Nullable Object evaluate(Object[] values) {
    if (values.length != key.fields.size()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot evaluate '%s': it takes %d values but got %d",
              key.sql, key.fields.size(), values.length));
    }
    return code().evaluate(values);
  }

  /** True where the result is true; not where it is false or unknown. */
  public boolean isTrue(Object[] values) {
    return Boolean.TRUE.equals(evaluate(values));
  }

  /** True where the result is false; not where it is true or unknown. */
  public boolean isFalse(Object[] values) {
    return Boolean.FALSE.equals(evaluate(values));
  }

  private CompiledExpression code() {
    CompiledExpression current = compiled;
    if (current == null) {
      current = compiled(key);
      compiled = current;
    }
    return current;
  }

  private static CompiledExpression compiled(Key key) {
    Compilation compilation;
    synchronized (CACHE) {
      compilation = CACHE.computeIfAbsent(key, unused -> new Compilation());
    }
    return compilation.of(key);
  }

  /**
   * What compiling gave, be it a refusal. Compiling takes milliseconds: who wants the same waits,
   * and nobody else.
   */
  private static final class Compilation {
    private @Nullable CompiledExpression compiled;
    private @Nullable String refusal;

    synchronized CompiledExpression of(Key key) {
      if (refusal != null) {
        throw new IllegalArgumentException(refusal);
      }
      if (compiled == null) {
        try {
          compiled = ExpressionCompiler.compile(key.sql, key.fields, key.target);
        } catch (IllegalArgumentException e) {
          refusal = e.getMessage();
          throw e;
        }
      }
      return compiled;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SqlExpression that && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return key.sql;
  }
}
