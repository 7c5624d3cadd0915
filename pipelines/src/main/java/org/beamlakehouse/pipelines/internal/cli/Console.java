package org.beamlakehouse.pipelines.internal.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command sees of its surroundings.
 *
 * @param out results
 * @param err progress and errors
 * @param environment environment variables
 */
record Console(PrintStream out, PrintWriter err, Map<String, String> environment) {
  /** Tells how far work is, apart from the results. */
  void progress(String message) {
    err.println("lakehouse: " + message);
    err.flush();
  }
}
