package org.beamlakehouse.pipelines.internal.context;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * The metrics of a run, to watch it by; docs/operations.md says what to do about each.
 *
 * <p>Counters count attempts: where a runner repeats a bundle they are higher than what the tables
 * get. The figures of record are those in {@code ops.runs}.
 */
public final class RunMetrics {
  /** Namespace of the metrics; the command line shows its counters while a run goes on. */
  public static final String NAMESPACE = "lakehouse";

  /** Records taken from bronze. Where it stands still, look at what reads bronze's storage. */
  public static final Counter CONFORMED = Metrics.counter(NAMESPACE, "records_conformed");

  /** Records that could not be parsed: look into the dead letter tables. */
  public static final Counter DEAD_LETTERS = Metrics.counter(NAMESPACE, "dead_letters");

  /** Rows with two fields of one name in an object: the last one holds, mend the source. */
  public static final Counter REPEATED_FIELDS = Metrics.counter(NAMESPACE, "repeated_fields");

  /** Changes of a log's server: see whether what it wrote last before a fail-over is there. */
  public static final Counter SERVER_CHANGES = Metrics.counter(NAMESPACE, "log_server_changes");

  /** Records that break a contract: look into the quarantine tables. */
  public static final Counter QUARANTINED = Metrics.counter(NAMESPACE, "rows_quarantined");

  /** Rows on their way to gold. Where it stands still, the query's joins are large. */
  public static final Counter GOLD_ROWS = Metrics.counter(NAMESPACE, "gold_rows");

  /** Questions that a source did not answer: look whether it runs. */
  public static final Counter SOURCE_FAILURES = Metrics.counter(NAMESPACE, "source_failures");

  private RunMetrics() {}

  /**
   * Consumer lag of a stream: offsets that a source's topics hold and its bronze table does not, at
   * the last look.
   */
  public static Gauge recordsLag(String source) {
    return Metrics.gauge(NAMESPACE, "records_lag." + source);
  }
}
