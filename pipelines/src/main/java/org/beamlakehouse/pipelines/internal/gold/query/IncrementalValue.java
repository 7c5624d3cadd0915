package org.beamlakehouse.pipelines.internal.gold.query;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/** The value of a product's {@code incrementalBy} column as one row of an input table gives it. */
public final class IncrementalValue implements Serializable {
  private final SqlExpression expression;
  private final List<Column> fields;

  /**
   * A value.
   *
   * @param sql expression over the input table's columns
   * @param columns the input table's columns
   */
  IncrementalValue(String sql, List<Column> columns) {
    Set<String> referenced = SqlExpression.referencedFields(sql);
    this.fields = columns.stream().filter(c -> referenced.contains(c.name())).toList();
    this.expression = SqlExpression.of(sql, fields);
  }

  ColumnType type() {
    return expression.type();
  }

  /** The columns that are needed, as a projection of the table's schema. */
  public Schema projection(Schema table) {
    return table.select(fields.stream().map(Column::name).toList());
  }

  /** The value of a row. */
  public Object of(Record row) {
    List<Object> values = new ArrayList<>(fields.size());
    for (Column field : fields) {
      Object value = row.getField(field.name());
      Type type = row.struct().field(field.name()).type();
      values.add(IcebergTypes.fromIceberg(type, value));
    }
    return expression.evaluate(values.toArray());
  }
}
