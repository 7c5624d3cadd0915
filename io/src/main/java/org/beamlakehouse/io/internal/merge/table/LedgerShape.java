package org.beamlakehouse.io.internal.merge.table;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How remembered changes lie in the columns of a ledger table: the key (null in truncates), what
 * the change is, then all other carried columns.
 */
public final class LedgerShape {
  public static final String KIND = "_kind";
  static final String EVENT_TIME = "_event_time";
  static final String VALID_TIME = "_valid_time";
  static final String UNSENT = "_unsent";

  /** Stands in {@link #UNSENT} for a change that brings no values at all. */
  private static final String ALL_UNSENT = "*";

  private final TableDefinition definition;
  private final Schema schema;
  private final int[] columnOf;
  private final int kind;
  private final int sequence;
  private final int eventTime;
  private final int validTime;
  private final int unsent;

  public LedgerShape(TableDefinition definition, Schema schema) {
    this.definition = definition;
    this.schema = schema;
    this.columnOf =
        definition.carriedColumns().stream().mapToInt(c -> index(schema, c.name())).toArray();
    this.kind = index(schema, KIND);
    this.sequence = index(schema, SystemColumns.SEQUENCE);
    this.eventTime = index(schema, EVENT_TIME);
    this.validTime = index(schema, VALID_TIME);
    this.unsent = index(schema, UNSENT);
  }

  private static int index(Schema schema, String column) {
    return schema.columns().indexOf(schema.findField(column));
  }

  /** The columns of a ledger. */
  static List<Column> columns(TableDefinition definition) {
    List<Column> columns = new ArrayList<>();
    Set<String> keys = Set.copyOf(definition.keyColumns());
    for (String key : definition.keyColumns()) {
      columns.add(Column.of(key, definition.columns().get(definition.indexOf(key)).type()));
    }
    columns.add(Column.required(KIND, ColumnType.STRING));
    columns.add(Column.required(SystemColumns.SEQUENCE, ColumnType.BINARY));
    columns.add(Column.required(EVENT_TIME, ColumnType.TIMESTAMPTZ));
    columns.add(Column.required(VALID_TIME, definition.validTimeType()));
    columns.add(Column.of(UNSENT, ColumnType.list(ColumnType.STRING)));
    for (Column column : definition.carriedColumns()) {
      if (!keys.contains(column.name())) {
        columns.add(Column.of(column.name(), column.type()));
      }
    }
    return columns;
  }

  /**
   * A remembered change as it is written.
   *
   * @param key the key's values; null for a truncate
   */
  public StructLike toRow(Object @Nullable [] key, Change change) {
    Object[] row = new Object[schema.columns().size()];
    Object[] values = change.values();
    if (values != null) {
      for (int i = 0; i < columnOf.length; i++) {
        if (change.sends(i)) {
          set(row, columnOf[i], values[i]);
        }
      }
    }
    for (int i = 0; key != null && i < key.length; i++) {
      set(row, columnOf[definition.keyIndexes()[i]], key[i]);
    }
    set(row, kind, change.kind().name().toLowerCase(Locale.ROOT));
    set(row, sequence, change.sequence().bytes());
    set(row, eventTime, change.eventTime());
    set(row, validTime, change.validTime());
    set(row, unsent, unsentNames(change));
    return InternalRow.over(row);
  }

  /** The change of a ledger row. */
  public Change toChange(StructLike row) {
    List<?> names = row.get(unsent, List.class);
    Object[] values = null;
    BitSet unsentColumns = null;
    if (names == null || !names.contains(ALL_UNSENT)) {
      values = new Object[columnOf.length];
      for (int i = 0; i < columnOf.length; i++) {
        values[i] = value(row, columnOf[i]);
        if (names != null && names.contains(definition.carriedColumns().get(i).name())) {
          unsentColumns = unsentColumns == null ? new BitSet() : unsentColumns;
          unsentColumns.set(i);
        }
      }
    }
    return new Change(
        Kind.valueOf(row.get(kind, String.class).toUpperCase(Locale.ROOT)),
        TargetShape.sequence(row.get(sequence, ByteBuffer.class)),
        (Instant) value(row, eventTime),
        (Comparable<?>) value(row, validTime),
        values,
        unsentColumns);
  }

  /** The key of a ledger row; null for a truncate. */
  public Object @Nullable [] keyOf(StructLike row) {
    if (row.get(kind, String.class).equals("truncate")) {
      return null;
    }
    Object[] key = new Object[definition.keyColumns().size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = value(row, columnOf[definition.keyIndexes()[i]]);
    }
    return key;
  }

  private @Nullable List<String> unsentNames(Change change) {
    if (change.values() == null) {
      return List.of(ALL_UNSENT);
    }
    if (change.isComplete()) {
      return null;
    }
    return change.unsent().stream()
        .mapToObj(i -> definition.carriedColumns().get(i).name())
        .toList();
  }

  private void set(Object[] row, int index, @Nullable Object value) {
    row[index] = InternalValues.of(field(index).type(), value);
  }

  private @Nullable Object value(StructLike row, int index) {
    return IcebergTypes.fromIceberg(field(index).type(), row.get(index, Object.class));
  }

  private Types.NestedField field(int index) {
    return schema.columns().get(index);
  }
}
