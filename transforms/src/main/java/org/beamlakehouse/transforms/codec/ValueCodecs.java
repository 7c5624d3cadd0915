package org.beamlakehouse.transforms.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.beamlakehouse.transforms.table.ColumnType;

/** The codec of each type; those of nested types are made of their parts' codecs. */
final class ValueCodecs {
  /** Digits that always fit into a long. */
  private static final int LONG_DIGITS = 18;

  private static final ValueCodec BOOLEAN =
      codec(Boolean.class, (v, out) -> out.writeByte(v ? 1 : 0), in -> in.readByte() != 0);
  private static final ValueCodec INT =
      codec(Integer.class, (v, out) -> out.writeSigned(v), in -> (int) in.readSigned());
  private static final ValueCodec LONG =
      codec(Long.class, (v, out) -> out.writeSigned(v), ByteInput::readSigned);
  // The canonical bits: all NaN are one value, 0.0 and -0.0 are two, as Float.equals has it.
  private static final ValueCodec FLOAT =
      codec(
          Float.class,
          (v, out) -> out.writeInt(Float.floatToIntBits(v)),
          in -> Float.intBitsToFloat(in.readInt()));
  private static final ValueCodec DOUBLE =
      codec(
          Double.class,
          (v, out) -> out.writeLong(Double.doubleToLongBits(v)),
          in -> Double.longBitsToDouble(in.readLong()));
  private static final ValueCodec DATE =
      codec(
          LocalDate.class,
          (v, out) -> out.writeSigned(v.toEpochDay()),
          in -> LocalDate.ofEpochDay(in.readSigned()));
  private static final ValueCodec TIME =
      codec(
          LocalTime.class,
          (v, out) -> Times.writeNanos(v.toNanoOfDay(), out),
          in -> LocalTime.ofNanoOfDay(Times.readNanos(in)));
  private static final ValueCodec TIMESTAMP =
      codec(
          LocalDateTime.class,
          (v, out) -> {
            out.writeSigned(v.toEpochSecond(ZoneOffset.UTC));
            Times.writeNanos(v.getNano(), out);
          },
          in -> {
            long seconds = in.readSigned();
            return LocalDateTime.ofEpochSecond(seconds, (int) Times.readNanos(in), ZoneOffset.UTC);
          });
  private static final ValueCodec TIMESTAMPTZ =
      codec(Instant.class, Times::writeInstant, Times::readInstant);
  private static final ValueCodec STRING =
      codec(String.class, (v, out) -> out.writeString(v), ByteInput::readString);
  private static final ValueCodec UUID_CODEC =
      codec(
          UUID.class,
          (v, out) -> {
            out.writeLong(v.getMostSignificantBits());
            out.writeLong(v.getLeastSignificantBits());
          },
          in -> {
            long high = in.readLong();
            return new UUID(high, in.readLong());
          });
  private static final ValueCodec BINARY =
      codec(byte[].class, (v, out) -> out.writeBytes(v), ByteInput::readBytes);

  private ValueCodecs() {}

  /** The codec of a type, with its structs read in the given form. */
  static ValueCodec of(ColumnType type, StructForm form) {
    return switch (type.kind()) {
      case BOOLEAN -> BOOLEAN;
      case INT -> INT;
      case LONG -> LONG;
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case DECIMAL -> decimal(type);
      case DATE -> DATE;
      case TIME -> TIME;
      case TIMESTAMP -> TIMESTAMP;
      case TIMESTAMPTZ -> TIMESTAMPTZ;
      case STRING -> STRING;
      case UUID -> UUID_CODEC;
      case BINARY -> BINARY;
      case FIXED -> fixed(type.length());
      case LIST -> new ListCodec(of(type.element(), form));
      case MAP -> new MapCodec(of(type.key(), form), of(type.value(), form));
      case STRUCT -> StructCodec.of(type, form);
    };
  }

  private static ValueCodec decimal(ColumnType type) {
    int scale = type.scale();
    BiConsumer<BigDecimal, ByteOutput> check =
        (value, out) -> {
          if (value.scale() != scale || value.precision() > type.precision()) {
            throw new IllegalArgumentException(
                String.format(
                    "%s cannot hold a decimal of %d digits and scale %d; bring it to the scale of"
                        + " the column where it is parsed",
                    type, value.precision(), value.scale()));
          }
        };
    if (type.precision() <= LONG_DIGITS) {
      return codec(
          BigDecimal.class,
          check.andThen((v, out) -> out.writeSigned(v.unscaledValue().longValueExact())),
          in -> BigDecimal.valueOf(in.readSigned(), scale));
    }
    return codec(
        BigDecimal.class,
        check.andThen((v, out) -> out.writeBytes(v.unscaledValue().toByteArray())),
        in -> new BigDecimal(new BigInteger(in.readBytes()), scale));
  }

  private static ValueCodec fixed(int length) {
    return codec(
        byte[].class,
        (v, out) -> {
          if (v.length != length) {
            throw new IllegalArgumentException(
                String.format("fixed(%d) cannot hold %d bytes", length, v.length));
          }
          out.writeRaw(v, 0, length);
        },
        in -> in.readRaw(length));
  }

  private static <T> ValueCodec codec(
      Class<T> type, BiConsumer<T, ByteOutput> write, Function<ByteInput, T> read) {
    return new ValueCodec() {
      @Override
      public void write(Object value, ByteOutput out) {
        write.accept(type.cast(value), out);
      }

      @Override
      public Object read(ByteInput in) {
        return read.apply(in);
      }
    };
  }
}
