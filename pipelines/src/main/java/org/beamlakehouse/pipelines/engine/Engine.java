package org.beamlakehouse.pipelines.engine;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;

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

  /** Whether pipelines with these options live and die with this process. */
  default boolean livesHere(PipelineOptions options) {
    return true;
  }

  /**
   * Ends a pipeline that never ends by itself. Called while another thread waits for its end.
   *
   * @return false where it goes on without this process
   */
  default boolean end(PipelineResult pipeline) throws IOException {
    pipeline.cancel();
    return true;
  }

  /**
   * What a step throws where its failure would come again however often the runner began anew, so
   * that the runner gives up at once.
   */
  default RuntimeException finalFailure(RuntimeException failure) {
    return failure;
  }

  /** The engine of a runner, by the simple name of the runner's class. */
  static Optional<Engine> of(String runner) {
    return all().stream().filter(engine -> engine.runner().equals(runner)).findAny();
  }

  /** All engines on the class path. */
  static List<Engine> all() {
    return ServiceLoader.load(Engine.class, Engine.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
