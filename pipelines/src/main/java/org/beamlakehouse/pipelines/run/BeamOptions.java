package org.beamlakehouse.pipelines.run;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Reads the user's Beam options and adds what suits real runs. */
final class BeamOptions {
  private BeamOptions() {}

  /**
   * The options of a run.
   *
   * @throws IllegalArgumentException where Beam does not know an option or a runner
   */
  static PipelineOptions parse(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    if (arguments.stream().noneMatch(a -> a.startsWith("--runner="))) {
      // The checks are for unit tests of transforms: they encode and compare every element, and
      // cost
      // about half of the time.
      addDefault(all, "--enforceImmutability=false");
      addDefault(all, "--enforceEncodability=false");
      // The run is watched from outside, to report its progress.
      addDefault(all, "--blockOnRun=false");
    }
    try {
      return PipelineOptionsFactory.fromArgs(all.toArray(new String[0])).create();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use the Beam options " + arguments + ": " + e.getMessage(), e);
    }
  }

  private static void addDefault(List<String> arguments, String option) {
    String name = option.substring(0, option.indexOf('=') + 1);
    if (arguments.stream().noneMatch(a -> a.startsWith(name))) {
      arguments.add(option);
    }
  }
}
