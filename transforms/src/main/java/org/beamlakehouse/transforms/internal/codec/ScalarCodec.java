package org.beamlakehouse.transforms.internal.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.beamlakehouse.transforms.table.ColumnType;

/**
 * The values that are not made of others. One class with a switch for all types: rows are written
 * column by column, and a call that goes to a dozen classes is never inlined.
 */
final class ScalarCodec implements ValueCodec {
  /** Digits that always fit into a long. */
  private static final int LONG_DIGITS = 18;

  private final ColumnType type;
  private final ColumnType.Kind kind;

  ScalarCodec(ColumnType type) {
    this.type = type;
    this.kind = type.kind();
  }

  @Override
  public void write(Object value, ByteOutput out) {
    switch (kind) {
      case STRING -> out.writeString((String) value);
      case LONG -> out.writeSigned((Long) value);
      case INT -> out.writeSigned((Integer) value);
      case BOOLEAN -> out.writeByte((Boolean) value ? 1 : 0);
      case DECIMAL -> writeDecimal((BigDecimal) value, out);
      case TIMESTAMPTZ -> Times.writeInstant((Instant) value, out);
      // The canonical bits: all NaN are one value, 0.0 and -0.0 are two, as Double.equals has it.
      case DOUBLE -> out.writeLong(Double.doubleToLongBits((Double) value));
      case FLOAT -> out.writeInt(Float.floatToIntBits((Float) value));
      case DATE -> out.writeSigned(((LocalDate) value).toEpochDay());
      case TIME -> Times.writeNanos(((LocalTime) value).toNanoOfDay(), out);
      case TIMESTAMP -> {
        LocalDateTime time = (LocalDateTime) value;
        out.writeSigned(time.toEpochSecond(ZoneOffset.UTC));
        Times.writeNanos(time.getNano(), out);
      }
      case UUID -> {
        UUID uuid = (UUID) value;
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
      }
      case BINARY -> out.writeBytes((byte[]) value);
      case FIXED -> writeFixed((byte[]) value, out);
      case LIST, MAP, STRUCT -> throw new IllegalStateException("No scalar: " + kind);
    }
  }

  @Override
  public Object read(ByteInput in) {
    return switch (kind) {
      case STRING -> in.readString();
      case LONG -> in.readSigned();
      case INT -> (int) in.readSigned();
      case BOOLEAN -> in.readByte() != 0;
      case DECIMAL ->
          isShortDecimal()
              ? BigDecimal.valueOf(in.readSigned(), type.scale())
              : new BigDecimal(new BigInteger(in.readBytes()), type.scale());
      case TIMESTAMPTZ -> Times.readInstant(in);
      case DOUBLE -> Double.longBitsToDouble(in.readLong());
      case FLOAT -> Float.intBitsToFloat(in.readInt());
      case DATE -> LocalDate.ofEpochDay(in.readSigned());
      case TIME -> LocalTime.ofNanoOfDay(Times.readNanos(in));
      case TIMESTAMP -> {
        long seconds = in.readSigned();
        yield LocalDateTime.ofEpochSecond(seconds, (int) Times.readNanos(in), ZoneOffset.UTC);
      }
      case UUID -> {
        long high = in.readLong();
        yield new UUID(high, in.readLong());
      }
      case BINARY -> in.readBytes();
      case FIXED -> in.readRaw(type.length());
      case LIST, MAP, STRUCT -> throw new IllegalStateException("No scalar: " + kind);
    };
  }

  private boolean isShortDecimal() {
    return type.precision() <= LONG_DIGITS;
  }

  private void writeDecimal(BigDecimal value, ByteOutput out) {
    if (value.scale() != type.scale() || value.precision() > type.precision()) {
      throw new IllegalArgumentException(
          String.format(
              "%s cannot hold a decimal of %d digits and scale %d; bring it to the scale of the"
                  + " column where it is parsed",
              type, value.precision(), value.scale()));
    }
    if (isShortDecimal()) {
      // Exact: the digits were counted above.
      out.writeSigned(value.scaleByPowerOfTen(type.scale()).longValue());
    } else {
      out.writeBytes(value.unscaledValue().toByteArray());
    }
  }

  private void writeFixed(byte[] value, ByteOutput out) {
    if (value.length != type.length()) {
      throw new IllegalArgumentException(
          String.format("fixed(%d) cannot hold %d bytes", type.length(), value.length));
    }
    out.writeRaw(value, 0, value.length);
  }
}
