package org.beamlakehouse.io.internal.merge.table;

import static java.util.stream.Collectors.toSet;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.RowHash;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** How the rows of the merge rules lie in the columns of a target table. */
public final class TargetShape {
  /** Marks a row that is not deleted. */
  public static final long NOT_DELETED = Long.MIN_VALUE;

  /** Marks a row without an id, as on tables without row lineage. */
  public static final long NO_ROW_ID = -1;

  /** The columns of a row's lineage; a table of format version 3 has them beside its own. */
  static final List<Types.NestedField> LINEAGE =
      List.of(MetadataColumns.ROW_ID, MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER);

  private static final Object[] NO_VALUES = new Object[0];

  private final TableDefinition definition;
  private final Schema schema;
  private final RowHash hash;
  private final int[] carriedOf;
  private final List<Integer> foreign = new ArrayList<>();
  private final Map<String, Integer> systemPlaces = new HashMap<>();
  private final Schema decidingSchema;
  private final List<Function<Object, Object>> decidingValues;
  private final List<Function<Object, Object>> wholeValues;
  private final int keyCount;
  private final int carriedCount;

  public TargetShape(TableDefinition definition, Schema schema) {
    this.definition = definition;
    this.schema = schema;
    this.hash = RowHash.of(definition);
    this.keyCount = definition.keyColumns().size();
    this.carriedCount = definition.carriedColumns().size();
    Map<String, Integer> carried = new HashMap<>();
    for (Column column : definition.carriedColumns()) {
      carried.put(column.name(), carried.size());
    }
    List<Types.NestedField> fields = schema.columns();
    this.carriedOf = new int[fields.size()];
    Set<String> known = definition.storedColumns().stream().map(Column::name).collect(toSet());
    for (int i = 0; i < carriedOf.length; i++) {
      carriedOf[i] = carried.getOrDefault(fields.get(i).name(), -1);
      if (!known.contains(fields.get(i).name())) {
        foreign.add(i);
      }
      systemPlaces.put(fields.get(i).name(), i);
    }
    this.decidingSchema = decidingSchema(definition, schema);
    this.decidingValues = conversions(decidingSchema);
    this.wholeValues = conversions(schema);
  }

  private static List<Function<Object, Object>> conversions(Schema schema) {
    return schema.columns().stream().map(field -> ColumnValues.of(field.type())).toList();
  }

  private static Schema decidingSchema(TableDefinition definition, Schema schema) {
    List<String> names = new ArrayList<>(definition.keyColumns());
    names.add(SystemColumns.SEQUENCE);
    if (definition.storage() == StorageType.LATEST && definition.deletes() == DeleteMode.SOFT) {
      names.add(SystemColumns.DELETED_AT);
    }
    List<Types.NestedField> fields = new ArrayList<>();
    names.forEach(name -> fields.add(schema.findField(name)));
    fields.add(MetadataColumns.ROW_ID);
    fields.add(MetadataColumns.ROW_POSITION);
    return new Schema(fields);
  }

  /**
   * The columns that decide between changes: the key, the sequence, on tables with soft deletes
   * when the row was deleted, and last the row id and the position. (In a history every row's
   * values decide.)
   */
  public Schema decidingSchema() {
    return decidingSchema;
  }

  /** All columns of the table and the position. */
  public Schema wholeSchema() {
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    fields.add(MetadataColumns.ROW_POSITION);
    return new Schema(fields);
  }

  /** Position in its file of a row of either schema. */
  public static long positionOf(StructLike row) {
    return row.get(row.size() - 1, Long.class);
  }

  /** The key of a row of {@link #decidingSchema}. */
  public Object[] keyOf(StructLike row) {
    Object[] key = new Object[keyCount];
    for (int i = 0; i < keyCount; i++) {
      key[i] = value(decidingValues, i, row);
    }
    return key;
  }

  /** When a row of {@link #decidingSchema} was deleted, in the form of {@code FoundRows}. */
  public long deletedAt(StructLike row) {
    // The last columns are the row id and the position.
    Long micros = row.size() > keyCount + 3 ? row.get(keyCount + 1, Long.class) : null;
    return micros == null ? NOT_DELETED : micros;
  }

