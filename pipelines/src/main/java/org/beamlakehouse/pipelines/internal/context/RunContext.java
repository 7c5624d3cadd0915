package org.beamlakehouse.pipelines.internal.context;

import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import org.beamlakehouse.io.iceberg.RunStamp;

/**
 * What all hops of one run share.
 *
 * @param runId unique name of the run; becomes {@code batch_id} in bronze
 * @param startedAt when the run began (UTC, microseconds); becomes {@code ingestion_timestamp}
 * @param pipelineVersion version of this software, written with every row
 * @param mode {@code available-now} or {@code continuous}
 * @param runner short name of the Beam runner
 * @param vars values of {@code ${name}} in gold SQL
 */
public record RunContext(
    String runId,
    Instant startedAt,
    String pipelineVersion,
    String mode,
    String runner,
    Map<String, String> vars)
    implements Serializable {
  public RunContext {
    vars = Map.copyOf(vars);
  }

  /** What the commits of the run say of it. */
  public RunStamp stamp() {
    return new RunStamp(runId, mode, runner);
  }
}
