package org.beamlakehouse.io.internal.merge.commit;

import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;
import org.joda.time.Duration;

/** How often a commit is tried, and how long it waits in between: as the table says. */
final class CommitRetries {
  /**
   * More than Iceberg's default of four, which is meant for commits that are retried as they are.
   */
  static final int DEFAULT_RETRIES = 10;

  private final BackOff backOff;

  /** The patience of one commit. */
  CommitRetries(Table table) {
    backOff =
        FluentBackoff.DEFAULT
            .withMaxRetries(
                PropertyUtil.propertyAsInt(
                    table.properties(), TableProperties.COMMIT_NUM_RETRIES, DEFAULT_RETRIES))
            .withInitialBackoff(
                millis(
                    table,
                    TableProperties.COMMIT_MIN_RETRY_WAIT_MS,
                    TableProperties.COMMIT_MIN_RETRY_WAIT_MS_DEFAULT))
            .withMaxBackoff(
                millis(
                    table,
                    TableProperties.COMMIT_MAX_RETRY_WAIT_MS,
                    TableProperties.COMMIT_MAX_RETRY_WAIT_MS_DEFAULT))
            .backoff();
  }

  private static Duration millis(Table table, String property, int defaultValue) {
    return Duration.millis(PropertyUtil.propertyAsInt(table.properties(), property, defaultValue));
  }

  /** Waits before the next attempt, or throws what ended the last one where it was the last. */
  void waitOrThrow(RuntimeException lost) {
    try {
      if (!BackOffUtils.next(Sleeper.DEFAULT, backOff)) {
        throw lost;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      lost.addSuppressed(e);
      throw lost;
    }
  }
}
