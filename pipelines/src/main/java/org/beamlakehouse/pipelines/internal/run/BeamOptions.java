package org.beamlakehouse.pipelines.internal.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.beamlakehouse.pipelines.engine.Engine;

/**
 * The Beam options of a run: the user's, and the engine's for what the user left open.
 *
 * @param options what pipelines are created with
 * @param engine of the chosen runner, if it has one
 */
record BeamOptions(PipelineOptions options, Optional<Engine> engine) {

  /**
   * Reads the user's options. The only engine on the class path is chosen where they name no
   * runner.
   *
   * @throws IllegalArgumentException where Beam does not know an option or a runner
   */
  static BeamOptions parse(List<String> arguments) {
    List<Engine> engines = Engine.all();
    List<String> all = new ArrayList<>(arguments);
    if (engines.size() == 1) {
      addDefault(all, "--runner=" + engines.get(0).runner());
    }
    try {
      String runner = create(all).getRunner().getSimpleName();
      Optional<Engine> engine = engines.stream().filter(e -> e.runner().equals(runner)).findAny();
      engine.ifPresent(e -> e.defaultOptions().forEach(option -> addDefault(all, option)));
      return new BeamOptions(create(all), engine);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message alone would be told otherwise: it names no option. Values
      // may be secrets.
      String names =
          arguments.stream().map(a -> a.replaceFirst("=.*", "")).collect(Collectors.joining(", "));
      throw new IllegalArgumentException(
          "Cannot use the Beam options " + names + ": " + e.getMessage());
    }
  }

  /** Starts a pipeline that was created with these options. */
  PipelineResult start(Pipeline pipeline) {
    return engine.isPresent() ? engine.get().start(pipeline) : pipeline.run();
  }

  /** Whether pipelines live and die with this process. */
  boolean livesHere() {
    // Of runners that nobody has adapted only Beam's own is known to.
    return engine
        .map(e -> e.livesHere(options))
        .orElse(options.getRunner().getSimpleName().equals("DirectRunner"));
  }

  /**
   * Ends a pipeline that was started so.
   *
   * @return false where it goes on without this process
   */
  boolean end(PipelineResult pipeline) {
    try {
      if (engine.isPresent()) {
        return engine.get().end(pipeline);
      }
      pipeline.cancel();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot end the pipeline: " + e.getMessage(), e);
    }
  }

  private static PipelineOptions create(List<String> arguments) {
    return PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0])).create();
  }

  private static void addDefault(List<String> arguments, String option) {
    String name = option.substring(0, option.indexOf('=') + 1);
    if (arguments.stream().noneMatch(a -> a.startsWith(name))) {
      arguments.add(option);
    }
  }
}
