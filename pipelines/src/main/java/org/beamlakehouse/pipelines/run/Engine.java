package org.beamlakehouse.pipelines.run;

import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * What a runner's module adds to Beam's runner: the options that suit real runs and how a pipeline
 * is started. Modules register theirs for {@link ServiceLoader}; a runner without one is used as
 * Beam gives it.
 */
public interface Engine {
  /** Simple name of the Beam runner's class. */
  String runner();

  /** Beam options, each {@code --name=value}, that hold where the user says nothing of them. */
  List<String> defaultOptions();

  /**
   * Starts a pipeline; may return while it runs.
   *
   * @return what the pipeline's end, counters and failure are taken from; {@code waitUntilFinish}
   *     throws what made the pipeline fail
   * @throws RuntimeException where it failed at once
   */
  default PipelineResult start(Pipeline pipeline) {
    return pipeline.run();
  }

  /** All engines on the class path. */
  static List<Engine> all() {
    return ServiceLoader.load(Engine.class, Engine.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
