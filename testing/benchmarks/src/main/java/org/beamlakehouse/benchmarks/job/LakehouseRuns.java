package org.beamlakehouse.benchmarks.job;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.beamlakehouse.pipelines.internal.cli.LakehouseCommand;

/** Main class of our process: one {@code lakehouse} command per batch, its arguments as given. */
final class LakehouseRuns {
  private LakehouseRuns() {}

  /** Runs the command for each line of standard input. */
  public static void main(String[] arguments) throws Exception {
    Repeater.answer(
        batch -> {
          PrintStream out = new PrintStream(PrintStream.nullOutputStream());
          PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
          int code = LakehouseCommand.execute(out, err, System.getenv(), arguments);
          if (code != 0) {
            throw new IllegalStateException("The command ended with " + code);
          }
        });
    // As the command does: engines leave threads behind that keep a process alive.
    System.exit(0);
  }
}
