package org.beamlakehouse.transforms;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.Date;
import org.apache.beam.sdk.schemas.logicaltypes.DateTime;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.apache.beam.sdk.schemas.logicaltypes.Time;
import org.apache.beam.sdk.schemas.logicaltypes.Timestamp;
import org.apache.beam.sdk.schemas.logicaltypes.UuidLogicalType;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.joda.time.ReadableInstant;

/**
 * Beam rows as the typed values that expressions take. Fields of types that no column has (unions,
 * durations, enumerations) are left out, so an expression that names one is told that there is no
 * such field.
 */
final class RowFields implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  private final List<Column> columns = new ArrayList<>();
  private final List<Integer> places = new ArrayList<>();

  RowFields(Schema schema) {
    for (int i = 0; i < schema.getFieldCount(); i++) {
      ColumnType type = type(schema.getField(i).getType());
      if (type != null) {
        columns.add(Column.of(schema.getField(i).getName(), type));
        places.add(i);
      }
    }
  }

  List<Column> columns() {
    return List.copyOf(columns);
  }

  /** The values of the columns. */
  Object[] values(Row row) {
    Object[] values = new Object[places.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(row.getValue(places.get(i)));
    }
    return values;
  }

  private static ColumnType type(FieldType type) {
    return switch (type.getTypeName()) {
      case BYTE, INT16, INT32 -> ColumnType.INT;
      case INT64 -> ColumnType.LONG;
      case FLOAT -> ColumnType.FLOAT;
      case DOUBLE -> ColumnType.DOUBLE;
      // Beam's decimal has no digits of its own; these leave as many before the point as behind.
      case DECIMAL -> ColumnType.decimal(38, 19);
      case BOOLEAN -> ColumnType.BOOLEAN;
      case STRING -> ColumnType.STRING;
      case BYTES -> ColumnType.BINARY;
      case DATETIME -> ColumnType.TIMESTAMPTZ;
      case ARRAY, ITERABLE -> {
        ColumnType element = type(type.getCollectionElementType());
        yield element == null ? null : ColumnType.list(element);
      }
      case MAP -> {
        ColumnType key = type(type.getMapKeyType());
        ColumnType value = type(type.getMapValueType());
        yield key == null || value == null ? null : ColumnType.map(key, value);
      }
      case ROW -> struct(type.getRowSchema());
      case LOGICAL_TYPE -> logical(type.getLogicalType());
    };
  }

  private static ColumnType struct(Schema schema) {
    List<ColumnType.Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      ColumnType type = type(field.getType());
      if (type == null) {
        return null;
      }
      fields.add(new ColumnType.Field(field.getName(), type, !field.getType().getNullable()));
    }
    return ColumnType.struct(fields);
  }

  private static ColumnType logical(Schema.LogicalType<?, ?> type) {
    return switch (type.getIdentifier()) {
      case Date.IDENTIFIER -> ColumnType.DATE;
      case Time.IDENTIFIER -> ColumnType.TIME;
      case DateTime.IDENTIFIER -> ColumnType.TIMESTAMP;
      case NanosInstant.IDENTIFIER, Timestamp.IDENTIFIER -> ColumnType.TIMESTAMPTZ;
      case UuidLogicalType.IDENTIFIER -> ColumnType.UUID;
      case FixedPrecisionNumeric.IDENTIFIER -> decimal(type.getArgument());
      default -> {
        if (type.getIdentifier().equals(MicrosInstant.IDENTIFIER)) {
          yield ColumnType.TIMESTAMPTZ;
        }
        yield type instanceof PassThroughLogicalType ? type(type.getBaseType()) : null;
      }
    };
  }

  private static ColumnType decimal(Row argument) {
    int precision = argument.getInt32("precision");
    int scale = argument.getInt32("scale");
    return precision < 1 || precision > 38
        ? ColumnType.decimal(38, Math.min(38, Math.max(0, scale)))
        : ColumnType.decimal(precision, scale);
  }

  private static Object value(Object value) {
    if (value instanceof Byte || value instanceof Short) {
      return ((Number) value).intValue();
    }
    if (value instanceof ReadableInstant instant) {
      return java.time.Instant.ofEpochMilli(instant.getMillis());
    }
    if (value instanceof Row row) {
      List<Object> values = new ArrayList<>(row.getFieldCount());
      for (int i = 0; i < row.getFieldCount(); i++) {
        values.add(value(row.getValue(i)));
      }
      return values;
    }
    if (value instanceof Iterable<?> elements) {
      List<Object> values = new ArrayList<>();
      elements.forEach(element -> values.add(value(element)));
      return values;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> values = new LinkedHashMap<>();
      map.forEach((key, element) -> values.put(value(key), value(element)));
      return values;
    }
    return value;
  }
}
