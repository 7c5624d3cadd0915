package org.beamlakehouse.pipelines.internal.gold.query;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * The types that Beam SQL works with, for the columns of silver tables on the way in and of gold
 * tables on the way out.
 *
 * <p>Beam SQL's timestamps have milliseconds: microseconds are cut off on the way in. UUIDs are
 * strings there. A decimal has no scale in a Beam schema, so that of the gold table is given from
 * outside.
 */
public final class GoldTypes {
  private GoldTypes() {}

  /** Schema of a silver table's columns in SQL; every column may be null. */
  public static Schema sqlSchema(List<Column> columns) {
    Schema.Builder schema = Schema.builder();
    for (Column column : columns) {
      schema.addNullableField(column.name(), sqlType(column.type()));
    }
    return schema.build();
  }

  private static FieldType sqlType(ColumnType type) {
    return switch (type.kind()) {
      case DECIMAL -> FieldType.DECIMAL;
      case TIMESTAMP, TIMESTAMPTZ -> FieldType.DATETIME;
      case UUID -> FieldType.STRING;
      case FIXED -> FieldType.BYTES;
      case LIST -> FieldType.array(sqlType(type.element()).withNullable(true));
      case MAP -> FieldType.map(sqlType(type.key()), sqlType(type.value()).withNullable(true));
      case STRUCT -> FieldType.row(sqlSchema(fields(type)));
      default -> type.toBeam();
    };
  }

  private static List<Column> fields(ColumnType struct) {
    return struct.fields().stream().map(f -> Column.of(f.name(), f.type())).toList();
  }

  /** A value of this project as Beam SQL takes it. */
  public static Object toSql(ColumnType type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.kind()) {
      case TIMESTAMPTZ -> org.joda.time.Instant.ofEpochMilli(((Instant) value).toEpochMilli());
      case TIMESTAMP ->
          org.joda.time.Instant.ofEpochMilli(
              ((LocalDateTime) value).toInstant(ZoneOffset.UTC).toEpochMilli());
      case UUID -> value.toString();
      case LIST -> {
        List<Object> list = new ArrayList<>();
        for (Object item : (List<?>) value) {
          list.add(toSql(type.element(), item));
        }
        yield list;
      }
      case MAP -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach((k, v) -> map.put(toSql(type.key(), k), toSql(type.value(), v)));
        yield map;
      }
      case STRUCT -> {
        List<?> values = (List<?>) value;
        List<Object> row = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
          row.add(toSql(type.fields().get(i).type(), values.get(i)));
        }
        yield Row.withSchema(sqlSchema(fields(type))).attachValues(row);
      }
      default -> value;
    };
  }

  /**
   * The columns of a gold table.
   *
   * @param decimals type of each decimal column, by name
   * @throws IllegalArgumentException where the query gives a column that no Iceberg type holds
   */
  static List<Column> columns(Schema result, Map<String, ColumnType> decimals) {
    List<Column> columns = new ArrayList<>();
    for (Schema.Field field : result.getFields()) {
      columns.add(
          Column.of(field.getName(), columnType(field.getName(), field.getType(), decimals)));
    }
    return columns;
  }

  private static ColumnType columnType(
      String name, FieldType type, Map<String, ColumnType> decimals) {
    switch (type.getTypeName()) {
      case BYTE:
      case INT16:
      case INT32:
        return ColumnType.INT;
      case INT64:
        return ColumnType.LONG;
      case FLOAT:
        return ColumnType.FLOAT;
      case DOUBLE:
        return ColumnType.DOUBLE;
      case BOOLEAN:
        return ColumnType.BOOLEAN;
      case STRING:
        return ColumnType.STRING;
      case BYTES:
        return ColumnType.BINARY;
      case DECIMAL:
        return decimals.getOrDefault(name, ColumnType.decimal(38, 10));
      case DATETIME:
        return ColumnType.TIMESTAMPTZ;
      case ARRAY:
      case ITERABLE:
        return ColumnType.list(columnType(name, type.getCollectionElementType(), decimals));
      case LOGICAL_TYPE:
        String identifier = type.getLogicalType().getIdentifier();
        if (identifier.equals(SqlTypes.DATE.getIdentifier())) {
          return ColumnType.DATE;
        } else if (identifier.equals(SqlTypes.TIME.getIdentifier())) {
          return ColumnType.TIME;
        } else if (identifier.equals(SqlTypes.DATETIME.getIdentifier())) {
          return ColumnType.TIMESTAMP;
        } else if (type.getLogicalType() instanceof PassThroughLogicalType<?> same) {
          return columnType(name, same.getBaseType(), decimals);
        }
        break;
      default:
        break;
    }
    throw new IllegalArgumentException(
        String.format("Cannot keep the column %s: a gold table has no type for %s", name, type));
  }

  /** A value from Beam SQL as this project has it. */
  public static Object fromSql(ColumnType type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.kind()) {
      case INT -> ((Number) value).intValue();
      case DECIMAL -> ((BigDecimal) value).setScale(type.scale(), RoundingMode.HALF_UP);
      case TIMESTAMPTZ -> Instant.ofEpochMilli(((org.joda.time.ReadableInstant) value).getMillis());
      case LIST -> {
        List<Object> list = new ArrayList<>();
        for (Object item : (Iterable<?>) value) {
          list.add(fromSql(type.element(), item));
        }
        yield list;
      }
      default -> value;
    };
  }
}
