package org.beamlakehouse.pipelines.internal.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The user's files or arguments are wrong: nothing was run. The message has one line per problem.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** An exception of located problems; there is at least one. */
  public ConfigurationException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, by file and line. */
  public List<Problem> problems() {
    return problems == null ? List.of() : problems;
  }
}
