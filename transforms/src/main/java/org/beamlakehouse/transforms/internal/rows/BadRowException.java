package org.beamlakehouse.transforms.internal.rows;

import java.io.Serial;

/** A row that is no change. The message names fields, never values. */
final class BadRowException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  BadRowException(String message) {
    super(message, null, false, false);
  }
}
