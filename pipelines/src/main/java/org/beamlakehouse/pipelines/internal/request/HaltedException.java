package org.beamlakehouse.pipelines.internal.request;

/** A table is halted by a rule, its contract or an order; it is as it was before. */
public final class HaltedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public HaltedException(String message) {
    super(message);
  }

  /** Whether it is what made something fail. */
  public static boolean isBehind(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HaltedException) {
        return true;
      }
    }
    return false;
  }
}
