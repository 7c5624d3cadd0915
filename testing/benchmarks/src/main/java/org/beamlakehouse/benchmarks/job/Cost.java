package org.beamlakehouse.benchmarks.job;

import java.time.Duration;

/**
 * What one run took.
 *
 * @param wall time that passed
 * @param cpu time that all threads of the process used
 */
record Cost(Duration wall, Duration cpu) {

  static Cost ofNanos(long wall, long cpu) {
    return new Cost(Duration.ofNanos(wall), Duration.ofNanos(cpu));
  }

  Cost plus(Cost other) {
    return new Cost(wall.plus(other.wall), cpu.plus(other.cpu));
  }
}
