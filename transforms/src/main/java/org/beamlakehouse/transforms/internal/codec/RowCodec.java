package org.beamlakehouse.transforms.internal.codec;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes and reads the values of a fixed list of columns: one bit per null, then the other values,
 * each in the compact form of its type.
 *
 * <p>Deterministic: rows whose values are equal have equal bytes, and only they. Made once and used
 * for every row; safe for use by several threads. Structs are written from lists and from Beam rows
 * alike; {@link #of} reads them as lists, {@link #ofBeamRows} as rows.
 */
public final class RowCodec {
  private final List<Column> columns;
  private final ValueCodec[] codecs;
  private final @Nullable Schema schema;

  private RowCodec(List<Column> columns, StructForm form, @Nullable Schema schema) {
    this.columns = List.copyOf(columns);
    this.codecs =
        columns.stream()
            .map(column -> ValueCodecs.of(column.type(), form))
            .toArray(ValueCodec[]::new);
    this.schema = schema;
  }

  /** A codec of arrays, with structs as {@code List}s: the values of the merge rules. */
  public static RowCodec of(List<Column> columns) {
    return new RowCodec(columns, StructForm.LIST, null);
  }

  /**
   * A codec of Beam rows.
   *
   * @param schema the columns' schema, in the same order; rows that are read have it
   */
  public static RowCodec ofBeamRows(List<Column> columns, Schema schema) {
    if (schema.getFieldCount() != columns.size()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot encode rows of %d fields as %d columns; give the schema of these columns",
              schema.getFieldCount(), columns.size()));
    }
    return new RowCodec(columns, StructForm.ROW, requireNonNull(schema, "schema"));
  }

  /** The columns, in the order of the values. */
  public List<Column> columns() {
    return columns;
  }

  /**
   * Writes one value per column, null or of the class that {@link ColumnType} fixes.
   *
   * @throws IllegalArgumentException where a value is not of its column's type
   */
  public void write(Object[] values, ByteOutput out) {
    checkCount(values.length);
    int nulls = out.reserve(nullBytes());
    for (int i = 0; i < codecs.length; i++) {
      write(i, values[i], nulls, out);
    }
  }

  /**
   * Writes values that lie apart in a wider array.
   *
   * @param places of the columns' values in {@code values}
   * @param omitted places whose values are written as null, whatever they are
   */
  public void write(Object[] values, int[] places, @Nullable BitSet omitted, ByteOutput out) {
    checkCount(places.length);
    int nulls = out.reserve(nullBytes());
    for (int i = 0; i < codecs.length; i++) {
      int place = places[i];
      write(i, omitted != null && omitted.get(place) ? null : values[place], nulls, out);
    }
  }

  /**
   * Writes a Beam row with one field per column.
   *
   * @throws IllegalArgumentException where a value is not of its column's type
   */
  public void write(Row row, ByteOutput out) {
    checkCount(row.getFieldCount());
    int nulls = out.reserve(nullBytes());
    for (int i = 0; i < codecs.length; i++) {
      write(i, row.getValue(i), nulls, out);
    }
  }

  /** Reads the values of one row. */
  public Object[] read(ByteInput in) {
    int nulls = in.position();
    in.skip(nullBytes());
    Object[] values = new Object[codecs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.bit(nulls, i) ? null : codecs[i].read(in);
    }
    return values;
  }

  /** Reads the values of one row into their places in a wider array. */
  public void read(ByteInput in, Object[] values, int[] places) {
    checkCount(places.length);
    int nulls = in.position();
    in.skip(nullBytes());
    for (int i = 0; i < codecs.length; i++) {
      values[places[i]] = in.bit(nulls, i) ? null : codecs[i].read(in);
    }
  }

  /**
   * Reads one row as a Beam row.
   *
   * @throws IllegalStateException where the codec was not made by {@link #ofBeamRows}
   */
  public Row readRow(ByteInput in) {
    if (schema == null) {
      throw new IllegalStateException(
          "Cannot read Beam rows with a codec of arrays; make it by ofBeamRows");
    }
    return Row.withSchema(schema).attachValues(Arrays.asList(read(in)));
  }

  private void write(int column, @Nullable Object value, int nulls, ByteOutput out) {
    if (value == null) {
      out.setBit(nulls, column);
      return;
    }
    try {
      codecs[column].write(value, out);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot encode column %s: %s is not written from a value of class %s, or of one with"
                  + " such parts",
              columns.get(column).name(), columns.get(column).type(), value.getClass().getName()),
          e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format("Cannot encode column %s: %s", columns.get(column).name(), e.getMessage()),
          e);
    }
  }

  private int nullBytes() {
    return (codecs.length + 7) >> 3;
  }

  private void checkCount(int values) {
    if (values != codecs.length) {
      throw new IllegalArgumentException(
          String.format("Cannot encode %d values as %d columns", values, codecs.length));
    }
  }
}
