package org.beamlakehouse.io.internal.kafka;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.beamlakehouse.io.kafka.KafkaSource;

/**
 * Opens Kafka's clients. They refuse to begin where no host of {@code bootstrapServers} can be
 * resolved; a name service that is away for a while is waited for here, as a broker is.
 */
final class KafkaClients {
  private static final long PAUSE_MILLIS = 500;

  private KafkaClients() {}

  /** How long a cluster that is away is waited for: {@code default.api.timeout.ms}. */
  static Duration patience(KafkaSource source) {
    try {
      return Duration.ofMillis(ConsumerSettings.patienceMillis(source));
    } catch (KafkaException e) {
      throw KafkaFailures.of(source, "", e);
    }
  }

  /**
   * Opens a client.
   *
   * @param patience how long to wait for a name that cannot be resolved
   * @throws SourceUnavailableException where it cannot be resolved by then
   */
  static <T> T open(KafkaSource source, Duration patience, Supplier<T> client) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return client.get();
      } catch (KafkaException e) {
        RuntimeException failure = KafkaFailures.of(source, "", e);
        if (!(failure instanceof SourceUnavailableException) || System.nanoTime() >= end) {
          throw failure;
        }
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(
            "Cannot read the source " + source.name() + ": the run was interrupted", e);
      }
    }
  }
}
