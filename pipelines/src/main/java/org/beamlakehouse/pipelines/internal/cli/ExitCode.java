package org.beamlakehouse.pipelines.internal.cli;

/** The exit codes of the command line. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int HALTED = 3;

  private ExitCode() {}
}
