package org.beamlakehouse.transforms.internal.sql.rewrite;

import java.io.Serial;

/**
 * A reason why an expression is refused, in words for its author, found where its text is not
 * known.
 */
public final class UnplacedError extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  UnplacedError(String reason) {
    super(reason);
  }
}
