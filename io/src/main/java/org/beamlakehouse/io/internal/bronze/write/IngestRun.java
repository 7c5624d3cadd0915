package org.beamlakehouse.io.internal.bronze.write;

import java.io.Serializable;
import java.util.Map;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the steps of an ingest share.
 *
 * @param stamp what the commits say of the run
 * @param onFailure what becomes of the pipeline where one source fails
 */
public record IngestRun(CatalogConfig catalog, RunStamp stamp, OnFailure onFailure)
    implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestRun.class);

  /** What is told of a bronze table, or the failure itself where the pipeline is to fail. */
  public String told(String table, RuntimeException failure) {
    if (onFailure == OnFailure.THROW || FailureMessage.isInterruption(failure)) {
      throw failure;
    }
    LOG.debug("Cannot ingest into {}", table, failure);
    return FailureMessage.of("ingest into", table, failure);
  }

  /** The result of a table into which nothing, or not all, was taken. */
  public static CommittedSnapshot failed(String table, String message, long startedMillis) {
    return CommittedSnapshot.of(
        BronzeTables.HOP,
        table,
        null,
        CommittedSnapshot.FAILED,
        Map.of(),
        message,
        startedMillis,
        System.currentTimeMillis());
  }
}
