package org.beamlakehouse.io.internal.merge.stored;

import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the columns of a Parquet file that can be read as {@link
 * org.beamlakehouse.io.internal.parquet.FlatColumn}s.
 */
final class FileColumns {
  private FileColumns() {}

  /**
   * The column of a table's field, or null where the file does not have it in the form that Iceberg
   * writes.
   */
  static @Nullable ColumnDescriptor find(MessageType file, Types.NestedField field) {
    for (Type column : file.getFields()) {
      if (column.getId() != null
          && column.getId().intValue() == field.fieldId()
          && column.isPrimitive()
          && !column.isRepetition(Type.Repetition.REPEATED)
          && holds(column.asPrimitiveType(), field.type())) {
        return file.getColumnDescription(new String[] {column.getName()});
      }
    }
    return null;
  }

  private static boolean holds(PrimitiveType column, org.apache.iceberg.types.Type type) {
    LogicalTypeAnnotation annotation = column.getLogicalTypeAnnotation();
    return switch (column.getPrimitiveTypeName()) {
      case BOOLEAN -> type.typeId() == org.apache.iceberg.types.Type.TypeID.BOOLEAN;
      case FLOAT -> type.typeId() == org.apache.iceberg.types.Type.TypeID.FLOAT;
      case DOUBLE -> type.typeId() == org.apache.iceberg.types.Type.TypeID.DOUBLE;
      case INT32 ->
          switch (type.typeId()) {
            case INTEGER, LONG, DATE -> true;
            case DECIMAL -> hasScale(annotation, type);
            default -> false;
          };
      case INT64 ->
          switch (type.typeId()) {
            case LONG -> true;
            case TIME ->
                annotation instanceof TimeLogicalTypeAnnotation time
                    && time.getUnit() == TimeUnit.MICROS;
            case TIMESTAMP ->
                annotation instanceof TimestampLogicalTypeAnnotation time
                    && time.getUnit() == TimeUnit.MICROS;
            case DECIMAL -> hasScale(annotation, type);
            default -> false;
          };
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          switch (type.typeId()) {
            case STRING, BINARY, FIXED, UUID -> true;
            case DECIMAL -> hasScale(annotation, type);
            default -> false;
          };
      case INT96 -> false;
    };
  }

  private static boolean hasScale(
      LogicalTypeAnnotation annotation, org.apache.iceberg.types.Type type) {
    return annotation instanceof DecimalLogicalTypeAnnotation decimal
        && decimal.getScale() == ((Types.DecimalType) type).scale();
  }
}
