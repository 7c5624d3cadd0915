package org.beamlakehouse.io.internal.iceberg.report;

import org.beamlakehouse.io.iceberg.Progress;

/** Keys, beside {@link Progress#KEY}, that our commits add to the summary of their snapshot. */
public final class CommitSummary {
  /** Which run made the snapshot. */
  public static final String BATCH_ID = "beam-lakehouse.batch-id";

  /** Version of the pipeline that made the snapshot. */
  public static final String PIPELINE_VERSION = "beam-lakehouse.pipeline-version";

  private CommitSummary() {}
}
