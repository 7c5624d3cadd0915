package org.beamlakehouse.benchmarks.job;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all systems of a comparison have in common.
 *
 * @param classPath of our processes, without the classes of this module
 * @param input folder of the batches' files
 * @param heap as {@code -Xmx} takes it
 * @param tableProperties Iceberg properties of the table, beyond those of a new one
 * @param ownJvmOptions of our processes only: those of the command, and for profiles
 */
public record JobSetup(
    String classPath,
    Path input,
    Sizes sizes,
    String heap,
    Map<String, String> tableProperties,
    Runner runner,
    List<String> ownJvmOptions) {

  /** Options that every measured process gets. */
  List<String> commonJvmOptions() {
    return List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+UseParallelGC", "-XX:-UsePerfData");
  }

  /** Options of our own processes. */
  public List<String> jvmOptions() {
    List<String> options = new ArrayList<>(commonJvmOptions());
    options.addAll(runner.jvmOptions());
    options.addAll(ownJvmOptions);
    return options;
  }
}
