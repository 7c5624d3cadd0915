package org.beamlakehouse.io.internal.merge.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.RowLevelOperationMode;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The Iceberg tables of a silver table: the target that readers see and the ledger beside it. Both
 * are created on first need; an existing table is checked and never altered.
 *
 * <p>Of a target's columns only the key, {@code valid_from} and {@code _sequence} are required in
 * the table: a delete that brings nothing but its key is stored as a row with nulls.
 *
 * <p>A table may have more columns than its definition, if they are optional or have a default. A
 * row that a merge changes keeps its values in them; new rows have the default.
 */
public final class SilverTables {
  private static final int FORMAT_VERSION = 3;
  private static final int MIN_FORMAT_VERSION = 2;
  private static final Set<String> MODES =
      Set.of(
          RowLevelOperationMode.MERGE_ON_READ.modeName(),
          RowLevelOperationMode.COPY_ON_WRITE.modeName());
  private static final Set<Type.TypeID> NO_IDENTIFIERS =
      Set.of(Type.TypeID.FLOAT, Type.TypeID.DOUBLE);

  private SilverTables() {}

  /**
   * Loads the target table, created where it is missing.
   *
   * @throws UnfitTableException where an existing table does not have the definition's columns
   * @throws UnsupportedOperationException where an existing table cannot be merged into yet
   */
  public static Table target(CatalogConfig catalog, TableDefinition definition) {
    Table existing = Catalogs.find(catalog, definition.name()).orElse(null);
    if (existing != null) {
      checkColumns(existing, definition.name(), definition.storedColumns());
      checkMode(definition.name(), TableUtil.formatVersion(existing), existing.properties());
      return Catalogs.completed(catalog, definition.name(), existing);
    }
    Schema schema = targetSchema(definition);
    Map<String, String> properties = properties(definition.tableProperties());
    checkMode(
        definition.name(),
        Integer.parseInt(properties.get(TableProperties.FORMAT_VERSION)),
        properties);
    Catalogs.loadOrCreate(
        catalog, definition.name(), schema, Partitioning.ofTarget(definition, schema), properties);
    return target(catalog, definition);
  }

  /** Loads the ledger, or gives null where the table has none yet. */
  public static @Nullable Table existingLedger(CatalogConfig catalog, TableDefinition definition) {
    Table existing = Catalogs.find(catalog, definition.ledgerName()).orElse(null);
    if (existing != null) {
      checkColumns(existing, definition.ledgerName(), LedgerShape.columns(definition));
    }
    return existing;
  }

  /**
   * Loads the ledger, created where it is missing: bucketed as the target is, and of its format
   * version, so that whoever can read the one can read the other.
   */
  public static Table ledger(
      CatalogConfig catalog, TableDefinition definition, Table target, int buckets) {
    Table existing = existingLedger(catalog, definition);
    if (existing != null) {
      return Catalogs.completed(catalog, definition.ledgerName(), existing);
    }
    Schema schema = IcebergTypes.schema(LedgerShape.columns(definition));
    Catalogs.loadOrCreate(
        catalog,
        definition.ledgerName(),
        schema,
        Partitioning.ofLedger(schema, definition.keyColumns().get(0), buckets),
        properties(
            Map.of(
                TableProperties.FORMAT_VERSION, String.valueOf(TableUtil.formatVersion(target)))));
    return ledger(catalog, definition, target, buckets);
  }

  /** Schema of a new target table. */
  public static Schema targetSchema(TableDefinition definition) {
    Set<String> required = new HashSet<>(definition.keyColumns());
    required.add(SystemColumns.SEQUENCE);
    required.add(SystemColumns.VALID_FROM);
    List<Column> columns =
        definition.storedColumns().stream()
            .map(c -> c.toBuilder().required(required.contains(c.name())).build())
            .toList();
    Schema schema = IcebergTypes.schema(columns);
    Set<Integer> identifiers = new HashSet<>();
    List<String> names = new ArrayList<>(definition.keyColumns());
    if (definition.storage() == StorageType.HISTORY) {
      names.add(SystemColumns.VALID_FROM);
    }
    for (String name : names) {
      Types.NestedField field = schema.findField(name);
      if (!field.type().isPrimitiveType() || NO_IDENTIFIERS.contains(field.type().typeId())) {
        return schema;
      }
      identifiers.add(field.fieldId());
    }
    return new Schema(schema.columns(), identifiers);
  }

  private static Map<String, String> properties(Map<String, String> own) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(TableProperties.FORMAT_VERSION, Integer.toString(FORMAT_VERSION));
    properties.put(TableProperties.DEFAULT_FILE_FORMAT, FileFormat.PARQUET.name());
    properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
    properties.put(TableProperties.PARQUET_COMPRESSION_LEVEL, "1");
    String mode =
        own.getOrDefault(
            TableProperties.MERGE_MODE, RowLevelOperationMode.MERGE_ON_READ.modeName());
    properties.put(TableProperties.MERGE_MODE, mode);
    properties.put(TableProperties.UPDATE_MODE, mode);
    properties.put(TableProperties.DELETE_MODE, mode);
    properties.putAll(own);
    return properties;
  }

  private static void checkColumns(Table table, String name, List<Column> columns) {
    for (Column column : columns) {
      Types.NestedField field = table.schema().findField(column.name());
      if (field == null) {
        throw new UnfitTableException(
            String.format(
                "Cannot merge into %s: the table has no column %s; add it to the table as %s, or"
                    + " take it out of the contract",
                name, column.name(), column.type()));
      }
      if (!IcebergTypes.columnType(field.type()).equals(column.type())) {
        throw new UnfitTableException(
            String.format(
                "Cannot merge into %s: its column %s is of type %s, but the contract says %s;"
                    + " change one of them",
                name, column.name(), field.type(), column.type()));
      }
    }
  }

  private static void checkMode(String name, int version, Map<String, String> properties) {
    if (version < MIN_FORMAT_VERSION || version > FORMAT_VERSION) {
      throw new UnsupportedOperationException(
          String.format(
              "Cannot merge into %s: its format version is %d, and only %d and %d are supported;"
                  + " set the table property format-version to one of them",
              name, version, MIN_FORMAT_VERSION, FORMAT_VERSION));
    }
    String mode = properties.get(TableProperties.MERGE_MODE);
    if (mode != null && !MODES.contains(mode.toLowerCase(Locale.ROOT))) {
      throw new UnsupportedOperationException(
          String.format(
              "Cannot merge into %s: its %s is %s; set the table property to merge-on-read or"
                  + " copy-on-write",
              name, TableProperties.MERGE_MODE, mode));
    }
    String threshold = properties.get(RewriteThreshold.KEY);
    if (threshold != null && !RewriteThreshold.isShare(threshold)) {
      throw new UnsupportedOperationException(
          String.format(
              "Cannot merge into %s: its %s is %s; set the table property to a share of rows, above"
                  + " 0 and at most 1, or remove it",
              name, RewriteThreshold.KEY, threshold));
    }
    String format = properties.get(TableProperties.DEFAULT_FILE_FORMAT);
    if (format != null && !format.equalsIgnoreCase(FileFormat.PARQUET.name())) {
      throw new UnsupportedOperationException(
          String.format(
              "Cannot merge into %s: its %s is %s, and only parquet is supported; set the table"
                  + " property to it",
              name, TableProperties.DEFAULT_FILE_FORMAT, format));
    }
  }
}
