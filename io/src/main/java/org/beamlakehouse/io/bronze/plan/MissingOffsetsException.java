package org.beamlakehouse.io.bronze.plan;

/** Kafka no longer has offsets that a table has not taken in. */
final class MissingOffsetsException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  MissingOffsetsException(String message) {
    super(message);
  }
}
