package org.beamlakehouse.runners.direct;

import java.util.List;
import org.beamlakehouse.pipelines.engine.Engine;

/** The Direct runner for real runs on one machine. */
public final class DirectEngine implements Engine {
  @Override
  public String runner() {
    return "DirectRunner";
  }

  @Override
  public List<String> defaultOptions() {
    return List.of(
        // These checks are for unit tests of transforms: they encode and compare every element,
        // and cost about half of the time.
        "--enforceImmutability=false",
        "--enforceEncodability=false",
        // The run is watched from outside, to report its progress.
        "--blockOnRun=false");
  }
}
