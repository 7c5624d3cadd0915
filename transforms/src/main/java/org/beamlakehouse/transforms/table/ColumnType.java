package org.beamlakehouse.transforms.table;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.FixedBytes;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.schemas.logicaltypes.UuidLogicalType;

/**
 * The type of a column, named as Iceberg names it.
 *
 * <p>Every value in the house has exactly one Java class per kind, so that no hop needs to guess:
 *
 * <table>
 *   <caption>Java class of a value</caption>
 *   <tr><th>kind</th><th>class</th></tr>
 *   <tr><td>boolean, int, long, float, double, string</td><td>the boxed class, String</td></tr>
 *   <tr><td>decimal(p,s)</td><td>BigDecimal of exactly scale s</td></tr>
 *   <tr><td>date, time, timestamp</td><td>LocalDate, LocalTime, LocalDateTime (microseconds)</td></tr>
 *   <tr><td>timestamptz</td><td>java.time.Instant (microseconds, UTC)</td></tr>
 *   <tr><td>uuid</td><td>java.util.UUID</td></tr>
 *   <tr><td>binary, fixed(n)</td><td>byte[]</td></tr>
 *   <tr><td>list, map</td><td>java.util.List, java.util.Map</td></tr>
 *   <tr><td>struct</td><td>java.util.List of the fields' values, in order; a Beam {@code Row} in Beam rows</td></tr>
 * </table>
 */
public final class ColumnType implements Serializable {

  /** The kinds of types. */
  public enum Kind {
    BOOLEAN,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    DECIMAL,
    DATE,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    STRING,
    UUID,
    BINARY,
    FIXED,
    LIST,
    MAP,
    STRUCT
  }

  /** A named field of a struct type. */
  public record Field(String name, ColumnType type, boolean required) implements Serializable {
    public Field {
      requireNonNull(name, "name");
      requireNonNull(type, "type");
    }
  }

  public static final ColumnType BOOLEAN = new ColumnType(Kind.BOOLEAN, 0, 0, List.of());
  public static final ColumnType INT = new ColumnType(Kind.INT, 0, 0, List.of());
  public static final ColumnType LONG = new ColumnType(Kind.LONG, 0, 0, List.of());
  public static final ColumnType FLOAT = new ColumnType(Kind.FLOAT, 0, 0, List.of());
  public static final ColumnType DOUBLE = new ColumnType(Kind.DOUBLE, 0, 0, List.of());
  public static final ColumnType DATE = new ColumnType(Kind.DATE, 0, 0, List.of());
  public static final ColumnType TIME = new ColumnType(Kind.TIME, 0, 0, List.of());
  public static final ColumnType TIMESTAMP = new ColumnType(Kind.TIMESTAMP, 0, 0, List.of());
  public static final ColumnType TIMESTAMPTZ = new ColumnType(Kind.TIMESTAMPTZ, 0, 0, List.of());
  public static final ColumnType STRING = new ColumnType(Kind.STRING, 0, 0, List.of());
  public static final ColumnType UUID = new ColumnType(Kind.UUID, 0, 0, List.of());
  public static final ColumnType BINARY = new ColumnType(Kind.BINARY, 0, 0, List.of());

  private final Kind kind;
  private final int size;
  private final int scale;
  private final List<Field> fields;

  private ColumnType(Kind kind, int size, int scale, List<Field> fields) {
    this.kind = kind;
    this.size = size;
    this.scale = scale;
    this.fields = List.copyOf(fields);
  }