  /** The id of a row of {@link #decidingSchema}, in the form of {@code StoredPosition}. */
  public static long rowIdOf(StructLike row) {
    Long id = row.get(row.size() - 2, Long.class);
    return id == null ? NO_ROW_ID : id;
  }

  /** Number of the key's columns, which come first in {@link #decidingSchema}. */
  public int keyCount() {
    return keyCount;
  }

  /** A row without its values, of which rules can only tell the order. */
  public static StoredRow deciding(Sequence sequence, long deletedAtMicros) {
    Instant deletedAt =
        deletedAtMicros == NOT_DELETED ? null : InternalValues.instant(deletedAtMicros);
    return new StoredRow(NO_VALUES, sequence, deletedAt, null, null);
  }

  /** The row with its values, from a row of {@link #wholeSchema}. */
  public StoredRow whole(StructLike row) {
    Object[] values = new Object[carriedCount];
    for (int i = 0; i < carriedOf.length; i++) {
      if (carriedOf[i] >= 0) {
        values[carriedOf[i]] = value(wholeValues, i, row);
      }
    }
    return new StoredRow(
        values,
        Sequence.fromBytes((byte[]) system(SystemColumns.SEQUENCE, row)),
        (Instant) system(SystemColumns.DELETED_AT, row),
        (Comparable<?>) system(SystemColumns.VALID_FROM, row),
        (Comparable<?>) system(SystemColumns.VALID_TO, row));
  }

  private @Nullable Object system(String column, StructLike row) {
    Integer place = systemPlaces.get(column);
    return place == null ? null : value(wholeValues, place, row);
  }

  /**
   * The row as it is written, system columns filled in. Columns that the definition does not know
   * have the table's default; two places at the end are left for the row's lineage.
   */
  public StructLike toRow(StoredRow row) {
    List<Types.NestedField> fields = schema.columns();
    Object[] columns = new Object[carriedOf.length + LINEAGE.size()];
    for (int i = 0; i < carriedOf.length; i++) {
      Types.NestedField field = fields.get(i);
      Object value =
          carriedOf[i] >= 0 ? row.values()[carriedOf[i]] : systemValue(field.name(), row);
      if (value != null) {
        columns[i] = InternalValues.of(field.type(), value);
      } else if (foreign.contains(i)) {
        columns[i] = field.writeDefault();
      }
      if (columns[i] == null && field.isRequired()) {
        throw new IllegalStateException(
            String.format(
                "Cannot write to %s: a row has no value for the column %s, which the table"
                    + " requires; make it optional in the table",
                definition.name(), field.name()));
      }
    }
    return InternalRow.over(columns);
  }

  /** Places in a row to write of the columns that the definition does not know. */
  public List<Integer> foreignColumns() {
    return foreign;
  }

  /** Place in a row to write of the row's id. */
  public int rowIdColumn() {
    return carriedOf.length;
  }

  private @Nullable Object systemValue(String column, StoredRow row) {
    return switch (column) {
      case SystemColumns.IS_DELETED -> row.isDeleted();
      case SystemColumns.DELETED_AT -> row.deletedAt();
      case SystemColumns.VALID_FROM -> row.validFrom();
      case SystemColumns.VALID_TO -> row.validTo();
      case SystemColumns.IS_CURRENT -> row.validTo() == null;
      case SystemColumns.ROW_HASH -> hash.hash(row.values());
      case SystemColumns.SEQUENCE -> row.sequence().bytes();
      default -> null;
    };
  }

  private static @Nullable Object value(
      List<Function<Object, Object>> conversions, int index, StructLike row) {
    return conversions.get(index).apply(row.get(index, Object.class));
  }

  /** A sequence from a buffer that the reader may use again. */
  static Sequence sequence(ByteBuffer buffer) {
    return Sequence.fromBytes(ColumnValues.bytes(buffer));
  }
}
