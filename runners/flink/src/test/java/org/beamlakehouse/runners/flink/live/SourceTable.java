package org.beamlakehouse.runners.flink.live;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of the application, and so one of the source of a stream.
 *
 * @param schema PostgreSQL's schema that it lies in
 * @param name of the table
 * @param keys how many of the columns, from the first, are the key
 * @param columns those that it is created with; the contract knows these
 * @param fullImages whether PostgreSQL logs whole rows as they were, or their keys only
 */
record SourceTable(
    String schema, String name, int keys, List<SourceColumn> columns, boolean fullImages) {
  /** The column that tables get later on, which no contract knows. */
  static final String ADDED = "nick";

  /** The column whose changes open no version of the history. */
  static final String UNTRACKED = "weight";

  /** A column. */
  record SourceColumn(String name, ColumnKind kind) {}

  /** The tables of a schema: of one key column, of two, and one that is emptied now and then. */
  static List<SourceTable> all(String schema) {
    return List.of(
        new SourceTable(
            schema,
            "customers",
            1,
            List.of(
                new SourceColumn("id", ColumnKind.LONG),
                new SourceColumn("name", ColumnKind.TEXT),
                new SourceColumn("balance", ColumnKind.DECIMAL),
                new SourceColumn("born", ColumnKind.DATE),
                new SourceColumn("seen", ColumnKind.TIMESTAMPTZ),
                new SourceColumn("active", ColumnKind.BOOLEAN),
                new SourceColumn("avatar", ColumnKind.BYTES),
                new SourceColumn("token", ColumnKind.UNIQUE),
                new SourceColumn("profile", ColumnKind.JSON),
                new SourceColumn("note", ColumnKind.LONG_TEXT)),
            false),
        new SourceTable(
            schema,
            "orders",
            2,
            List.of(
                new SourceColumn("region", ColumnKind.TEXT),
                new SourceColumn("number", ColumnKind.LONG),
                new SourceColumn("amount", ColumnKind.DECIMAL),
                new SourceColumn("weight", ColumnKind.DOUBLE),
                new SourceColumn("placed", ColumnKind.TIMESTAMP),
                new SourceColumn("slot", ColumnKind.TIME),
                new SourceColumn("remark", ColumnKind.LONG_TEXT)),
            true),
        new SourceTable(
            schema,
            "carts",
            1,
            List.of(
                new SourceColumn("id", ColumnKind.LONG),
                new SourceColumn("item", ColumnKind.TEXT),
                new SourceColumn("note", ColumnKind.LONG_TEXT)),
            false));
  }

  /** The name with its schema, as SQL and connectors write it. */
  String qualified() {
    return schema + "." + name;
  }

  /** Names of the key columns, parted by commas. */
  String keyNames() {
    return columns.subList(0, keys).stream()
        .map(SourceColumn::name)
        .collect(Collectors.joining(", "));
  }

  /** Whether the lake keeps the table with hard deletes as well. */
  boolean hasHard() {
    return name.equals("customers");
  }

  /** Whether the lake keeps the table's history. */
  boolean hasHistory() {
    return !name.equals("carts");
  }

  /** Whether a change in a column, told by its place in a row, opens a version of the history. */
  boolean tracks(int place) {
    return place >= keys && place < columns.size() && !columns.get(place).name().equals(UNTRACKED);
  }

  /** Names of the columns that open versions, parted by commas. */
  String trackedNames() {
    return IntStream.range(0, columns.size())
        .filter(this::tracks)
        .mapToObj(i -> columns.get(i).name())
        .collect(Collectors.joining(", "));
  }

  /** What creates the table. */
  List<String> ddl() {
    String all =
        columns.stream()
            .map(column -> column.name() + " " + column.kind().postgres())
            .collect(Collectors.joining(", "));
    return List.of(
        "CREATE TABLE %s (%s, PRIMARY KEY (%s))".formatted(qualified(), all, keyNames()),
        "ALTER TABLE %s REPLICA IDENTITY %s"
            .formatted(qualified(), fullImages ? "FULL" : "DEFAULT"));
  }

  /** What adds the column that no contract knows. */
  String addColumn() {
    return "ALTER TABLE " + qualified() + " ADD COLUMN " + ADDED + " text";
  }
}
