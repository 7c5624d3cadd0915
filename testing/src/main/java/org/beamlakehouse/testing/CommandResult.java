package org.beamlakehouse.testing;

/**
 * What a command did.
 *
 * @param exitCode 0 done, 1 failed, 2 wrong usage, 3 halted
 * @param out standard output
 * @param err standard error
 */
public record CommandResult(int exitCode, String out, String err) {
  /**
   * This result, if the command was done.
   *
   * @throws AssertionError with the command's errors where it was not
   */
  public CommandResult done() {
    if (exitCode != 0) {
      throw new AssertionError("The command ended with " + exitCode + ":\n" + err + "\n" + out);
    }
    return this;
  }
}
