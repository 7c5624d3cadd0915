package org.beamlakehouse.transforms.internal.merge;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Small tables for the tests of the rules: a numeric key and string columns. */
final class Tables {

  private Tables() {}

  /** A table with the key {@code id}, the given string columns and a long valid time. */
  static TableDefinition.Builder table(StorageType storage, List<String> names) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.required("id", ColumnType.INT));
    names.forEach(name -> columns.add(Column.of(name, ColumnType.STRING)));
    return TableDefinition.builder()
        .name("silver.things")
        .columns(columns)
        .keyColumns("id")
        .sequenceBy("seq")
        .storage(storage);
  }
}
