package org.beamlakehouse.pipelines.run;

import java.util.List;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;

/**
 * What a run did.
 *
 * @param runId the run; null where there was nothing to do and no run was started
 * @param tables what happened to each table, in the order of the hops
 */
public record RunResult(String runId, List<CommittedSnapshot> tables) {
  public RunResult {
    tables = List.copyOf(tables);
  }

  /** True where there was nothing to do. */
  public boolean idle() {
    return tables.stream().allMatch(t -> t.getStatus().equals(CommittedSnapshot.UNCHANGED));
  }

  /** Tables that were halted by a rule or the contract. */
  public List<CommittedSnapshot> halted() {
    return with(CommittedSnapshot.HALTED);
  }

  /** Tables of which something could not be read. */
  public List<CommittedSnapshot> incomplete() {
    return with(CommittedSnapshot.INCOMPLETE);
  }

  private List<CommittedSnapshot> with(String status) {
    return tables.stream().filter(t -> t.getStatus().equals(status)).toList();
  }
}
