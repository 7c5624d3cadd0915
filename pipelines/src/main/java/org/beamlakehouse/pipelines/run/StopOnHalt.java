package org.beamlakehouse.pipelines.run;

import org.apache.beam.sdk.transforms.DoFn;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;

/** Ends a pipeline that never ends where a rule or a contract halts a table. */
final class StopOnHalt extends DoFn<CommittedSnapshot, Void> {

  @ProcessElement
  public void check(@Element CommittedSnapshot table) {
    if (table.getStatus().equals(CommittedSnapshot.HALTED)) {
      throw new HaltedException(table.getMessage());
    }
  }
}
