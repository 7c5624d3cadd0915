package org.beamlakehouse.pipelines.internal.run;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.beamlakehouse.pipelines.internal.context.RunMetrics;
import org.joda.time.Duration;

/** Watches a running pipeline and tells how far it is. */
final class ProgressReport {
  private static final Duration INTERVAL = Duration.standardSeconds(5);

  private ProgressReport() {}

  /**
   * Waits for the end of a pipeline.
   *
   * @throws IllegalStateException where it did not end well
   */
  static void until(PipelineResult result, Consumer<String> progress) {
    PipelineResult.State state = until(result, progress, () -> false);
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("Cannot finish the run: the pipeline ended as " + state);
    }
  }

  /**
   * Waits for the end of a pipeline, or of the interest in it.
   *
   * @return how it ended; not a terminal state where it goes on
   */
  static PipelineResult.State until(
      PipelineResult result, Consumer<String> progress, BooleanSupplier isLeft) {
    String last = "";
    PipelineResult.State state = result.waitUntilFinish(INTERVAL);
    while ((state == null || !state.isTerminal()) && !isLeft.getAsBoolean()) {
      String now = counters(result);
      if (!now.isEmpty() && !now.equals(last)) {
        progress.accept(now);
        last = now;
      }
      state = result.waitUntilFinish(INTERVAL);
    }
    return state == null ? PipelineResult.State.UNKNOWN : state;
  }

  private static String counters(PipelineResult result) {
    Map<String, Long> counters = new TreeMap<>();
    for (MetricResult<Long> counter :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(RunMetrics.NAMESPACE))
                    .build())
            .getCounters()) {
      if (counter.getAttempted() > 0) {
        counters.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
      }
    }
    StringBuilder text = new StringBuilder();
    counters.forEach(
        (name, value) ->
            text.append(text.length() == 0 ? "" : ", ")
                .append(value)
                .append(' ')
                .append(name.replace('_', ' ')));
    return text.toString();
  }
}
