package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader.JsonText;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.sql.SqlEvaluationException;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * SQL over a record's fields. A field that a column reads has that column's type, any other the
 * type of its JSON value in the record: string, long, decimal(38,10) (double where that does not
 * hold it) or boolean, and JSON text for objects and arrays. A null alone has no type; it gets the
 * first of string, long, double and boolean that the SQL takes.
 */
final class RecordExpression {
  private static final int MAX_COMPILED = 1_000;
  private static final ColumnType FRACTION = ColumnType.decimal(38, 10);
  private static final List<ColumnType> TYPES_OF_NULL =
      List.of(ColumnType.STRING, ColumnType.LONG, ColumnType.DOUBLE, ColumnType.BOOLEAN);

  /** What a value of a record that no column reads may be; the first also stands for JSON text. */
  static final List<ColumnType> TYPES_OF_JSON =
      List.of(ColumnType.STRING, ColumnType.LONG, FRACTION, ColumnType.DOUBLE, ColumnType.BOOLEAN);

  private final String name;
  private final String sql;
  private final @Nullable ColumnType target;
  private final List<Input> inputs = new ArrayList<>();
  private final Map<List<ColumnType>, Compiled> compiled = new HashMap<>();

  private record Input(String name, int cell, @Nullable ColumnType type) {}

  /** An expression for certain types of its inputs, or why there is none. */
  private record Compiled(@Nullable SqlExpression expression, @Nullable String error) {}

  /**
   * An expression over the fields of a table's records.
   *
   * @param name of the column or table setting it belongs to
   * @param target type of the result; null to leave it as it is
   * @param cells extended by the fields that no column reads
   * @throws IllegalArgumentException where the SQL does not parse
   */
  RecordExpression(
      String name, String sql, @Nullable ColumnType target, TableDefinition table, CellList cells) {
    this.name = name;
    this.sql = sql;
    this.target = target;
    for (String field : SqlExpression.referencedFields(sql)) {
      Input known = null;
      for (int i = 0; i < table.columns().size() && known == null; i++) {
        Column column = table.columns().get(i);
        if (column.expression() == null && column.sourceField().equals(field)) {
          known = new Input(field, i, column.type());
        }
      }
      inputs.add(
          known != null ? known : new Input(field, cells.add(field, null, Declared.NOTHING), null));
    }
  }

  /**
   * The result for one row image: a value, null, {@link JsonValueReader#UNSENT} where an input was
   * not sent, or null with a violation where there is no result. An input that is bad is a
   * violation of its own if it is a column.
   */
  @Nullable Object evaluate(@Nullable Object[] cells, Violations violations) {
    Object[] values = new Object[inputs.size()];
    List<ColumnType> types = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      Input input = inputs.get(i);
      Object value = cells[input.cell];
      if (value == JsonValueReader.UNSENT) {
        return JsonValueReader.UNSENT;
      }
      if (value instanceof Bad bad) {
        if (input.type == null) {
          violations.expression(name, "field " + input.name + " is " + bad.found());
        }
        return null;
      }
      values[i] = plain(value);
      types.add(input.type != null ? input.type : typeOf(value));
    }
    Compiled code = compiled.get(types);
    if (code == null) {
      if (compiled.size() >= MAX_COMPILED) {
        compiled.clear();
      }
      code = compile(types);
      compiled.put(types, code);
    }
    if (code.expression == null) {
      violations.expression(name, code.error);
      return null;
    }
    try {
      return code.expression.evaluate(values);
    } catch (SqlEvaluationException e) {
      violations.expression(name, e.getMessage());
      return null;
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Row row) {
      return row.getValues();
    }
    return value instanceof JsonText json ? json.text() : value;
  }

  private static @Nullable ColumnType typeOf(@Nullable Object value) {
    if (value instanceof Long) {
      return ColumnType.LONG;
    } else if (value instanceof Boolean) {
      return ColumnType.BOOLEAN;
    } else if (value instanceof BigDecimal) {
      return FRACTION;
    } else if (value instanceof Double) {
      return ColumnType.DOUBLE;
    }
    return value == null ? null : ColumnType.STRING;
  }

  /** Compiles for the first types of the nulls that fit, in a fixed order. */
  private Compiled compile(List<ColumnType> types) {
    Compiled last = null;
    int nulls = (int) types.stream().filter(type -> type == null).count();
    // More nulls than this all get the same type.
    int combinations = nulls <= 4 ? (int) Math.pow(TYPES_OF_NULL.size(), nulls) : -1;
    int attempts = combinations < 0 ? TYPES_OF_NULL.size() : combinations;
    for (int attempt = 0; attempt < attempts; attempt++) {
      int code = attempt;
      List<Column> fields = new ArrayList<>(types.size());
      for (int i = 0; i < types.size(); i++) {
        ColumnType type = types.get(i);
        if (type == null) {
          type = TYPES_OF_NULL.get(code % TYPES_OF_NULL.size());
          code = combinations < 0 ? code : code / TYPES_OF_NULL.size();
        }
        fields.add(Column.of(inputs.get(i).name, type));
      }
      try {
        SqlExpression expression = SqlExpression.of(sql, fields);
        return new Compiled(target == null ? expression : expression.castTo(target), null);
      } catch (IllegalArgumentException e) {
        last = last != null ? last : new Compiled(null, e.getMessage());
      }
    }
    return last;
  }
}
