package org.beamlakehouse.io.merge;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;

/** The metrics of the merge; the package's documentation says what to do about each. */
final class MergeMetrics {
  static final Counter CHANGES = Metrics.counter(IcebergMerge.class, "changes");
  static final Counter DATA_FILES_READ = Metrics.counter(IcebergMerge.class, "data_files_read");
  static final Counter ROWS_FETCHED = Metrics.counter(IcebergMerge.class, "rows_fetched");
  static final Counter PASSES = Metrics.counter(IcebergMerge.class, "passes");
  static final Distribution SHARD_MILLIS = Metrics.distribution(IcebergMerge.class, "shard_millis");
  static final Distribution COMMIT_MILLIS =
      Metrics.distribution(IcebergMerge.class, "commit_millis");

  private MergeMetrics() {}

  /** Age of a table's newest change when it was committed, by the clock of its source. */
  static Gauge freshnessMillis(String table) {
    return Metrics.gauge(IcebergMerge.class, "freshness_millis." + table);
  }
}
