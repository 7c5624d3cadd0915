package org.beamlakehouse.pipelines;

import java.io.PrintWriter;
import org.beamlakehouse.io.internal.secrets.RedactedOutput;
import org.beamlakehouse.pipelines.internal.cli.LakehouseCommand;

/**
 * The main class of the command line, of each runner's jar and on clusters.
 *
 * <p>Exit codes: 0 done, 1 the run failed, 2 wrong usage or configuration, 3 a quality gate or
 * contract halted it (the tables are as before).
 */
public final class Lakehouse {
  private Lakehouse() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    // Libraries log to it what they were configured with.
    System.setErr(RedactedOutput.stream(System.err));
    int code =
        LakehouseCommand.execute(
            System.out, new PrintWriter(System.err, true), System.getenv(), args);
    System.out.flush();
    System.exit(code);
  }
}
