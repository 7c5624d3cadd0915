package org.beamlakehouse.pipelines.internal.cli;

import java.io.PrintWriter;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.pipelines.internal.config.ConfigurationException;
import org.beamlakehouse.pipelines.internal.request.HaltedException;

/** Turns what went wrong into one clear line and an exit code. */
final class Failures {
  private Failures() {}

  static int report(Throwable failure, PrintWriter err, boolean verbose) {
    if (verbose) {
      StackTrace.print(failure, err);
    }
    if (failure instanceof ConfigurationException configuration) {
      configuration.getMessage().lines().forEach(line -> err.println("lakehouse: " + line));
      return ExitCode.WRONG_USAGE;
    }
    err.println("lakehouse: " + FailureMessage.of(failure));
    if (HaltedException.isBehind(failure)) {
      return ExitCode.HALTED;
    }
    return failure instanceof IllegalArgumentException || failure instanceof NoSuchTableException
        ? ExitCode.WRONG_USAGE
        : ExitCode.FAILED;
  }

  /** Tells what ended a part of a run: something was run, whatever it is. */
  static void tell(Throwable failure, PrintWriter err, boolean verbose) {
    report(failure, err, verbose);
  }
}
