package org.beamlakehouse.pipelines.internal.cli;

import java.util.concurrent.Callable;
import org.beamlakehouse.pipelines.internal.check.ProjectCheck;
import org.beamlakehouse.pipelines.internal.project.Project;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lakehouse check}. */
@Command(
    name = "check",
    description =
        "Check the project file, the contracts and the SQL; compare contracts with tables.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOptions project;

  @Option(
      names = "--offline",
      description =
          "Look at the project's files alone: at no catalog, table or source. Variables need no"
              + " values.")
  private boolean offline;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Project loaded = offline ? project.loadOffline(console) : project.loadWithWarnings(console);
    ProjectCheck.Findings found =
        offline ? ProjectCheck.checkOffline(loaded) : ProjectCheck.check(loaded);
    found.warnings().forEach(console::progress);
    if (!found.problems().isEmpty()) {
      found.problems().forEach(problem -> console.err().println("lakehouse: " + problem));
      return ExitCode.WRONG_USAGE;
    }
    console
        .out()
        .printf(
            "%s is sound: %d sources, %d contracts, %d gold products%n",
            loaded.name(),
            loaded.sources().size(),
            loaded.tables().size(),
            loaded.goldProducts().size());
    return ExitCode.DONE;
  }
}
