package org.beamlakehouse.pipelines.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.beamlakehouse.pipelines.run.LakehouseRun;
import org.beamlakehouse.pipelines.run.RunRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code lakehouse run}. */
@Command(
    name = "run",
    description = {
      "Take what is new through bronze, silver and gold.",
      "Every other --name=value is an option of Apache Beam, for example --targetParallelism=4."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  @Mixin private ProjectOptions project;

  @Option(
      names = "--mode",
      paramLabel = "available-now",
      description = "available-now (default): everything that is new, then stop.",
      defaultValue = "available-now")
  private String mode;

  @Option(
      names = "--tables",
      paramLabel = "TABLE",
      split = ",",
      description = "Only these silver and gold tables. Default: all.")
  private Set<String> tables = Set.of();

  @Option(
      names = "--full-refresh",
      description = "Rebuild the tables from the beginning of bronze.")
  private boolean fullRefresh;

  @Option(
      names = "--vars",
      paramLabel = "NAME=VALUE",
      split = ",",
      description = "Values of $${NAME} in gold SQL, for example run_date=2026-01-31.")
  private Map<String, String> vars = new LinkedHashMap<>();

  // picocli adds to it.
  @Unmatched private List<String> beamOptions = new ArrayList<>();

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!mode.equals("available-now")) {
      throw new ParameterException(
          spec.commandLine(),
          mode.equals("continuous")
              ? "Cannot run in mode continuous: it is not supported yet; use available-now"
              : "Cannot run in mode '" + mode + "': it is available-now");
    }
    for (String option : beamOptions) {
      if (!option.startsWith("--") || option.indexOf('=') < 0) {
        throw new ParameterException(
            spec.commandLine(),
            "Cannot understand '" + option + "': options of Beam are written --name=value");
      }
    }
    RunRequest request =
        RunRequest.builder()
            .project(project.loadWithWarnings(console))
            .tables(tables)
            .fullRefresh(fullRefresh)
            .vars(vars)
            .beamOptions(beamOptions)
            .build();
    return RunSummary.report(LakehouseRun.execute(request, console::progress), console);
  }
}
