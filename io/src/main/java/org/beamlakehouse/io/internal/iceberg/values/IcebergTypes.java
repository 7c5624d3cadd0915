package org.beamlakehouse.io.internal.iceberg.values;

import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * The bridge between this project's column types and values and those of Iceberg's generic data
 * classes.
 *
 * <p>Only three kinds differ in their values: {@code timestamptz} is an {@link OffsetDateTime}
 * there, {@code binary} a {@link ByteBuffer}, {@code struct} a {@link Record}.
 */
public final class IcebergTypes {
  private IcebergTypes() {}

  /** The Iceberg schema of columns; field ids are given in order from 1. */
  public static Schema schema(List<Column> columns) {
    AtomicInteger ids = new AtomicInteger(columns.size());
    List<Types.NestedField> fields = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      Type type = type(column.type(), ids);
      fields.add(
          column.required()
              ? Types.NestedField.required(i + 1, column.name(), type)
              : Types.NestedField.optional(i + 1, column.name(), type));
    }
    return new Schema(fields);
  }

  private static Type type(ColumnType type, AtomicInteger ids) {
    return switch (type.kind()) {
      case BOOLEAN -> Types.BooleanType.get();
      case INT -> Types.IntegerType.get();
      case LONG -> Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case DECIMAL -> Types.DecimalType.of(type.precision(), type.scale());
      case DATE -> Types.DateType.get();
      case TIME -> Types.TimeType.get();
      case TIMESTAMP -> Types.TimestampType.withoutZone();
      case TIMESTAMPTZ -> Types.TimestampType.withZone();
      case STRING -> Types.StringType.get();
      case UUID -> Types.UUIDType.get();
      case BINARY -> Types.BinaryType.get();
      case FIXED -> Types.FixedType.ofLength(type.length());
      case LIST -> {
        int id = ids.incrementAndGet();
        yield Types.ListType.ofOptional(id, type(type.element(), ids));
      }
      case MAP -> {
        int keyId = ids.incrementAndGet();
        int valueId = ids.incrementAndGet();
        yield Types.MapType.ofOptional(
            keyId, valueId, type(type.key(), ids), type(type.value(), ids));
      }
      case STRUCT -> {
        List<Types.NestedField> fields = new ArrayList<>();
        for (ColumnType.Field field : type.fields()) {
          int id = ids.incrementAndGet();
          Type fieldType = type(field.type(), ids);
          fields.add(
              field.required()
                  ? Types.NestedField.required(id, field.name(), fieldType)
                  : Types.NestedField.optional(id, field.name(), fieldType));
        }
        yield Types.StructType.of(fields);
      }
    };
  }

  /** The column type of an Iceberg type. */
  public static ColumnType columnType(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> ColumnType.BOOLEAN;
      case INTEGER -> ColumnType.INT;
      case LONG -> ColumnType.LONG;
      case FLOAT -> ColumnType.FLOAT;
      case DOUBLE -> ColumnType.DOUBLE;
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield ColumnType.decimal(decimal.precision(), decimal.scale());
      }
      case DATE -> ColumnType.DATE;
      case TIME -> ColumnType.TIME;
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? ColumnType.TIMESTAMPTZ
              : ColumnType.TIMESTAMP;
      case STRING -> ColumnType.STRING;
      case UUID -> ColumnType.UUID;
      case BINARY -> ColumnType.BINARY;
      case FIXED -> ColumnType.fixed(((Types.FixedType) type).length());
      case LIST -> ColumnType.list(columnType(type.asListType().elementType()));
      case MAP ->
          ColumnType.map(
              columnType(type.asMapType().keyType()), columnType(type.asMapType().valueType()));
      case STRUCT ->
          ColumnType.struct(
              type.asStructType().fields().stream()
                  .map(f -> new ColumnType.Field(f.name(), columnType(f.type()), f.isRequired()))
                  .toList());
      default ->
          throw new UnsupportedOperationException(
              "Cannot read a column of type " + type + ": it is not supported");
    };
  }

  /** The columns of an Iceberg schema. */
  public static List<Column> columns(Schema schema) {
    return schema.columns().stream()
        .map(
            field ->
                Column.builder()
                    .name(field.name())
                    .type(columnType(field.type()))
                    .required(field.isRequired())
                    .build())
        .toList();
  }

  /** A value as this project has it, from what Iceberg's generic readers give. */
  public static Object fromIceberg(Type type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case TIMESTAMP -> value instanceof OffsetDateTime time ? time.toInstant() : value;
      case BINARY -> {
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        yield bytes;
      }
      case LIST -> {
        Type element = type.asListType().elementType();
        List<Object> list = new ArrayList<>();
        for (Object item : (List<?>) value) {
          list.add(fromIceberg(element, item));
        }
        yield list;
      }
      case MAP -> {
        Types.MapType mapType = type.asMapType();
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          map.put(
              fromIceberg(mapType.keyType(), entry.getKey()),
              fromIceberg(mapType.valueType(), entry.getValue()));
        }
        yield map;
      }
      case STRUCT -> {
        Types.StructType struct = type.asStructType();
        StructLike record = (StructLike) value;
        List<Object> values = new ArrayList<>(struct.fields().size());
        for (int i = 0; i < struct.fields().size(); i++) {
          values.add(fromIceberg(struct.fields().get(i).type(), record.get(i, Object.class)));
        }
        yield values;
      }
      default -> value;
    };
  }
}
