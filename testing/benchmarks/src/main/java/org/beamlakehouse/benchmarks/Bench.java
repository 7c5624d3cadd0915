package org.beamlakehouse.benchmarks;

import org.beamlakehouse.benchmarks.job.JobCommand;
import org.beamlakehouse.benchmarks.job.ReadCommand;
import org.beamlakehouse.benchmarks.stream.StreamCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the whole-process benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the job and the stream, every result checked against an oracle",
    subcommands = {JobCommand.class, ReadCommand.class, StreamCommand.class})
public final class Bench {
  private Bench() {}

  /** Runs a command and ends with its exit code. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }
}
