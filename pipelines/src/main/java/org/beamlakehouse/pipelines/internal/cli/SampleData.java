package org.beamlakehouse.pipelines.internal.cli;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes the source files of the sample project. It is in none of our jars for users: the module
 * {@code examples/shop} brings it along, as a service of its jar.
 */
public interface SampleData {
  /**
   * Writes the files below a project's folder, or leaves them as they are where they have been
   * written with this scale before.
   *
   * @throws IllegalArgumentException where the scale is out of range
   * @throws IllegalStateException where the folder has other data
   */
  void write(Path project, double scale) throws IOException;

  /** The day that the sample's gold tables are shown for, as {@code run_date} has it. */
  String runDate();
}
