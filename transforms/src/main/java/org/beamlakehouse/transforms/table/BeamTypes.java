package org.beamlakehouse.transforms.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.LogicalType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.schemas.logicaltypes.FixedBytes;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.apache.beam.sdk.values.Row;

/**
 * The column types of Beam's field types: the way back from {@link ColumnType#toBeam}, and for
 * types that it never gives the next wider one.
 */
final class BeamTypes {
  private static final List<ColumnType> SCALARS =
      List.of(
          ColumnType.BOOLEAN,
          ColumnType.INT,
          ColumnType.LONG,
          ColumnType.FLOAT,
          ColumnType.DOUBLE,
          ColumnType.DATE,
          ColumnType.TIME,
          ColumnType.TIMESTAMP,
          ColumnType.TIMESTAMPTZ,
          ColumnType.STRING,
          ColumnType.UUID,
          ColumnType.BINARY);

  private BeamTypes() {}

  /** The type of a column that holds all of the field's values; empty where none does. */
  static Optional<ColumnType> of(FieldType field) {
    return switch (field.getTypeName()) {
      case BYTE, INT16 -> Optional.of(ColumnType.INT);
      case DATETIME -> Optional.of(ColumnType.TIMESTAMPTZ);
      case ARRAY, ITERABLE -> of(field.getCollectionElementType()).map(ColumnType::list);
      case MAP ->
          of(field.getMapKeyType())
              .flatMap(key -> of(field.getMapValueType()).map(value -> ColumnType.map(key, value)));
      case ROW -> struct(field.getRowSchema());
      case LOGICAL_TYPE -> logical(field);
      default -> scalar(field);
    };
  }

  private static Optional<ColumnType> scalar(FieldType field) {
    return SCALARS.stream().filter(type -> isOfKind(type.toBeam(), field)).findFirst();
  }

  /** Whether two types without arguments are the same, nullable or not. */
  private static boolean isOfKind(FieldType a, FieldType b) {
    return a.getTypeName() == b.getTypeName()
        && (a.getTypeName() != TypeName.LOGICAL_TYPE
            || a.getLogicalType().getIdentifier().equals(b.getLogicalType().getIdentifier()));
  }

  private static Optional<ColumnType> logical(FieldType field) {
    LogicalType<?, ?> type = field.getLogicalType();
    if (type.getIdentifier().equals(FixedPrecisionNumeric.IDENTIFIER)) {
      Row argument = type.getArgument();
      int precision = argument.getInt32("precision");
      int scale = argument.getInt32("scale");
      return precision < 1 || precision > 38 || scale < 0 || scale > precision
          ? Optional.empty()
          : Optional.of(ColumnType.decimal(precision, scale));
    } else if (type instanceof FixedBytes bytes) {
      return Optional.of(ColumnType.fixed(bytes.getLength()));
    }
    Optional<ColumnType> scalar = scalar(field);
    return scalar.isEmpty() && type instanceof PassThroughLogicalType
        ? of(type.getBaseType())
        : scalar;
  }

  private static Optional<ColumnType> struct(Schema schema) {
    List<ColumnType.Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      Optional<ColumnType> type = of(field.getType());
      if (type.isEmpty()) {
        return Optional.empty();
      }
      fields.add(new ColumnType.Field(field.getName(), type.get(), !field.getType().getNullable()));
    }
    return Optional.of(ColumnType.struct(fields));
  }
}
