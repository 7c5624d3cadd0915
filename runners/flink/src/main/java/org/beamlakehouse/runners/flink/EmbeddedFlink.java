package org.beamlakehouse.runners.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.util.FileUtils;

/**
 * The one embedded Flink cluster of this process. Its start takes longer than a small job, so that
 * it is kept for all pipelines that follow, until one asks for another parallelism.
 */
final class EmbeddedFlink {
  private static EmbeddedFlink current;

  private final MiniCluster cluster;
  private final Configuration configuration;
  private final int slots;

  private EmbeddedFlink(MiniCluster cluster, Configuration configuration, int slots) {
    this.cluster = cluster;
    this.configuration = configuration;
    this.slots = slots;
  }

  /**
   * The running cluster, started where there is none with as many slots as the options'
   * parallelism.
   *
   * @throws IllegalStateException where it cannot start
   */
  static synchronized EmbeddedFlink with(FlinkPipelineOptions options) {
    int slots = options.getParallelism();
    if (current != null && current.slots != slots) {
      current.cluster.closeAsync().join();
      current = null;
    }
    if (current == null) {
      current = start(slots, options.getFlinkConfDir());
    }
    return current;
  }

  private static EmbeddedFlink start(int slots, String confDir) {
    Configuration configuration =
        EmbeddedConfiguration.of(
            slots, confDir, Runtime.getRuntime().maxMemory(), temporaryFolder());
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    try {
      cluster.start();
    } catch (Exception e) {
      cluster.closeAsync();
      throw new IllegalStateException(
          "Cannot start the embedded Flink with "
              + slots
              + " slots: give the process more memory or lower --parallelism",
          e);
    }
    return new EmbeddedFlink(cluster, configuration, slots);
  }

  /** Starts a pipeline on this cluster, which goes on running after it. */
  PipelineResult start(Pipeline pipeline) {
    return Submission.start(pipeline, this::submit, configuration);
  }

  private CompletableFuture<JobClient> submit(
      org.apache.flink.api.dag.Pipeline pipeline, Configuration all, ClassLoader classLoader)
      throws Exception {
    JobGraph graph = PipelineExecutorUtils.getJobGraph(pipeline, all, classLoader);
    return cluster
        .submitJob(graph)
        .thenApply(
            result ->
                new MiniClusterJobClient(
                    result.getJobID(), cluster, classLoader, JobFinalizationBehavior.NOTHING));
  }

  /** For what Flink spills; gone with the process, unless that is killed. */
  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("lakehouse-flink-");
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> FileUtils.deleteDirectoryQuietly(folder.toFile()), "flink-clean-up"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot create a temporary folder for Flink: set java.io.tmpdir to a writable folder", e);
    }
  }
}
