package org.beamlakehouse.transforms.internal.rows;

import java.io.Serial;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.Date;
import org.apache.beam.sdk.schemas.logicaltypes.DateTime;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.apache.beam.sdk.schemas.logicaltypes.Time;
import org.apache.beam.sdk.schemas.logicaltypes.Timestamp;
import org.apache.beam.sdk.schemas.logicaltypes.UuidLogicalType;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.ReadableInstant;

/**
 * How the values of one field travel through the merge rules, and come back as they were.
 *
 * <p>Every field type has a form: where no column type holds its values without loss (decimals
 * without a scale, enumerations, unions), they travel as the bytes of their coder. Such values are
 * {@linkplain #exact not exact}: two that are equal may differ for the rules.
 *
 * @param type of the values in the rules
 * @param exact whether equal values are equal, and ordered values in order, for the rules
 */
record FieldForm(ColumnType type, boolean exact, Conversion in, Conversion out)
    implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  /** From one form of a value that is not null to the other. */
  @FunctionalInterface
  interface Conversion extends Serializable {
    Object apply(Object value);
  }

  /**
   * From a row's value to that of the rules.
   *
   * @throws RuntimeException where the value is not of the field's type
   */
  @Nullable Object toRule(@Nullable Object value) {
    return value == null ? null : in.apply(value);
  }

  /** From the rules' value to that of a row. */
  @Nullable Object toBeam(@Nullable Object value) {
    return value == null ? null : out.apply(value);
  }

  /** The form of a field's values. */
  static FieldForm of(FieldType type) {
    return switch (type.getTypeName()) {
      case BYTE ->
          new FieldForm(
              ColumnType.INT, true, v -> ((Byte) v).intValue(), v -> ((Integer) v).byteValue());
      case INT16 ->
          new FieldForm(
              ColumnType.INT, true, v -> ((Short) v).intValue(), v -> ((Integer) v).shortValue());
      case INT32 -> same(ColumnType.INT, Integer.class);
      case INT64 -> same(ColumnType.LONG, Long.class);
      case FLOAT -> same(ColumnType.FLOAT, Float.class);
      case DOUBLE -> same(ColumnType.DOUBLE, Double.class);
      case BOOLEAN -> same(ColumnType.BOOLEAN, Boolean.class);
      case STRING -> same(ColumnType.STRING, String.class);
      case BYTES -> same(ColumnType.BINARY, byte[].class);
      case DATETIME ->
          new FieldForm(
              ColumnType.TIMESTAMPTZ,
              true,
              v -> Instant.ofEpochMilli(((ReadableInstant) v).getMillis()),
              v -> org.joda.time.Instant.ofEpochMilli(((Instant) v).toEpochMilli()));
      case ARRAY, ITERABLE -> list(of(type.getCollectionElementType()));
      case MAP -> map(of(type.getMapKeyType()), of(type.getMapValueType()));
      case ROW -> struct(type.getRowSchema());
      case LOGICAL_TYPE -> logical(type);
      case DECIMAL -> opaque(type);
    };
  }

  private static FieldForm logical(FieldType field) {
    Schema.LogicalType<?, ?> type = field.getLogicalType();
    return switch (type.getIdentifier()) {
      case Date.IDENTIFIER -> same(ColumnType.DATE, LocalDate.class);
      case Time.IDENTIFIER -> same(ColumnType.TIME, LocalTime.class);
      case DateTime.IDENTIFIER -> same(ColumnType.TIMESTAMP, LocalDateTime.class);
      case NanosInstant.IDENTIFIER, Timestamp.IDENTIFIER ->
          same(ColumnType.TIMESTAMPTZ, Instant.class);
      case UuidLogicalType.IDENTIFIER -> same(ColumnType.UUID, UUID.class);
      case FixedPrecisionNumeric.IDENTIFIER -> decimal(field, type.getArgument());
      default -> {
        if (type.getIdentifier().equals(MicrosInstant.IDENTIFIER)) {
          yield same(ColumnType.TIMESTAMPTZ, Instant.class);
        }
        yield type instanceof PassThroughLogicalType ? of(type.getBaseType()) : opaque(field);
      }
    };
  }

  private static FieldForm same(ColumnType type, Class<?> valueClass) {
    return new FieldForm(type, true, valueClass::cast, v -> v);
  }

  private static FieldForm decimal(FieldType field, Row argument) {
    int precision = argument.getInt32("precision");
    int scale = argument.getInt32("scale");
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
      return opaque(field);
    }
    return new FieldForm(
        ColumnType.decimal(precision, scale),
        true,
        v -> {
          BigDecimal scaled = ((BigDecimal) v).setScale(scale);
          if (scaled.precision() > precision) {
            throw new ArithmeticException("More digits than the field has");
          }
          return scaled;
        },
        v -> v);
  }

  private static FieldForm list(FieldForm element) {
    return new FieldForm(
        ColumnType.list(element.type),
        element.exact,
        v -> elements((Iterable<?>) v, element::toRule),
        v -> elements((Iterable<?>) v, element::toBeam));
  }

  private static List<Object> elements(Iterable<?> from, Conversion conversion) {
    List<Object> to = new ArrayList<>();
    from.forEach(element -> to.add(conversion.apply(element)));
    return Collections.unmodifiableList(to);
  }

  private static FieldForm map(FieldForm key, FieldForm value) {
    return new FieldForm(
        ColumnType.map(key.type, value.type),
        key.exact && value.exact,
        v -> entries((Map<?, ?>) v, key::toRule, value::toRule),
        v -> entries((Map<?, ?>) v, key::toBeam, value::toBeam));
  }

  private static Map<Object, Object> entries(
      Map<?, ?> from, Conversion key, Conversion conversion) {
    Map<Object, Object> to = new LinkedHashMap<>();
    from.forEach(
        (k, v) -> {
          if (k == null) {
            throw new IllegalArgumentException("A map has a null key");
          }
          to.put(key.apply(k), conversion.apply(v));
        });
    return Collections.unmodifiableMap(to);
  }

  private static FieldForm struct(Schema schema) {
    List<FieldForm> forms = new ArrayList<>();
    List<ColumnType.Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      FieldForm form = of(field.getType());
      forms.add(form);
      fields.add(new ColumnType.Field(field.getName(), form.type, false));
    }
    return new FieldForm(
        ColumnType.struct(fields),
        forms.stream().allMatch(FieldForm::exact),
        v -> {
          List<Object> values = new ArrayList<>(forms.size());
          for (int i = 0; i < forms.size(); i++) {
            values.add(forms.get(i).toRule(((Row) v).getValue(i)));
          }
          return Collections.unmodifiableList(values);
        },
        v -> {
          List<Object> values = new ArrayList<>(forms.size());
          for (int i = 0; i < forms.size(); i++) {
            values.add(forms.get(i).toBeam(((List<?>) v).get(i)));
          }
          return Row.withSchema(schema).attachValues(values);
        });
  }

  private static FieldForm opaque(FieldType type) {
    Schema schema = Schema.of(Schema.Field.of("value", type.withNullable(false)));
    RowCoder coder = RowCoder.of(schema);
    return new FieldForm(
        ColumnType.BINARY,
        false,
        v -> {
          try {
            return CoderUtils.encodeToByteArray(
                coder, Row.withSchema(schema).attachValues(List.of(v)));
          } catch (CoderException e) {
            throw new IllegalArgumentException("Its coder refused a value", e);
          }
        },
        v -> {
          try {
            return CoderUtils.decodeFromByteArray(coder, (byte[]) v).getValue(0);
          } catch (CoderException e) {
            throw new IllegalStateException(
                "Cannot read a value back: its coder does not read what it wrote", e);
          }
        });
  }
}
