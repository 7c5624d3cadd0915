package org.beamlakehouse.pipelines.internal.run;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.pipelines.internal.bronze.SourcePoller;
import org.beamlakehouse.pipelines.internal.bronze.SourceWatch;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.GoldSql;
import org.beamlakehouse.pipelines.internal.graph.ContinuousPipeline;
import org.beamlakehouse.pipelines.internal.request.HaltedException;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.beamlakehouse.pipelines.internal.request.RunScope;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Takes everything that comes through bronze, silver and gold, until somebody ends the run. */
final class StreamRun {
  /** How long nothing must have come before the pipeline is ended: to begin one takes seconds. */
  private static final long LEAST_QUIET_MILLIS = 10_000;

  /** How long what cannot be read now is left alone, as in a pipeline. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  private static final long PAUSE_MILLIS = 200;

  private final RunRequest request;
  private final BeamOptions options;
  private final RunContext run;
  private final RunScope scope;
  private final List<GoldSql> products;
  private final Consumer<String> progress;
  private final RunReport report;

  /** What sources had when the pipeline was begun last: it can do nothing about what is left. */
  private Map<String, List<String>> seen = Map.of();

  private volatile PipelineResult started;
  private volatile boolean isEnded;
  private volatile boolean isLeft;
  private volatile boolean isResting;

  StreamRun(
      RunRequest request,
      BeamOptions options,
      RunContext run,
      RunScope scope,
      List<GoldSql> products,
      Consumer<String> progress) {
    this.request = request;
    this.options = options;
    this.run = run;
    this.scope = scope;
    this.products = products;
    this.progress = progress;
    this.report = new RunReport(scope, run);
  }

  RunResult execute() {
    check();
    List<GoldQuery> queries = products.stream().map(GoldQuery::of).toList();
    createInputs();
    LakehouseRun.discard(request.discard(), scope, run, progress);
    LakehouseRun.confirmNewLogs(request.newLogs(), scope, run, progress);
    Map<String, Table> tables = new IdleCheck(scope.catalog()).tables(scope);
    report.complete(tables);
    LakehouseRun.tellFeeds(scope, tables, progress);
    progress.accept(
        String.format(
            "commits what is new every %s s, until you end it",
            scope.project().commitInterval().toMillis() / 1_000.0));
    try (EndSignals signals = EndSignals.listen(this::end)) {
      do {
        Pipeline pipeline = Pipeline.create(options.options());
        new ContinuousPipeline(scope, run, request.missingOffsets(), request.onHalt())
            .build(pipeline, queries);
        follow(pipeline);
        // What ended in the middle of its work may have committed and not recorded it.
        report.complete(new IdleCheck(scope.catalog()).tables(scope));
      } while (isResting && rest());
    } catch (RuntimeException e) {
      report.fail(e);
    }
    return report.result();
  }

  private void check() {
    if (request.fullRefresh()) {
      throw new IllegalArgumentException(
          "Cannot rebuild tables in mode continuous: run once with --full-refresh before");
    }
    if (!scope.evolving().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot run the source "
              + scope.evolving().get(0).name()
              + " in mode continuous: a table that it feeds takes up unknown fields, which changes"
              + " the graph; use available-now, or set onUnknownFields to rescue");
    }
    if (scope.sources().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot run in mode continuous without a source: choose a silver table with --tables");
    }
  }

  /** Products may read tables that this run does not make. */
  private void createInputs() {
    for (TableDefinition table : scope.project().tables()) {
      try {
        SilverTables.target(scope.catalog(), table);
      } catch (UnfitTableException | UnsupportedOperationException e) {
        // It is there; the hop that merges into it tells what is wrong with it.
      }
    }
  }

  private void follow(Pipeline pipeline) {
    isResting = false;
    started = options.start(pipeline);
    if (isEnded) {
      end();
    }
    PipelineResult.State state;
    try {
      state = ProgressReport.until(started, progress, () -> isLeft || isAtRest());
      if (isResting) {
        options.end(started);
        return;
      }
    } catch (RuntimeException e) {
      if (isEnded && !HaltedException.isBehind(e)) {
        // What was under way when it was ended may have failed for that.
        return;
      }
      throw e;
    }
    if (isLeft) {
      progress.accept("the job goes on without this process");
    } else if (state == PipelineResult.State.FAILED) {
      throw new IllegalStateException("Cannot go on with the run: the pipeline failed");
    }
  }

  /** Called by another thread. */
  private void end() {
    isEnded = true;
    PipelineResult pipeline = started;
    if (pipeline == null || isResting) {
      return;
    }
    try {
      isLeft = !options.end(pipeline);
    } catch (RuntimeException e) {
      isLeft = true;
      progress.accept(FailureMessage.of(e));
    }
  }

  /** Whether the pipeline has nothing to do, and has had nothing for a while. */
  private boolean isAtRest() {
    long interval = scope.project().commitInterval().toMillis();
    isResting =
        !isEnded
            && options.livesHere()
            && SourcePoller.quietMillis(run.runId()) > Math.max(LEAST_QUIET_MILLIS, 2 * interval)
            && new IdleCheck(scope.catalog()).isAtRest(scope, products, run.runId());
    return isResting;
  }

  /**
   * Waits until a source has something new, without a pipeline: a runner keeps a core busy with one
   * that has nothing to do, and a pipeline that begins anew finds everything in the tables.
   *
   * @return false where the run was ended meanwhile
   */
  private boolean rest() {
    long until = System.nanoTime() + LONGEST_REST.toNanos();
    try (SourceWatch sources = new SourceWatch(scope, run, request.missingOffsets())) {
      while (!isEnded) {
        Map<String, List<String>> now = sources.look(scope.project().commitInterval());
        boolean isNothing = now.values().stream().allMatch(List::isEmpty);
        boolean isKnown = now.equals(seen);
        seen = now;
        if (!isNothing && (!isKnown || System.nanoTime() > until)) {
          return true;
        }
        pause(scope.project().commitInterval());
      }
      return false;
    }
  }

  private void pause(Duration duration) {
    long until = System.nanoTime() + duration.toNanos();
    while (!isEnded && System.nanoTime() < until) {
      try {
        Thread.sleep(Math.min(PAUSE_MILLIS, duration.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        isEnded = true;
      }
    }
  }
}
