package org.beamlakehouse.benchmarks.job;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the whole-process benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the job against other systems, every result checked against an oracle",
    subcommands = {JobCommand.class, ReadCommand.class})
public final class JobBenchmark {
  private JobBenchmark() {}

  /** Runs a command and ends with its exit code. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new JobBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }
}
