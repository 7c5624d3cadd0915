package org.beamlakehouse.io.internal.kafka;

/**
 * Kafka did not answer, or not yet as it should: the same may succeed a while later, with nothing
 * changed.
 */
public final class SourceUnavailableException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  SourceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
