package org.beamlakehouse.pipelines.internal.cli;

import org.apache.iceberg.Table;
import org.beamlakehouse.pipelines.internal.show.RowFormat;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of every command that prints something about one table. */
final class TableOptions {
  @Mixin private ProjectOptions project;

  @Parameters(paramLabel = "TABLE", description = "For example silver.customers.")
  private String table;

  @Option(
      names = "--format",
      paramLabel = "table|jsonl|csv",
      description = "Default: table.",
      converter = RowFormatConverter.class,
      defaultValue = "table")
  private RowFormat format;

  /**
   * The table.
   *
   * @throws IllegalArgumentException where there is no such table
   */
  Table table(Console console) {
    return project.table(console, table);
  }

  RowFormat format() {
    return format;
  }
}
