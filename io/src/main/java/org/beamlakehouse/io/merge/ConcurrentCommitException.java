package org.beamlakehouse.io.merge;

import org.apache.iceberg.exceptions.ValidationException;

/**
 * A table was changed by someone else while a merge into it was prepared. Nothing of the merge is
 * in the table, the other commit is untouched, and running again is safe.
 */
public final class ConcurrentCommitException extends ValidationException {
  private static final long serialVersionUID = 1L;

  /** An error with its message. */
  public ConcurrentCommitException(String message) {
    super("%s", message);
  }

  /** An error with the cause that told of it. */
  public ConcurrentCommitException(Throwable cause, String message) {
    super(cause, "%s", message);
  }
}
