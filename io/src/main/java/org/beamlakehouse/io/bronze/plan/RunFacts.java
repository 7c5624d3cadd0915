package org.beamlakehouse.io.bronze.plan;

import java.io.Serializable;
import java.util.Objects;

/**
 * What all rows have in common that a run takes from a source.
 *
 * @param source name of the source in the project
 * @param table dotted name of the bronze table; created where it is missing
 * @param batchId id of the run. The same id must not be used for two runs
 * @param pipelineVersion version of this software
 * @param ingestionMicros the one ingestion time of all records: microseconds since the epoch
 */
public record RunFacts(
    String source, String table, String batchId, String pipelineVersion, long ingestionMicros)
    implements Serializable {
  public RunFacts {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(batchId, "batchId");
    Objects.requireNonNull(pipelineVersion, "pipelineVersion");
  }
}
