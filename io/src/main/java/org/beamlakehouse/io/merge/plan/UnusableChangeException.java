package org.beamlakehouse.io.merge.plan;

/**
 * A change has values that its table cannot take. It is told without them: messages of what went
 * wrong may hold values, so there is no cause either, only where it was.
 */
public final class UnusableChangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnusableChangeException(String table, RuntimeException reason) {
    super(
        String.format(
            "Cannot take the change of %s: a value of it does not fit (%s)",
            table, reason.getClass().getSimpleName()));
    setStackTrace(reason.getStackTrace());
  }
}
