package org.beamlakehouse.transforms.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a table's definition must be. */
final class DefinitionChecks {
  private DefinitionChecks() {}

  /** Checks what a builder was given; what is missing has its default by now. */
  static void check(TableDefinition.Builder table) {
    String name = table.name();
    List<String> names = table.columns().stream().map(Column::name).toList();
    check(!table.keyColumns().isEmpty(), "Cannot define %s: it has no key columns", name);
    check(
        Set.copyOf(names).size() == names.size(),
        "Cannot define %s: two columns have the same name",
        name);
    for (String column : names) {
      check(
          !SystemColumns.RESERVED.contains(column),
          "Cannot define %s: the column name %s is reserved",
          name,
          column);
    }
    List<String> referenced = new ArrayList<>(table.keyColumns());
    referenced.addAll(table.trackedColumns().get());
    referenced.addAll(table.ignoreNullColumns());
    table.eventTime().ifPresent(referenced::add);
    for (String column : referenced) {
      check(names.contains(column), "Cannot define %s: it has no column %s", name, column);
    }
    for (String field : table.sequenceTypes().keySet()) {
      check(
          table.sequenceBy().contains(field) && !names.contains(field),
          "Cannot define %s: %s has a type in its sequence, but is a column or not in sequenceBy",
          name,
          field);
    }
    if (table.input() == InputKind.SNAPSHOTS) {
      checkExtracts(table, name);
    }
  }

  private static void checkExtracts(TableDefinition.Builder table, String name) {
    String cannot = "Cannot define %s for extracts: ";
    check(table.storage() != StorageType.EVENTS, cannot + "events are never deleted", name);
    check(!table.sequenceBy().isEmpty(), cannot + "sequenceBy must name their time", name);
    check(
        table.applyAsDeletes() == null && table.applyAsTruncates() == null,
        cannot + "what is missing in one is deleted; remove applyAsDeletes and applyAsTruncates",
        name);
    check(
        table.ignoreNullColumns().isEmpty(),
        cannot + "they say what each row is, nulls too; remove ignoreNullColumns",
        name);
  }

  private static void check(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(message, arguments));
    }
  }
}
