package org.beamlakehouse.io.internal.iceberg.side;

import java.time.Instant;
import java.util.Objects;
import org.beamlakehouse.transforms.change.RawRecord;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A row of a quarantine or dead letter table: a record that was put aside, and why.
 *
 * @param record the record as it was received
 * @param failedRules names of the rules it failed; null where it failed none by name
 * @param error what is wrong with it, without its values
 * @param recordedAt start of the run that put it aside (UTC, microseconds)
 * @param batchId that run
 */
public record SideRow(
    RawRecord record,
    @Nullable String failedRules,
    @Nullable String error,
    Instant recordedAt,
    String pipelineVersion,
    String batchId) {
  public SideRow {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(recordedAt, "recordedAt");
    Objects.requireNonNull(pipelineVersion, "pipelineVersion");
    Objects.requireNonNull(batchId, "batchId");
  }

  public static SideRow of(
      RawRecord record,
      @Nullable String failedRules,
      @Nullable String error,
      Instant recordedAt,
      String pipelineVersion,
      String batchId) {
    return new SideRow(record, failedRules, error, recordedAt, pipelineVersion, batchId);
  }
}
