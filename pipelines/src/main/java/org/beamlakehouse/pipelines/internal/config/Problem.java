package org.beamlakehouse.pipelines.internal.config;

import java.util.Objects;

/**
 * Something wrong in a configuration file, and where.
 *
 * @param file the file, relative to the project's folder
 * @param line the line, from 1; 0 where the problem is of the file as a whole
 * @param severity errors keep the project from being used, warnings do not
 * @param message what is wrong and how to mend it; never a value of the environment
 */
public record Problem(String file, int line, Severity severity, String message) {

  /** How bad a problem is. */
  public enum Severity {
    ERROR,
    WARNING
  }

  public Problem {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(message, "message");
  }

  /** {@code file:line: message}, with {@code warning: } before the message of a warning. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (severity == Severity.WARNING ? "warning: " : "")
        + message;
  }
}
