package org.beamlakehouse.transforms.internal.cdc.avro;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.value.DecimalReader;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReaderFactory;
import org.beamlakehouse.transforms.internal.cdc.value.UnavailableValue;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Readers of Avro's scalar types. Where a column takes a type as it is, the value is read straight;
 * else it is presented as the JSON value that Connect's converter would write, so that both formats
 * share every conversion and every refusal.
 */
public final class AvroScalars {
  /** Longer numbers are never decimals of 38 digits. */
  static final int MAX_DECIMAL_BYTES = 1_000;

  private AvroScalars() {}

  /** The reader of a scalar type; null where the column's type takes no value of it. */
  static @Nullable AvroValueReader of(AvroType type, ColumnType column, Declared declared) {
    return switch (type.kind()) {
      case BOOLEAN -> column.kind() == ColumnType.Kind.BOOLEAN ? AvroInput::readBoolean : null;
      case INT, LONG -> ofInteger(type, column, declared);
      case FLOAT, DOUBLE -> ofFraction(type, column, declared);
      case STRING, ENUM -> ofText(type, column, declared);
      case BYTES, FIXED -> ofBytes(type, column);
      default -> null;
    };
  }

  private static @Nullable AvroValueReader ofInteger(
      AvroType type, ColumnType column, Declared declared) {
    boolean isInt = type.kind() == Schema.Type.INT;
    return switch (column.kind()) {
      case LONG -> isInt ? in -> (long) in.readInt() : AvroInput::readLong;
      case INT -> isInt ? AvroInput::readInt : asJson(type, column, declared);
      case FLOAT, DOUBLE, DECIMAL -> asJson(type, column, declared);
      case DATE -> isTime(type, WireType.Kind.DAYS) ? asJson(type, column, declared) : null;
      case TIME ->
          isTime(
                  type,
                  WireType.Kind.TIME_MILLIS,
                  WireType.Kind.TIME_MICROS,
                  WireType.Kind.TIME_NANOS)
              ? asJson(type, column, declared)
              : null;
      case TIMESTAMP, TIMESTAMPTZ ->
          isTime(
                  type,
                  WireType.Kind.EPOCH_SECONDS,
                  WireType.Kind.EPOCH_MILLIS,
                  WireType.Kind.EPOCH_MICROS,
                  WireType.Kind.EPOCH_NANOS)
              ? asJson(type, column, declared)
              : null;
      default -> null;
    };
  }

  /** True where a number's meaning is one of these or none, which the column's type then tells. */
  private static boolean isTime(AvroType type, WireType.Kind... kinds) {
    return type.wire().kind() == WireType.Kind.PLAIN
        || Arrays.asList(kinds).contains(type.wire().kind());
  }

  private static @Nullable AvroValueReader ofFraction(
      AvroType type, ColumnType column, Declared declared) {
    boolean isFloat = type.kind() == Schema.Type.FLOAT;
    return switch (column.kind()) {
      case DOUBLE -> isFloat ? in -> (double) in.readFloat() : AvroInput::readDouble;
      case FLOAT -> isFloat ? AvroInput::readFloat : AvroScalars::narrow;
      case DECIMAL -> asJson(type, column, declared);
      default -> null;
    };
  }

  private static Object narrow(AvroInput in) throws AvroException {
    double value = in.readDouble();
    float narrow = (float) value;
    return Float.isInfinite(narrow) && !Double.isInfinite(value)
        ? new Bad("float", "a number out of range")
        : (Object) narrow;
  }

  private static @Nullable AvroValueReader ofText(
      AvroType type, ColumnType column, Declared declared) {
    return switch (column.kind()) {
      case STRING, UUID, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, DECIMAL, BINARY, FIXED ->
          asJson(type, column, declared);
      case INT, LONG ->
          declared.digitsInText() && !type.wire().isTold() ? asJson(type, column, declared) : null;
      case LIST, MAP, STRUCT ->
          type.wire().kind() == WireType.Kind.JSON_TEXT ? asJson(type, column, declared) : null;
      default -> null;
    };
  }

  private static @Nullable AvroValueReader ofBytes(AvroType type, ColumnType column) {
    return switch (column.kind()) {
      case DECIMAL -> type.wire().kind() == WireType.Kind.DECIMAL ? decimal(type, column) : null;
      case BINARY -> in -> read(type, in, -1, "binary");
      case FIXED ->
          type.kind() == Schema.Type.FIXED && type.size() != column.length()
              ? null
              : in -> read(type, in, column.length(), column.toString());
      case UUID ->
          type.kind() == Schema.Type.FIXED && type.wire().kind() == WireType.Kind.UUID
              ? in -> uuid(type, in)
              : null;
      default -> null;
    };
  }

  private static AvroValueReader decimal(AvroType type, ColumnType column) {
    DecimalReader decimals = new DecimalReader(column, type.wire(), Declared.NOTHING);
    int scale = type.wire().scale();
    return in -> {
      begin(type, in);
      if (in.to() - in.from() > MAX_DECIMAL_BYTES) {
        return decimals.fit(null);
      }
      BigDecimal value = DecimalReader.decode(in.bytes(), in.from(), in.to(), scale);
      return value == null ? new Bad(column.toString(), "no bytes") : decimals.fit(value);
    };
  }