  /** A decimal of 1 to 38 digits, {@code scale} of them behind the point. */
  public static ColumnType decimal(int precision, int scale) {
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot use decimal(%d,%d): precision is 1 to 38 and scale 0 to precision",
              precision, scale));
    }
    return new ColumnType(Kind.DECIMAL, precision, scale, List.of());
  }

  /** Exactly {@code length} bytes. */
  public static ColumnType fixed(int length) {
    if (length < 1) {
      throw new IllegalArgumentException(
          String.format("Cannot use fixed(%d): the length is at least 1", length));
    }
    return new ColumnType(Kind.FIXED, length, 0, List.of());
  }

  /** A list whose elements may be null. */
  public static ColumnType list(ColumnType element) {
    return new ColumnType(Kind.LIST, 0, 0, List.of(new Field("element", element, false)));
  }

  /** A map from non-null keys to values that may be null. */
  public static ColumnType map(ColumnType key, ColumnType value) {
    return new ColumnType(
        Kind.MAP, 0, 0, List.of(new Field("key", key, true), new Field("value", value, false)));
  }

  /** A struct of named fields. */
  public static ColumnType struct(List<Field> fields) {
    return new ColumnType(Kind.STRUCT, 0, 0, fields);
  }

  public Kind kind() {
    return kind;
  }

  /** Digits of a decimal. */
  public int precision() {
    return size;
  }

  /** Digits behind the point of a decimal. */
  public int scale() {
    return scale;
  }

  /** Bytes of a fixed. */
  public int length() {
    return size;
  }

  /** Element type of a list. */
  public ColumnType element() {
    return fields.get(0).type();
  }

  /** Key type of a map. */
  public ColumnType key() {
    return fields.get(0).type();
  }

  /** Value type of a map. */
  public ColumnType value() {
    return fields.get(1).type();
  }

  /** Fields of a struct; for lists and maps their element, key and value. */
  public List<Field> fields() {
    return fields;
  }

  /** True for a type of these kinds, and where one is inside it. */
  public boolean holds(Set<Kind> kinds) {
    return kinds.contains(kind) || fields.stream().anyMatch(field -> field.type().holds(kinds));
  }

  /** True for types whose values have a total order that {@link Comparable} gives. */
  public boolean isOrdered() {
    return switch (kind) {
      case INT, LONG, FLOAT, DOUBLE, DECIMAL, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, STRING -> true;
      default -> false;
    };
  }

  /** True for types whose values are points in time. */
  public boolean isDateOrTimestamp() {
    return kind == Kind.DATE || kind == Kind.TIMESTAMP || kind == Kind.TIMESTAMPTZ;
  }

  /**
   * A value of the type that stands for one that is not known.
   *
   * @throws IllegalArgumentException where values have no order
   */
  public Comparable<?> zero() {
    return switch (kind) {
      case INT -> 0;
      case LONG -> 0L;
      case FLOAT -> 0f;
      case DOUBLE -> 0d;
      case DECIMAL -> new BigDecimal(BigInteger.ZERO, scale);
      case DATE -> LocalDate.EPOCH;
      case TIME -> LocalTime.MIDNIGHT;
      case TIMESTAMP -> LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);
      case TIMESTAMPTZ -> Instant.EPOCH;
      case STRING -> "";
      default -> throw new IllegalArgumentException("Values of type " + this + " have no order");
    };
  }

  /** The type of the same values in a Beam schema. */
  public FieldType toBeam() {
    return switch (kind) {
      case BOOLEAN -> FieldType.BOOLEAN;
      case INT -> FieldType.INT32;
      case LONG -> FieldType.INT64;
      case FLOAT -> FieldType.FLOAT;
      case DOUBLE -> FieldType.DOUBLE;
      case DECIMAL -> FieldType.logicalType(FixedPrecisionNumeric.of(size, scale));
      case DATE -> FieldType.logicalType(SqlTypes.DATE);
      case TIME -> FieldType.logicalType(SqlTypes.TIME);
      case TIMESTAMP -> FieldType.logicalType(SqlTypes.DATETIME);
      case TIMESTAMPTZ -> FieldType.logicalType(new MicrosInstant());
      case STRING -> FieldType.STRING;
      case UUID -> FieldType.logicalType(new UuidLogicalType());
      case BINARY -> FieldType.BYTES;
      case FIXED -> FieldType.logicalType(FixedBytes.of(size));
      case LIST -> FieldType.array(element().toBeam().withNullable(true));
      case MAP -> FieldType.map(key().toBeam(), value().toBeam().withNullable(true));
      case STRUCT -> {
        Schema.Builder schema = Schema.builder();
        for (Field field : fields) {
          schema.addField(
              Schema.Field.of(field.name(), field.type().toBeam().withNullable(!field.required())));
        }
        yield FieldType.row(schema.build());
      }
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ColumnType that
        && kind == that.kind
        && size == that.size
        && scale == that.scale
        && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, size, scale, fields);
  }

  /** The Iceberg spelling: {@code long}, {@code decimal(10,2)}, {@code list<string>}. */
  @Override
  public String toString() {
    return switch (kind) {
      case DECIMAL -> "decimal(" + size + "," + scale + ")";
      case FIXED -> "fixed(" + size + ")";
      case LIST -> "list<" + element() + ">";
      case MAP -> "map<" + key() + "," + value() + ">";
      case STRUCT ->
          fields.stream()
              .map(f -> f.name() + ":" + f.type())
              .collect(Collectors.joining(",", "struct<", ">"));
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }
}
