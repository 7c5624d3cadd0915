package org.beamlakehouse.io.internal.merge.graph;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;

/** The metrics of the merge; the package's documentation says what to do about each. */
public final class MergeMetrics {
  /** Users know the merge by its transform. */
  private static final String NAMESPACE = "org.beamlakehouse.io.merge.IcebergMerge";

  public static final Counter CHANGES = Metrics.counter(NAMESPACE, "changes");
  static final Counter DATA_FILES_READ = Metrics.counter(NAMESPACE, "data_files_read");
  static final Counter ROWS_FETCHED = Metrics.counter(NAMESPACE, "rows_fetched");
  static final Counter PASSES = Metrics.counter(NAMESPACE, "passes");
  static final Distribution SHARD_MILLIS = Metrics.distribution(NAMESPACE, "shard_millis");
  static final Distribution COMMIT_MILLIS = Metrics.distribution(NAMESPACE, "commit_millis");

  private MergeMetrics() {}

  /** Age of a table's newest change when it was committed, by the clock of its source. */
  static Gauge freshnessMillis(String table) {
    return Metrics.gauge(NAMESPACE, "freshness_millis." + table);
  }
}
