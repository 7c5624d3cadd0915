package org.beamlakehouse.runners.flink;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.flink.metrics.FlinkMetricContainer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.util.ExceptionUtils;
import org.joda.time.Duration;

/**
 * A job of one pipeline. Unlike the runner's own results it can be followed while it runs and tells
 * why it failed. Flink has the counters of a transform when a worker has ended it.
 */
final class JobResult implements PipelineResult {
  private final JobClient job;
  private final CompletableFuture<JobExecutionResult> end;

  JobResult(JobClient job) {
    this.job = job;
    this.end = job.getJobExecutionResult();
  }

  /** True where the job lives on without this process. */
  boolean isElsewhere() {
    return !(job instanceof MiniClusterJobClient);
  }

  @Override
  public State getState() {
    if (!end.isDone()) {
      return State.RUNNING;
    }
    return end.handle((result, failure) -> failure == null ? State.DONE : stateOf(failure)).join();
  }

  private static State stateOf(Throwable failure) {
    return isCancellation(failure) ? State.CANCELLED : State.FAILED;
  }

  private static boolean isCancellation(Throwable failure) {
    return ExceptionUtils.findThrowable(failure, JobCancellationException.class).isPresent();
  }

  @Override
  public State cancel() {
    job.cancel().join();
    return waitUntilFinish();
  }

  @Override
  public State waitUntilFinish() {
    return waitUntilFinish(Duration.millis(Long.MAX_VALUE));
  }

  /**
   * Waits for the end.
   *
   * @return null where the time is over before
   * @throws Pipeline.PipelineExecutionException where the job failed
   */
  @Override
  public State waitUntilFinish(Duration duration) {
    try {
      end.get(duration.getMillis(), TimeUnit.MILLISECONDS);
      return State.DONE;
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Cannot wait for the Flink job: interrupted");
    } catch (ExecutionException e) {
      if (isCancellation(e)) {
        return State.CANCELLED;
      }
      throw new Pipeline.PipelineExecutionException(ExceptionUtils.stripExecutionException(e));
    }
  }

  @Override
  public MetricResults metrics() {
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(
        job.getAccumulators()
            .handle(
                (values, failure) ->
                    failure == null
                        ? (MetricsContainerStepMap)
                            values.get(FlinkMetricContainer.ACCUMULATOR_NAME)
                        : null)
            .thenApply(values -> values == null ? new MetricsContainerStepMap() : values)
            .join());
  }
}
