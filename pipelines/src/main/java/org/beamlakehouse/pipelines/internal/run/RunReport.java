package org.beamlakehouse.pipelines.internal.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.graph.RunPipeline;
import org.beamlakehouse.pipelines.internal.ops.RunLog;
import org.beamlakehouse.pipelines.internal.ops.RunLogWriter;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.beamlakehouse.pipelines.internal.request.RunScope;

/** What comes together for the result of a run, whatever part of it goes wrong. */
final class RunReport {
  private final RunScope scope;
  private final RunContext run;
  private final RunLogWriter log;
  private final List<CommittedSnapshot> told = new ArrayList<>();
  private final List<RuntimeException> failures = new ArrayList<>();

  RunReport(RunScope scope, RunContext run) {
    this.scope = scope;
    this.run = run;
    this.log = new RunLogWriter(scope.catalog(), run, RunPipeline.ruleActions(scope));
  }

  /** Records commits of tables which a run that died could not record any more. */
  void complete(Map<String, Table> tables) {
    log.complete(tables);
  }

  /**
   * Tells that nothing could be done for a table.
   *
   * @param status {@link CommittedSnapshot#FAILED} or {@link CommittedSnapshot#HALTED}
   * @param what what could not be done to it, for example {@code publish}
   */
  void tell(String hop, String table, String status, String what, RuntimeException failure) {
    if (FailureMessage.isInterruption(failure)) {
      throw failure;
    }
    long now = System.currentTimeMillis();
    CommittedSnapshot result =
        CommittedSnapshot.of(
            hop, table, null, status, Map.of(), FailureMessage.of(what, table, failure), now, now);
    told.add(result);
    try {
      log.record(run.runId() + "/told/" + told.size(), List.of(result));
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }

  /** Tells what ended a part of the run that no table stands for. */
  void fail(RuntimeException failure) {
    failures.add(failure);
  }

  boolean hasFailures() {
    return !failures.isEmpty();
  }

  boolean isEmpty() {
    return told.isEmpty() && failures.isEmpty();
  }

  /** What the log has of the run; what was told here, where it cannot be read. */
  RunResult result() {
    List<CommittedSnapshot> tables;
    try {
      tables = RunLog.read(scope.catalog(), run.runId());
    } catch (RuntimeException e) {
      failures.add(e);
      tables = told;
    }
    return new RunResult(run.runId(), tables, failures);
  }
}
