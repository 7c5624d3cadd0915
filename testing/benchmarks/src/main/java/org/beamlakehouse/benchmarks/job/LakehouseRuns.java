package org.beamlakehouse.benchmarks.job;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Main class of our process: one {@code lakehouse} command per batch, its arguments as given. */
final class LakehouseRuns {
  private static final String COMMAND = "org.beamlakehouse.pipelines.internal.cli.LakehouseCommand";

  private LakehouseRuns() {}

  /** Runs the command for each line of standard input. */
  public static void main(String[] arguments) throws Exception {
    Method command =
        command()
            .getMethod("execute", PrintStream.class, PrintWriter.class, Map.class, String[].class);
    Repeater.answer(
        batch -> {
          PrintStream out = new PrintStream(PrintStream.nullOutputStream());
          PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
          Object code = command.invoke(null, out, err, System.getenv(), arguments);
          if (!code.equals(0)) {
            throw new IllegalStateException("The command ended with " + code);
          }
        });
    // As the command does: engines leave threads behind that keep a process alive.
    System.exit(0);
  }

  /** By name, as an earlier version, which is measured beside this one, has it elsewhere. */
  private static Class<?> command() throws ClassNotFoundException {
    try {
      return Class.forName(COMMAND);
    } catch (ClassNotFoundException e) {
      return Class.forName(COMMAND.replace(".internal.", "."));
    }
  }
}
