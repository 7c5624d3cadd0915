package org.beamlakehouse.benchmarks.stream;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.beamlakehouse.benchmarks.job.OrderProject;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.pipelines.internal.project.Project;

/** A project with one topic and one silver table, and the process that streams it. */
final class LiveProject implements AutoCloseable {
  private static final String TABLE = "silver.orders";

  private final Path folder;
  private final Process process;

  /** What starts the process of a project: the command but for the project's folder. */
  record Launch(List<String> jvmOptions, String classPath, List<String> beamOptions) {}

  /**
   * Writes a project to a folder and starts its stream.
   *
   * @param topic changes of the table {@code public.orders}
   */
  LiveProject(
      Path folder, String bootstrapServers, String topic, Duration interval, Launch launch) {
    this.folder = folder;
    OrderProject.write(
        folder,
        String.format(
            """
            name: bench
            commitInterval: %dms
            sources:
              shop:
                type: kafka
                format: debezium-json
                decimalEncoding: base64
                timestampUnit: micros
                bootstrapServers: %s
                topics: [%s]
            """,
            interval.toMillis(), bootstrapServers, topic),
        8,
        Map.of());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(launch.jvmOptions());
    command.addAll(List.of("-cp", launch.classPath(), "org.beamlakehouse.pipelines.Lakehouse"));
    command.addAll(List.of("run", "--project", folder.toString(), "--mode=continuous"));
    command.addAll(launch.beamOptions());
    File log = folder.resolve("log.txt").toFile();
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start the stream: " + e.getMessage(), e);
    }
  }

  /** The silver table, with a connection that is kept. */
  Table table() {
    return Catalogs.load(Project.load(folder, Map.of()).catalog(), TABLE);
  }

  /**
   * Says so if the stream has ended.
   *
   * @throws IllegalStateException with the end of what it told
   */
  void assertRuns() {
    if (!process.isAlive()) {
      try {
        List<String> told = Files.readAllLines(folder.resolve("log.txt"));
        throw new IllegalStateException(
            "Cannot measure the stream, it has ended: "
                + String.join("\n", told.subList(Math.max(0, told.size() - 20), told.size())));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read what the stream told", e);
      }
    }
  }

  /** Ends the process; a stream may be killed. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
