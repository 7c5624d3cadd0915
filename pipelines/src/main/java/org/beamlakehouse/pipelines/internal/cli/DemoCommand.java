package org.beamlakehouse.pipelines.internal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.pipelines.internal.gold.query.GoldProduct;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.run.LakehouseRun;
import org.beamlakehouse.pipelines.internal.show.RowFormat;
import org.beamlakehouse.pipelines.internal.show.TableQuery;
import org.beamlakehouse.pipelines.internal.show.TableRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code lakehouse demo}: the sample project from generated changes to gold tables. */
@Command(
    name = "demo",
    description = "Run the sample project examples/shop and print its gold tables.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  private final Console console;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description = "Size of the generated data. Default: 1, some 60,000 changes and events.",
      defaultValue = "1")
  private double scale;

  @Option(names = "--verbose", description = "Show the stack trace of an error.")
  boolean verbose;

  // picocli adds to it.
  @Unmatched private List<String> beamOptions = new ArrayList<>();

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Path.of(System.getProperty("lakehouse.home", "."), "examples", "shop");
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "Cannot find the sample project at " + folder + ": run the demo from the repository");
    }
    SampleData data = sampleData();
    console.progress("sample data in " + folder.resolve("data"));
    data.write(folder, scale);
    Project project = Project.load(folder, console.environment());
    RunRequest request =
        RunRequest.builder()
            .project(project)
            .vars(Map.of("run_date", data.runDate()))
            .beamOptions(beamOptions)
            .build();
    int code =
        RunSummary.report(LakehouseRun.execute(request, console::progress), console, verbose);
    for (GoldProduct product : project.goldProducts()) {
      console.out().printf("%n%s: %s%n", product.table(), product.description());
      TableRows rows =
          new TableRows(
              Catalogs.load(project.catalog(), product.table()),
              TableQuery.builder().orderBy(product.key()).limit(SHOWN).build());
      try (RowFormat.Sink sink = RowFormat.TABLE.open(rows.columns(), console.out())) {
        rows.forEach(sink::row);
      }
    }
    return code;
  }

  private static SampleData sampleData() {
    return ServiceLoader.load(SampleData.class, SampleData.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot make the sample data: this jar has no generator of them; run"
                        + " `./lakehouse demo` in the repository"));
  }
}
