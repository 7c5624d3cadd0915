package org.beamlakehouse.transforms.table;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;

/** One column of a table definition and where its value comes from. */
@AutoValue
public abstract class Column implements Serializable {

  /** The column's name in the table. */
  public abstract String name();

  public abstract ColumnType type();

  /** A null in a required column quarantines the record. Key columns are always required. */
  public abstract boolean required();

  /** Path of the value in the record, dots for nesting. Not used where there is an expression. */
  public abstract String sourceField();

  /** SQL over the record's fields that gives the value instead of {@link #sourceField()}. */
  public abstract @Nullable String expression();

  /**
   * What a number in this column, or inside it, counts where neither the record's schema nor its
   * format tells; null for that of the {@linkplain TableDefinition#timestampUnit() table}.
   */
  public abstract @Nullable TimestampUnit timestampUnit();

  /**
   * What a string in this decimal column, or in a decimal inside it, is where neither the record's
   * schema nor its format tells; null for that of the {@linkplain TableDefinition#decimalEncoding()
   * table}.
   */
  public abstract @Nullable DecimalEncoding decimalEncoding();

  /** A nullable column read from the field of its own name. */
  public static Column of(String name, ColumnType type) {
    return builder().name(name).type(type).build();
  }

  /** A column that must not be null, read from the field of its own name. */
  public static Column required(String name, ColumnType type) {
    return builder().name(name).type(type).required(true).build();
  }

  /**
   * The columns of a Beam schema, in its order: each read from the field of its own name, and
   * required where the field is not nullable. Narrower types become the next wider one: bytes and
   * shorts an {@code int}, {@code DATETIME} a {@code timestamptz}.
   *
   * <pre>{@code
   * TableDefinition.builder()
   *     .name("silver.orders")
   *     .columns(Column.ofSchema(schema))
   *     .keyColumns("id")
   *     .build();
   * }</pre>
   *
   * @throws IllegalArgumentException where a field, or a part of it, is of a type that no column
   *     holds without loss: decimals without a precision, times of nanoseconds, enumerations,
   *     unions
   */
  public static List<Column> ofSchema(Schema schema) {
    return schema.getFields().stream().map(Column::ofField).toList();
  }

  private static Column ofField(Schema.Field field) {
    ColumnType type =
        BeamTypes.of(field.getType())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        String.format(
                            "Cannot make a column of the field '%s': no column holds all values of"
                                + " its type %s; cast it, for example a decimal to one of fixed"
                                + " precision and an enumeration to a string",
                            field.getName(), field.getType().getTypeName())));
    return field.getType().getNullable()
        ? of(field.getName(), type)
        : required(field.getName(), type);
  }

  public static Builder builder() {
    return new AutoValue_Column.Builder().required(false);
  }

  public abstract Builder toBuilder();

  /** Builder of {@link Column}; {@code sourceField} defaults to the name. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder name(String name);

    public abstract Builder type(ColumnType type);

    public abstract Builder required(boolean required);

    public abstract Builder sourceField(String path);

    public abstract Builder expression(@Nullable String sql);

    public abstract Builder timestampUnit(@Nullable TimestampUnit unit);

    public abstract Builder decimalEncoding(@Nullable DecimalEncoding encoding);

    abstract String name();

    abstract java.util.Optional<String> sourceField();

    abstract Column autoBuild();

    public Column build() {
      if (sourceField().isEmpty()) {
        sourceField(name());
      }
      return autoBuild();
    }
  }
}
