package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.beamlakehouse.pipelines.engine.Engine;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines on the embedded cluster, one after the other. */
class FlinkEngineIT {
  private static final Duration LONG = Duration.standardMinutes(2);

  private final Engine engine = new FlinkEngine();

  private static final class Check extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;
    private static final Counter SEEN = Metrics.counter("test", "seen");

    @ProcessElement
    public void check(@Element Long element, OutputReceiver<Long> output) {
      if (element < 0) {
        throw new IllegalStateException("Cannot take an element: it is negative");
      }
      SEEN.inc();
      output.output(element);
    }
  }

  private static final class Sleep extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void sleep(@Element Long millis) throws InterruptedException {
      Thread.sleep(millis);
    }
  }

  @Test
  void givesCountersAndKeepsTheClusterForTheNextPipeline() {
    PipelineResult result = engine.start(checking(2, 1L, 2L, 3L));
    assertThat(result.waitUntilFinish(LONG), is(PipelineResult.State.DONE));
    assertThat(result.getState(), is(PipelineResult.State.DONE));
    List<Long> seen = new ArrayList<>();
    for (MetricResult<Long> counter :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace("test")).build())
            .getCounters()) {
      seen.add(counter.getAttempted());
    }
    assertThat(seen, is(List.of(3L)));

    EmbeddedFlink cluster = EmbeddedFlink.with(options(2));
    engine.start(checking(2, 4L)).waitUntilFinish(LONG);
    assertThat(EmbeddedFlink.with(options(2)), is(sameInstance(cluster)));
    engine.start(checking(3, 5L)).waitUntilFinish(LONG);
    assertThat(EmbeddedFlink.with(options(3)), is(not(sameInstance(cluster))));
  }

  @Test
  void tellsWhyAPipelineFailed() {
    PipelineResult result = engine.start(checking(2, 1L, -1L));
    Throwable failure =
        assertThrows(Pipeline.PipelineExecutionException.class, () -> result.waitUntilFinish(LONG));
    assertThat(
        ExceptionUtils.findThrowable(failure, IllegalStateException.class)
            .map(Throwable::getMessage)
            .orElseThrow(),
        is("Cannot take an element: it is negative"));
    assertThat(result.getState(), is(PipelineResult.State.FAILED));
  }

  private static final class FailFinallyAtTheThirdTime extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;
    private static final AtomicInteger TRIED = new AtomicInteger();

    @ProcessElement
    public void fail() {
      IllegalStateException failure = new IllegalStateException("Cannot go on: it is halted");
      throw TRIED.incrementAndGet() < 3 ? failure : new FlinkEngine().finalFailure(failure);
    }
  }

  @Test
  void aFinalFailureEndsAJobThatOthersBeginAnew(@TempDir Path conf) throws IOException {
    Files.writeString(
        conf.resolve("flink-conf.yaml"),
        "restart-strategy.type: fixed-delay\n"
            + "restart-strategy.fixed-delay.attempts: 1000000\n"
            + "restart-strategy.fixed-delay.delay: 10 ms\n");
    FlinkPipelineOptions options = options(1);
    options.setFlinkConfDir(conf.toString());
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(1L)).apply(ParDo.of(new FailFinallyAtTheThirdTime()));
    PipelineResult result = engine.start(pipeline);
    Throwable failure =
        assertThrows(Pipeline.PipelineExecutionException.class, () -> result.waitUntilFinish(LONG));
    assertThat(
        ExceptionUtils.findThrowable(failure, IllegalStateException.class)
            .map(Throwable::getMessage)
            .orElseThrow(),
        is("Cannot go on: it is halted"));
    assertThat(FailFinallyAtTheThirdTime.TRIED.get(), is(3));
  }

  @Test
  void runsUntilItIsCancelled() throws Exception {
    Pipeline pipeline = Pipeline.create(options(2));
    pipeline.apply(Create.of(600_000L)).apply(ParDo.of(new Sleep()));
    PipelineResult result = engine.start(pipeline);
    assertThat(result.waitUntilFinish(Duration.millis(200)), is(nullValue()));
    assertThat(result.getState(), is(PipelineResult.State.RUNNING));
    assertThat(result.cancel(), is(PipelineResult.State.CANCELLED));
    assertThat(result.getState(), is(PipelineResult.State.CANCELLED));
  }

  @Test
  void leavesNoEnvironmentBehind() {
    engine.start(checking(2, 1L)).waitUntilFinish(LONG);
    assertThat(ExecutionEnvironment.areExplicitEnvironmentsAllowed(), is(true));
  }

  private static Pipeline checking(int parallelism, Long... elements) {
    Pipeline pipeline = Pipeline.create(options(parallelism));
    pipeline
        .apply(Create.of(List.of(elements)))
        .apply(ParDo.of(new Check()))
        .apply(WithKeys.<Long, Long>of(e -> e % 2).withKeyType(TypeDescriptors.longs()))
        .apply(GroupByKey.create())
        .apply(Values.create());
    return pipeline;
  }

  private static FlinkPipelineOptions options(int parallelism) {
    return PipelineOptionsFactory.fromArgs("--runner=FlinkRunner", "--parallelism=" + parallelism)
        .as(FlinkPipelineOptions.class);
  }
}
