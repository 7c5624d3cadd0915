package org.beamlakehouse.runners.flink;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;

/** Submits the job of one pipeline to a running cluster and leaves the cluster running. */
final class EmbeddedExecutor
    implements PipelineExecutorServiceLoader, PipelineExecutorFactory, PipelineExecutor {
  static final String NAME = "lakehouse-embedded";

  private final MiniCluster cluster;
  private JobClient submitted;

  EmbeddedExecutor(MiniCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * The job that was submitted.
   *
   * @throws IllegalStateException where none was
   */
  JobClient submitted() {
    if (submitted == null) {
      throw new IllegalStateException("Cannot follow the Flink job: none was submitted");
    }
    return submitted;
  }

  @Override
  public CompletableFuture<JobClient> execute(
      Pipeline pipeline, Configuration configuration, ClassLoader classLoader) throws Exception {
    JobGraph graph = PipelineExecutorUtils.getJobGraph(pipeline, configuration, classLoader);
    return cluster
        .submitJob(graph)
        .thenApply(
            result -> {
              submitted =
                  new MiniClusterJobClient(
                      result.getJobID(), cluster, classLoader, JobFinalizationBehavior.NOTHING);
              return submitted;
            });
  }

  @Override
  public PipelineExecutorFactory getExecutorFactory(Configuration configuration) {
    return this;
  }

  @Override
  public Stream<String> getExecutorNames() {
    return Stream.of(NAME);
  }

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public boolean isCompatibleWith(Configuration configuration) {
    return true;
  }

  @Override
  public PipelineExecutor getExecutor(Configuration configuration) {
    return this;
  }
}
