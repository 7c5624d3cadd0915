package org.beamlakehouse.io.internal.merge.stored;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.beamlakehouse.io.internal.parquet.FlatColumn;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;

/**
 * A key column of a Parquet file, whose values it turns into the bytes that they have in {@code
 * ChangeCodec.keyBytes}, without making objects of them.
 */
final class KeyColumn {
  private static final long MICROS = 1_000_000;

  /** The most digits that a decimal's bytes hold as one number. */
  private static final int LONG_DIGITS = 18;

  private final Type type;
  private final PrimitiveTypeName stored;
  private final FlatColumn values;

  /** A column that {@link FileColumns} found for a field of the type. */
  KeyColumn(Type type, ColumnDescriptor column) {
    this.type = type;
    this.stored = column.getPrimitiveType().getPrimitiveTypeName();
    this.values = new FlatColumn(column);
  }

  FlatColumn values() {
    return values;
  }

  /** The current value of a column of whole numbers. */
  long readLong() {
    return stored == PrimitiveTypeName.INT32 ? values.readInt() : values.readLong();
  }

  /** Writes the current value, which is not null. */
  void write(ByteOutput out) {
    switch (type.typeId()) {
      case BOOLEAN -> out.writeByte(values.readBoolean() ? 1 : 0);
      case INTEGER, LONG, DATE -> out.writeSigned(readLong());
      case FLOAT -> out.writeInt(Float.floatToIntBits(values.readFloat()));
      case DOUBLE -> out.writeLong(Double.doubleToLongBits(values.readDouble()));
      case TIME -> out.writeUnsigned(values.readLong() << 1);
      case TIMESTAMP -> {
        long micros = values.readLong();
        out.writeSigned(Math.floorDiv(micros, MICROS));
        out.writeUnsigned(Math.floorMod(micros, MICROS) << 1);
      }
      case STRING, BINARY -> {
        ByteBuffer bytes = values.readBinary().toByteBuffer();
        out.writeUnsigned(bytes.remaining());
        writeRaw(bytes, out);
      }
      case FIXED, UUID -> writeRaw(values.readBinary().toByteBuffer(), out);
      case DECIMAL -> writeDecimal(out);
      default -> throw new IllegalStateException("Cannot read keys of type " + type);
    }
  }

  private void writeDecimal(ByteOutput out) {
    boolean asNumber = ((Types.DecimalType) type).precision() <= LONG_DIGITS;
    if (stored == PrimitiveTypeName.INT32 || stored == PrimitiveTypeName.INT64) {
      long unscaled = readLong();
      if (asNumber) {
        out.writeSigned(unscaled);
      } else {
        out.writeBytes(BigInteger.valueOf(unscaled).toByteArray());
      }
      return;
    }
    BigInteger unscaled = new BigInteger(values.readBinary().getBytesUnsafe());
    if (asNumber) {
      out.writeSigned(unscaled.longValueExact());
    } else {
      out.writeBytes(unscaled.toByteArray());
    }
  }

  private static void writeRaw(ByteBuffer bytes, ByteOutput out) {
    if (bytes.hasArray()) {
      out.writeRaw(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    } else {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      out.writeRaw(copy, 0, copy.length);
    }
  }
}