  private static Object read(AvroType type, AvroInput in, int length, String expected)
      throws AvroException {
    begin(type, in);
    byte[] bytes = Arrays.copyOfRange(in.bytes(), in.from(), in.to());
    if (UnavailableValue.isBytes(bytes)) {
      return JsonValueReader.UNSENT;
    }
    return length >= 0 && bytes.length != length
        ? new Bad(expected, bytes.length + " bytes")
        : bytes;
  }

  private static UUID uuid(AvroType type, AvroInput in) throws AvroException {
    begin(type, in);
    long high = 0;
    long low = 0;
    for (int i = in.from(); i < in.to(); i++) {
      high = high << Byte.SIZE | low >>> (Long.SIZE - Byte.SIZE);
      low = low << Byte.SIZE | (in.bytes()[i] & 0xff);
    }
    return new UUID(high, low);
  }

  private static void begin(AvroType type, AvroInput in) throws AvroException {
    if (type.kind() == Schema.Type.FIXED) {
      in.readBytes(type.size());
    } else {
      in.readBytes();
    }
  }

  private static AvroValueReader asJson(AvroType type, ColumnType column, Declared declared) {
    JsonValueReader reader = JsonValueReaderFactory.of(column, type.wire(), declared);
    return in -> {
      JsonToken token = present(type, in);
      if (token == JsonToken.STRING && UnavailableValue.isText(in.json())) {
        return JsonValueReader.UNSENT;
      }
      try {
        return reader.read(in.json(), token);
      } catch (JsonException e) {
        throw new IllegalStateException("Cannot read a scalar as JSON", e);
      }
    };
  }

  /** A reader that takes a scalar for what it is, as SQL and sequences see it. */
  static AvroValueReader asTold(AvroType type) {
    if (type.wire().kind() == WireType.Kind.DECIMAL
        && (type.kind() == Schema.Type.BYTES || type.kind() == Schema.Type.FIXED)) {
      int scale = type.wire().scale();
      return in -> {
        begin(type, in);
        return JsonRowReader.decimalOrDouble(
            in.to() - in.from() > MAX_DECIMAL_BYTES
                ? null
                : DecimalReader.decode(in.bytes(), in.from(), in.to(), scale));
      };
    }
    return in -> {
      JsonToken token = present(type, in);
      if (token == JsonToken.NULL) {
        return null;
      }
      return token == JsonToken.STRING && UnavailableValue.isText(in.json())
          ? JsonValueReader.UNSENT
          : JsonRowReader.asTold(in.json(), token);
    };
  }

  /**
   * Reads a value and sets the input's JSON reader on it, as Connect's converter would write it.
   *
   * @return what stands there; for arrays, maps and records, which are passed over, their token
   */
  public static JsonToken present(AvroType declared, AvroInput in) throws AvroException {
    AvroType type = AvroValues.branch(declared, in);
    switch (type.kind()) {
      case BOOLEAN -> {
        return in.readBoolean() ? JsonToken.TRUE : JsonToken.FALSE;
      }
      case INT, LONG -> {
        in.json().standOn(in.readLong());
        return JsonToken.INTEGER;
      }
      case FLOAT -> {
        float value = in.readFloat();
        return presentNumber(Float.toString(value), Float.isFinite(value), in);
      }
      case DOUBLE -> {
        double value = in.readDouble();
        return presentNumber(Double.toString(value), Double.isFinite(value), in);
      }
      case STRING -> {
        in.readBytes();
        in.json().standOn(in.bytes(), in.from(), in.to());
        return JsonToken.STRING;
      }
      case ENUM -> {
        byte[] symbol = type.symbols().get(in.readIndex(type.symbols().size()));
        in.json().standOn(symbol, 0, symbol.length);
        return JsonToken.STRING;
      }
      case BYTES, FIXED -> {
        begin(type, in);
        byte[] bytes = Arrays.copyOfRange(in.bytes(), in.from(), in.to());
        byte[] base64 = Base64.getEncoder().encode(bytes);
        in.json().standOn(base64, 0, base64.length);
        return JsonToken.STRING;
      }
      case ARRAY -> {
        AvroValues.skip(type, in);
        return JsonToken.ARRAY;
      }
      case MAP, RECORD -> {
        AvroValues.skip(type, in);
        return JsonToken.OBJECT;
      }
      default -> {
        return JsonToken.NULL;
      }
    }
  }

  private static JsonToken presentNumber(String digits, boolean finite, AvroInput in) {
    byte[] text = digits.getBytes(StandardCharsets.US_ASCII);
    if (!finite) {
      in.json().standOn(text, 0, text.length);
      return JsonToken.STRING;
    }
    try {
      in.json().standOnNumber(text);
      return JsonToken.FRACTION;
    } catch (JsonException e) {
      throw new IllegalStateException("Cannot read a number of Java as one of JSON", e);
    }
  }
}
