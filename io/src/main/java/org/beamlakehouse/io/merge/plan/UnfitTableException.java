package org.beamlakehouse.io.merge.plan;

/** A table is not as its definition says, so that nothing can be merged into it. */
public final class UnfitTableException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public UnfitTableException(String message) {
    super(message);
  }
}
