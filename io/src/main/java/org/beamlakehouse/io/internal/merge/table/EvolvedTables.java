package org.beamlakehouse.io.internal.merge.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;

/**
 * Silver tables that take up fields which their contract does not know ({@code onUnknownFields:
 * evolve}): such a table itself says which columns it has gained, no other state is kept.
 *
 * <p>A gained column is optional, lies behind the contract's and is never tracked: a history shows
 * it, and opens no version for it.
 */
public final class EvolvedTables {
  /** What a column may be to be taken for one that the table has gained, and not another's. */
  private static final Map<Type.TypeID, ColumnType> GAINED =
      Map.of(
          Type.TypeID.BOOLEAN, ColumnType.BOOLEAN,
          Type.TypeID.LONG, ColumnType.LONG,
          Type.TypeID.DOUBLE, ColumnType.DOUBLE,
          Type.TypeID.STRING, ColumnType.STRING);

  /** The types that a field may have to become a column. */
  public static final Set<ColumnType> TYPES = Set.copyOf(GAINED.values());

  private static final int ATTEMPTS = 5;

  /** Names that begin with an underscore are kept for columns of the house. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  private EvolvedTables() {}

  /**
   * The definition of a table with the columns that it has gained; as it is for a table that does
   * not evolve, or does not exist.
   */
  public static TableDefinition definition(CatalogConfig catalog, TableDefinition contract) {
    Table table =
        contract.unknownFields() == UnknownFields.EVOLVE
            ? Catalogs.find(catalog, contract.name()).orElse(null)
            : null;
    if (table == null) {
      return contract;
    }
    Set<String> known = new TreeSet<>();
    contract.storedColumns().forEach(column -> known.add(column.name()));
    List<Column> columns = new ArrayList<>(contract.columns());
    for (Types.NestedField field : table.schema().columns()) {
      ColumnType type = GAINED.get(field.type().typeId());
      if (type != null
          && field.isOptional()
          && !known.contains(field.name())
          && NAME.matcher(field.name()).matches()) {
        columns.add(Column.of(field.name(), type));
      }
    }
    return contract.toBuilder().columns(columns).build();
  }

  /**
   * Whether a table can have a further column of this name: letters, digits and underscores, none
   * that it has already (capitals make no difference), and none of the house.
   */
  public static boolean canAdd(TableDefinition table, String name) {
    return NAME.matcher(name).matches()
        && !SystemColumns.RESERVED.contains(name.toLowerCase(Locale.ROOT))
        && table.columns().stream().noneMatch(column -> column.name().equalsIgnoreCase(name));
  }

  /**
   * Gives a table a column for each field that can have one, and its ledger the same columns. Safe
   * to be repeated, and while others do the same: the first one says the type.
   *
   * @param fields types of fields that the contract does not know
   * @return the definition with all columns that the table has gained
   */
  public static TableDefinition evolve(
      CatalogConfig catalog, TableDefinition contract, Map<String, ColumnType> fields) {
    SilverTables.target(catalog, contract);
    TableDefinition known = definition(catalog, contract);
    Set<String> taken = new TreeSet<>();
    List<Column> columns = new ArrayList<>(known.columns());
    // In the order of their names: the same columns whatever found them first.
    new TreeMap<>(fields)
        .forEach(
            (name, type) -> {
              if (canAdd(known, name) && taken.add(name.toLowerCase(Locale.ROOT))) {
                columns.add(Column.of(name, type));
              }
            });
    add(Catalogs.load(catalog, contract.name()), columns);
    TableDefinition evolved = definition(catalog, contract);
    Catalogs.find(catalog, contract.ledgerName())
        .ifPresent(ledger -> add(ledger, evolved.columns()));
    return evolved;
  }

  /** Adds the columns that a table does not have, each behind the one before it. */
  private static void add(Table table, List<Column> columns) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      UpdateSchema update = table.updateSchema();
      boolean changed = false;
      String before = null;
      for (Column column : columns) {
        if (table.schema().caseInsensitiveFindField(column.name()) == null) {
          update.addColumn(
              column.name(), IcebergTypes.schema(List.of(column)).columns().get(0).type());
          if (before != null) {
            update.moveAfter(column.name(), before);
          }
          changed = true;
        }
        before = column.name();
      }
      if (!changed) {
        return;
      }
      try {
        update.commit();
        return;
      } catch (CommitFailedException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
