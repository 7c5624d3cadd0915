package org.beamlakehouse.io.internal.merge.stored;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.UUIDUtil;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.beamlakehouse.io.internal.parquet.FlatColumn;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A column of a Parquet file whose values are read as Iceberg's internal ones. */
final class ValueColumn {
  private final Type type;
  private final PrimitiveTypeName stored;
  private final FlatColumn values;

  /** A column that {@link FileColumns} found for a field of the type. */
  ValueColumn(Type type, ColumnDescriptor column) {
    this.type = type;
    this.stored = column.getPrimitiveType().getPrimitiveTypeName();
    this.values = new FlatColumn(column);
  }

  FlatColumn values() {
    return values;
  }

  /** Reads the current value and goes past it. A buffer is valid until the row group is left. */
  @Nullable Object read() {
    Object value = values.isNull() ? null : value();
    values.next();
    return value;
  }

  private Object value() {
    return switch (type.typeId()) {
      case BOOLEAN -> values.readBoolean();
      case INTEGER, DATE -> values.readInt();
      case LONG -> readLong();
      case TIME, TIMESTAMP -> values.readLong();
      case FLOAT -> values.readFloat();
      case DOUBLE -> values.readDouble();
      case STRING -> values.readBinary().toStringUsingUTF8();
      case BINARY, FIXED -> values.readBinary().toByteBuffer();
      case UUID -> UUIDUtil.convert(ByteBuffer.wrap(values.readBinary().getBytes()));
      case DECIMAL -> decimal();
      default -> throw new IllegalStateException("Cannot read values of type " + type);
    };
  }

  private long readLong() {
    return stored == PrimitiveTypeName.INT32 ? values.readInt() : values.readLong();
  }

  private BigDecimal decimal() {
    int scale = ((Types.DecimalType) type).scale();
    return stored == PrimitiveTypeName.INT32 || stored == PrimitiveTypeName.INT64
        ? BigDecimal.valueOf(readLong(), scale)
        : new BigDecimal(new BigInteger(values.readBinary().getBytesUnsafe()), scale);
  }
}
