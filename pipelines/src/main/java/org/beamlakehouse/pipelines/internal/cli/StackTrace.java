package org.beamlakehouse.pipelines.internal.cli;

import java.io.PrintWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.beamlakehouse.io.internal.secrets.Redaction;

/** Prints an exception as Java does, without what could be a value of a record. */
final class StackTrace {
  private final PrintWriter err;
  private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private StackTrace(PrintWriter err) {
    this.err = err;
  }

  static void print(Throwable failure, PrintWriter err) {
    new StackTrace(err).print("", "", failure);
  }

  private void print(String indent, String caption, Throwable failure) {
    String message = Redaction.message(failure);
    err.println(
        indent + caption + failure.getClass().getName() + (message == null ? "" : ": " + message));
    if (!seen.add(failure)) {
      return;
    }
    for (StackTraceElement element : failure.getStackTrace()) {
      err.println(indent + "\tat " + element);
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      print(indent + "\t", "Suppressed: ", suppressed);
    }
    if (failure.getCause() != null) {
      print(indent, "Caused by: ", failure.getCause());
    }
  }
}
