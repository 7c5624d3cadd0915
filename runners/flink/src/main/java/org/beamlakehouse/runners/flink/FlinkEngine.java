package org.beamlakehouse.runners.flink;

import java.io.IOException;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.beamlakehouse.pipelines.engine.Engine;

/**
 * The Flink runner. With {@code --flinkMaster=host:port}, and where {@code flink run} started this
 * process, jobs go to that cluster; everything else runs in an embedded one, with as many slots as
 * {@code --parallelism} says, or the machine has cores.
 */
public final class FlinkEngine implements Engine {
  @Override
  public String runner() {
    return "FlinkRunner";
  }

  @Override
  public List<String> defaultOptions() {
    return List.of(
        // Transforms never change their inputs, as Beam demands, so that elements need not be
        // copied
        // between operators.
        "--objectReuse=true",
        "--fasterCopy=true",
        // Else each checkpoint ends bundles without telling the watermark that they held back: of a
        // stream with few elements it then stands still, and with it all groupings.
        "--finishBundleBeforeCheckpointing=true",
        // A step of a stream tells the next one how far it is when its bundle ends: waiting Beam's
        // default of a second in each step adds up to far more than a commit takes.
        "--maxBundleTimeMills=100",
        "--autoWatermarkInterval=50");
  }

  @Override
  public PipelineResult start(Pipeline pipeline) {
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    if (isCluster(options.getFlinkMaster())) {
      return RemoteFlink.start(pipeline);
    }
    if (!isEmbedded(options.getFlinkMaster())) {
      return pipeline.run();
    }
    if (options.getParallelism() < 1) {
      options.setParallelism(Runtime.getRuntime().availableProcessors());
    }
    return EmbeddedFlink.with(options).start(pipeline);
  }

  @Override
  public boolean livesHere(PipelineOptions options) {
    return isEmbedded(options.as(FlinkPipelineOptions.class).getFlinkMaster());
  }

  /** A job on a cluster elsewhere goes on: that is what the cluster is for. */
  @Override
  public boolean end(PipelineResult pipeline) throws IOException {
    if (pipeline instanceof JobResult job && job.isElsewhere()) {
      return false;
    }
    pipeline.cancel();
    return true;
  }

  /** Whatever restart strategy there is, a job that fails with this ends. */
  @Override
  public RuntimeException finalFailure(RuntimeException failure) {
    return new SuppressRestartsException(failure);
  }

  private static boolean isCluster(String master) {
    return !master.startsWith("[");
  }

  private static boolean isEmbedded(String master) {
    return master.equals("[local]")
        // Where Flink's own client started this process, it has said already where jobs go.
        || (master.equals("[auto]") && ExecutionEnvironment.areExplicitEnvironmentsAllowed());
  }
}
