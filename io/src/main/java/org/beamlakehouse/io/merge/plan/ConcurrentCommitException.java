package org.beamlakehouse.io.merge.plan;

import org.apache.iceberg.exceptions.ValidationException;

/**
 * A table was changed by others each time that a merge was about to commit, or in a way that the
 * merge cannot follow, for example to other partitions. Nothing of the merge is in the table, the
 * other commits are untouched, and running again is safe.
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
