package org.beamlakehouse.runners.flink;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.beamlakehouse.testing.servers.FlinkCluster;

/** The launchable jar, as users start it without the repository. */
public final class LaunchedJar {
  /** The jar, which the build has made. */
  public static final Path JAR = Path.of("target/beam-lakehouse-flink-bundled.jar");

  private LaunchedJar() {}

  /** A process of {@code lakehouse run} on a cluster. */
  public static ProcessBuilder run(FlinkCluster cluster, Path project, String... arguments) {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx512m",
                    "-jar",
                    JAR.toString(),
                    "run",
                    "--project",
                    project.toString(),
                    "--runner=FlinkRunner",
                    "--flinkMaster=" + cluster.address()),
                Stream.of(arguments))
            .toList();
    return new ProcessBuilder(command);
  }
}
