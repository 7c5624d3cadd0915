package org.beamlakehouse.pipelines.internal.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.beamlakehouse.pipelines.internal.config.Problem.Severity;

/** Collects the problems of several files, so that all are told at once. Not thread-safe. */
public final class Problems {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(Problem::file).thenComparingInt(Problem::line);

  private final List<Problem> problems = new ArrayList<>();

  /** Adds an error; {@code line} 0 stands for the file as a whole. */
  public void error(String file, int line, String message) {
    add(file, line, Severity.ERROR, message);
  }

  /** Adds a warning; {@code line} 0 stands for the file as a whole. */
  public void warning(String file, int line, String message) {
    add(file, line, Severity.WARNING, message);
  }

  void add(String file, int line, Severity severity, String message) {
    Problem problem = new Problem(file, line, severity, message);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /** All errors, by file and line. */
  public List<Problem> errors() {
    return sorted(Severity.ERROR);
  }

  /** All warnings, by file and line. */
  public List<Problem> warnings() {
    return sorted(Severity.WARNING);
  }

  /** Everything found, by file and line. */
  public List<Problem> all() {
    return problems.stream().sorted(BY_PLACE).toList();
  }

  /** True where one of the lines {@code from} to {@code to} of the file has an error. */
  public boolean hasErrorBetween(String file, int from, int to) {
    return problems.stream()
        .anyMatch(
            p ->
                p.severity() == Severity.ERROR
                    && p.file().equals(file)
                    && p.line() >= from
                    && p.line() <= to);
  }

  /** How many errors there are so far; tells whether reading a part of a file found any. */
  public int errorCount() {
    return (int) problems.stream().filter(p -> p.severity() == Severity.ERROR).count();
  }

  /**
   * Does nothing where there are no errors.
   *
   * @throws ConfigurationException with all errors
   */
  public void throwIfAny() {
    List<Problem> errors = errors();
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
  }

  private List<Problem> sorted(Severity severity) {
    return problems.stream().filter(p -> p.severity() == severity).sorted(BY_PLACE).toList();
  }
}
