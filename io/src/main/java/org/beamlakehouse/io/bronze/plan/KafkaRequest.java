package org.beamlakehouse.io.bronze.plan;

import java.io.Serializable;
import java.util.Objects;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * The order to ingest the offsets of a plan.
 *
 * @param run where to, and what all rows have in common
 * @param plan made for the same source and table
 */
@DefaultCoder(SerializableCoder.class)
public record KafkaRequest(RunFacts run, OffsetPlan plan) implements Serializable {
  public KafkaRequest {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(plan, "plan");
  }
}
