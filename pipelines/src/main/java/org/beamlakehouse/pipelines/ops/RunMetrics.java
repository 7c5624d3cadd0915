package org.beamlakehouse.pipelines.ops;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * The counters that the command line shows while a run goes on.
 *
 * <p>They count attempts: where a runner repeats a bundle they are higher than what the tables get.
 * The figures of record are those in {@code ops.runs}.
 */
public final class RunMetrics {
  /** Namespace of the counters; a counter's name is what is shown. */
  public static final String NAMESPACE = "lakehouse";

  /** Records taken from bronze. Where it stands still, look at what reads bronze's storage. */
  public static final Counter CONFORMED = Metrics.counter(NAMESPACE, "records conformed");

  /** Rows on their way to gold. Where it stands still, the query's joins are large. */
  public static final Counter GOLD_ROWS = Metrics.counter(NAMESPACE, "gold rows");

  private RunMetrics() {}
}
