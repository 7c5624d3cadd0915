package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.beamlakehouse.io.internal.spread.Spread;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** A few pieces of work, each with a plan of all of them before it, as the hops have it. */
class EvenSpreadIT {
  private static final class Plan extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void plan(@Element Integer count, OutputReceiver<Integer> out) {
      for (int i = 0; i < count; i++) {
        out.output(i);
      }
    }
  }

  /** Gives the worker's name for each piece of work. */
  private static final class Work extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1L;
    private transient String worker;

    @Setup
    public void setUp() {
      worker = UUID.randomUUID().toString();
    }

    @ProcessElement
    public void work(OutputReceiver<String> out) {
      out.output(worker);
    }
  }

  @Test
  void eachWorkerGetsAsManyPieces() {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=FlinkRunner", "--parallelism=3").create());
    PAssert.that(
            pipeline
                .apply(Create.of(12))
                .apply("Plan", ParDo.of(new Plan()))
                .apply(Spread.evenly())
                .apply("Work", ParDo.of(new Work()))
                .apply(Count.perElement())
                .apply(Values.create()))
        .containsInAnyOrder(List.of(4L, 4L, 4L));
    assertThat(
        new FlinkEngine().start(pipeline).waitUntilFinish(Duration.standardMinutes(2)),
        is(PipelineResult.State.DONE));
  }
}
