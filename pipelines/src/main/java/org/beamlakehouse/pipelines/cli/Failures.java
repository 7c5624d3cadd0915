package org.beamlakehouse.pipelines.cli;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.beamlakehouse.pipelines.config.ConfigurationException;
import org.beamlakehouse.pipelines.run.HaltedException;

/** Turns what went wrong into one clear line and an exit code. */
final class Failures {
  private Failures() {}

  static int report(Throwable failure, PrintWriter err, boolean verbose) {
    if (verbose) {
      failure.printStackTrace(err);
    }
    if (failure instanceof ConfigurationException configuration) {
      configuration.getMessage().lines().forEach(line -> err.println("lakehouse: " + line));
      return ExitCode.WRONG_USAGE;
    }
    err.println("lakehouse: " + message(failure));
    if (HaltedException.isBehind(failure)) {
      return ExitCode.HALTED;
    }
    return failure instanceof IllegalArgumentException || failure instanceof NoSuchTableException
        ? ExitCode.WRONG_USAGE
        : ExitCode.FAILED;
  }

  /** The message a person can act on: that of the innermost cause which was written for people. */
  static String message(Throwable failure) {
    Set<Throwable> seen = new LinkedHashSet<>();
    String best = null;
    Throwable last = failure;
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      last = t;
      if (t instanceof SQLException sql && isLocked(sql)) {
        return "Cannot use the catalog: its database is locked by another process; "
            + "wait until that has ended and run again";
      }
      if (t.getMessage() != null && t.getMessage().startsWith("Cannot ")) {
        best = t.getMessage();
      }
    }
    if (best == null) {
      best =
          "Cannot finish: "
              + last.getClass().getSimpleName()
              + (last.getMessage() == null ? "" : ": " + last.getMessage());
    }
    String line = best.strip();
    int end = line.indexOf('\n');
    return end < 0 ? line : line.substring(0, end);
  }

  private static boolean isLocked(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("SQLITE_BUSY") || message.contains("SQLITE_LOCKED");
  }
}
