package org.beamlakehouse.runners.flink.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.beamlakehouse.runners.flink.LaunchedJar;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.FlinkCluster;
import org.beamlakehouse.testing.servers.FlinkRest;

/** The stream of a project as a job of a cluster, submitted as often as it has to be. */
final class ContinuousJob implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final FlinkCluster cluster;
  private final TestProject project;
  private final List<String> options;
  private Optional<String> checkpoint = Optional.empty();
  private int submissions;
  private Process client;
  private String id = "";

  ContinuousJob(FlinkCluster cluster, TestProject project, String... options) {
    this.cluster = cluster;
    this.project = project;
    this.options = List.of(options);
  }

  /** Begins from nothing: the tables alone tell how far it was. */
  void submit() throws IOException, InterruptedException {
    submit(List.of());
  }

  /** Goes on from the last checkpoint that an earlier submission has left, if there is one. */
  void submitFromCheckpoint() throws IOException, InterruptedException {
    checkpoint = cluster.lastCheckpoint(id).or(() -> checkpoint);
    submit(checkpoint.map(path -> "--savepointPath=" + path).stream().toList());
  }

  private void submit(List<String> from) throws IOException, InterruptedException {
    endClient();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--mode=continuous",
                // The jar lies in the cluster's lib folder.
                "--filesToStage=" + nothing(),
                "--checkpointingInterval=2000",
                "--retainExternalizedCheckpointsOnCancellation=true"));
    arguments.addAll(options);
    arguments.addAll(from);
    submissions++;
    Path output = project.folder().resolve("client-" + submissions + ".txt");
    client =
        LaunchedJar.run(cluster, project.folder(), arguments.toArray(new String[0]))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    awaitRunning(output);
  }

  private String nothing() throws IOException {
    Path jar = project.folder().resolve("nothing.jar");
    if (!Files.exists(jar)) {
      new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
    }
    return jar.toString();
  }

  private void awaitRunning(Path output) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && client.isAlive()) {
      List<FlinkRest.Job> running =
          cluster.rest().jobs().stream().filter(job -> job.state().equals("RUNNING")).toList();
      if (!running.isEmpty()) {
        id = running.get(0).id();
        // The job goes on without who submitted it.
        endClient();
        return;
      }
      Thread.sleep(200);
    }
    throw new AssertionError("The job does not run:\n" + Files.readString(output));
  }

  /** Fails unless the job runs, or will again by itself. */
  void assertGoesOn() {
    String state = cluster.rest().state(id);
    if (!List.of("RUNNING", "RESTARTING", "FAILING", "INITIALIZING", "CREATED").contains(state)) {
      throw new AssertionError("The job is " + state + ": " + cluster.rest().failure(id));
    }
  }

  /** Waits until Flink tells a value of a metric, which ends with a name. */
  void awaitMetric(String name, double value) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Map<String, Double> told = cluster.rest().metrics(id, name);
      if (!told.isEmpty() && told.values().stream().allMatch(one -> one == value)) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(name + " is not " + value + " but " + told);
      }
      Thread.sleep(500);
    }
  }

  /** How the job failed last; empty where it did not. */
  String lastFailure() {
    return cluster.rest().failure(id);
  }

  private void endClient() {
    if (client != null) {
      client.destroyForcibly();
    }
  }

  /** Ends the job, if there is one. */
  @Override
  public void close() {
    endClient();
    if (cluster.rest().jobs().stream().anyMatch(job -> job.id().equals(id))) {
      cluster.rest().cancel(id);
    }
  }
}
