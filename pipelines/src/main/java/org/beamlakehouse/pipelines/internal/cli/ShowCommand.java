package org.beamlakehouse.pipelines.internal.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.iceberg.Table;
import org.beamlakehouse.pipelines.internal.show.RowFormat;
import org.beamlakehouse.pipelines.internal.show.TableQuery;
import org.beamlakehouse.pipelines.internal.show.TableRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lakehouse show}. */
@Command(name = "show", description = "Show the rows of a table.", mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private TableOptions options;

  @Option(
      names = "--as-of",
      paramLabel = "SNAPSHOT|ISO-TIME|TAG",
      description = "Show the table as it was.")
  private String asOf;

  @Option(names = "--where", paramLabel = "SQL", description = "Show rows that meet a condition.")
  private String where;

  @Option(names = "--columns", paramLabel = "COLUMN", split = ",", description = "Columns to show.")
  private List<String> columns = List.of();

  @Option(
      names = "--order-by",
      paramLabel = "COLUMN [desc]",
      split = ",",
      description = "Columns to sort by.")
  private List<String> orderBy = List.of();

  @Option(names = "--limit", paramLabel = "N", description = "Show at most N rows.")
  private Integer limit;

  ShowCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Table loaded = options.table(console);
    TableRows rows =
        new TableRows(
            loaded,
            TableQuery.builder()
                .asOf(asOf)
                .where(where)
                .columns(columns)
                .orderBy(orderBy)
                .limit(limit)
                .build());
    try (RowFormat.Sink sink = options.format().open(rows.columns(), console.out())) {
      rows.forEach(sink::row);
    }
    return ExitCode.DONE;
  }
}
