package org.beamlakehouse.io.merge;

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
import org.beamlakehouse.io.iceberg.InternalRow;
import org.beamlakehouse.io.iceberg.InternalValues;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.merge.RowHash;
import org.beamlakehouse.transforms.merge.StoredRow;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** How the rows of the merge rules lie in the columns of a target table. */
final class TargetShape {
  /** The columns of a row's lineage; a table of format version 3 has them beside its own. */
  static final List<Types.NestedField> LINEAGE =
      List.of(MetadataColumns.ROW_ID, MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER);

  private final TableDefinition definition;
  private final Schema schema;
  private final RowHash hash;
  private final int[] carriedOf;
  private final List<Integer> foreign = new ArrayList<>();
  private final Schema decidingSchema;
  private final List<Function<Object, Object>> decidingValues;
  private final List<Function<Object, Object>> wholeValues;
  private final int keyCount;
  private final int carriedCount;

  TargetShape(TableDefinition definition, Schema schema) {
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
    if (definition.storage() == StorageType.HISTORY) {
      names.add(SystemColumns.VALID_FROM);
      names.add(SystemColumns.VALID_TO);
    } else if (definition.storage() == StorageType.LATEST
        && definition.deletes() == DeleteMode.SOFT) {
      names.add(SystemColumns.DELETED_AT);
    }
    List<Types.NestedField> fields = new ArrayList<>();
    names.forEach(name -> fields.add(schema.findField(name)));
    fields.add(MetadataColumns.ROW_POSITION);
    return new Schema(fields);
  }

  /** The columns of {@link #keyOf} and {@link #deciding}: the key first, the position last. */
  Schema decidingSchema() {
    return decidingSchema;
  }

  /** All columns of the table and the position. */
  Schema wholeSchema() {
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    fields.add(MetadataColumns.ROW_POSITION);
    return new Schema(fields);
  }

  /** Position in its file of a row of either schema. */
  static long positionOf(StructLike row) {
    return row.get(row.size() - 1, Long.class);
  }

  /** The key of a row of {@link #decidingSchema}. */
  Object[] keyOf(StructLike row) {
    Object[] key = new Object[keyCount];
    for (int i = 0; i < keyCount; i++) {
      key[i] = value(decidingValues, i, row);
    }
    return key;
  }

  /** A row without its values except the key, from a row of {@link #decidingSchema}. */
  StoredRow deciding(Object[] key, StructLike row) {
    Object[] values = new Object[carriedCount];
    for (int i = 0; i < keyCount; i++) {
      values[definition.keyIndexes()[i]] = key[i];
    }
    Sequence sequence = sequence(row.get(keyCount, ByteBuffer.class));
    boolean history = definition.storage() == StorageType.HISTORY;
    // The last column is the position.
    boolean soft = !history && row.size() > keyCount + 2;
    return new StoredRow(
        values,
        sequence,
        soft ? (Instant) value(decidingValues, keyCount + 1, row) : null,
        history ? (Comparable<?>) value(decidingValues, keyCount + 1, row) : null,
        history ? (Comparable<?>) value(decidingValues, keyCount + 2, row) : null);
  }

  /** The row with its values, from a row of {@link #wholeSchema} and its deciding columns. */
  StoredRow whole(StoredRow deciding, StructLike row) {
    Object[] values = new Object[carriedCount];
    for (int i = 0; i < carriedOf.length; i++) {
      if (carriedOf[i] >= 0) {
        values[carriedOf[i]] = value(wholeValues, i, row);
      }
    }
    return new StoredRow(
        values,
        deciding.sequence(),
        deciding.deletedAt(),
        deciding.validFrom(),
        deciding.validTo());
  }

  /**
   * The row as it is written, system columns filled in. Columns that the definition does not know
   * have the table's default; two places at the end are left for the row's lineage.
   */
  StructLike toRow(StoredRow row) {
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
  List<Integer> foreignColumns() {
    return foreign;
  }

  /** Place in a row to write of the row's id. */
  int rowIdColumn() {
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
