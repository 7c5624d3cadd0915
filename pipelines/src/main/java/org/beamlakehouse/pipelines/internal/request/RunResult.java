package org.beamlakehouse.pipelines.internal.request;

import java.util.List;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;

/**
 * What a run did.
 *
 * @param runId the run; null where there was nothing to do and no run was started
 * @param tables what happened to each table, in the order of the hops
 * @param failures what ended a part of the run that no table stands for
 */
public record RunResult(
    String runId, List<CommittedSnapshot> tables, List<RuntimeException> failures) {
  public RunResult {
    tables = List.copyOf(tables);
    failures = List.copyOf(failures);
  }

  /** True where there was nothing to do. */
  public boolean idle() {
    return failures.isEmpty()
        && tables.stream().allMatch(t -> t.getStatus().equals(CommittedSnapshot.UNCHANGED));
  }

  /** True where a rule, a contract or an order halted a table. */
  public boolean isHalted() {
    return has(CommittedSnapshot.HALTED) || failures.stream().anyMatch(HaltedException::isBehind);
  }

  /** True where something failed or could not be read. */
  public boolean isFailed() {
    return has(CommittedSnapshot.FAILED)
        || has(CommittedSnapshot.INCOMPLETE)
        || failures.stream().anyMatch(failure -> !HaltedException.isBehind(failure));
  }

  private boolean has(String status) {
    return tables.stream().anyMatch(t -> t.getStatus().equals(status));
  }
}
