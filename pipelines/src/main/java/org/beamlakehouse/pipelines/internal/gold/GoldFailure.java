package org.beamlakehouse.pipelines.internal.gold;

import java.io.Serializable;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;

/**
 * Why a product cannot be computed or committed.
 *
 * @param message for people
 * @param isOfRows whether the query fails for its rows: it will until they are others
 */
record GoldFailure(String message, boolean isOfRows) implements Serializable {

  /**
   * What is told of a failure.
   *
   * @throws RuntimeException the failure itself, where the pipeline is to fail
   */
  static GoldFailure of(String table, RuntimeException failure, OnFailure onFailure) {
    if (onFailure == OnFailure.THROW || FailureMessage.isInterruption(failure)) {
      throw failure;
    }
    return new GoldFailure(FailureMessage.of("publish", table, failure), false);
  }
}
