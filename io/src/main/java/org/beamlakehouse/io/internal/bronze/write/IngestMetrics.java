package org.beamlakehouse.io.internal.bronze.write;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * Counters of {@code IngestFiles} and {@code IngestKafka}, to watch a run by. They count attempts:
 * where a runner repeats a bundle they are higher than what the table gets.
 */
public final class IngestMetrics {
  private static final String NAMESPACE = "lakehouse";

  /** Records written to data files. Where it stands still, the storage or Kafka is slow. */
  public static final Counter RECORDS = Metrics.counter(NAMESPACE, "records_ingested");

  /** Files that could not be read: look at the run's messages for their names. */
  public static final Counter FAILED_FILES = Metrics.counter(NAMESPACE, "files_unreadable");

  private IngestMetrics() {}
}
