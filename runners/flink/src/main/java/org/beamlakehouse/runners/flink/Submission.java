package org.beamlakehouse.runners.flink;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;

/**
 * The submission of one pipeline, by whatever executor, that knows its job. Beam's runner would
 * either wait for the job's end or not tell why it failed.
 */
final class Submission
    implements PipelineExecutorServiceLoader, PipelineExecutorFactory, PipelineExecutor {
  static final String NAME = "lakehouse";

  private static final String INSTALLED_ENVIRONMENT = "[auto]";

  private final PipelineExecutor executor;
  private JobClient submitted;

  private Submission(PipelineExecutor executor) {
    this.executor = executor;
  }

  /**
   * Starts a pipeline.
   *
   * @param executor what submits its job and returns while that runs
   * @param cluster settings of the cluster; some of them are read where a job is built
   */
  static PipelineResult start(Pipeline pipeline, PipelineExecutor executor, Configuration cluster) {
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    String master = options.getFlinkMaster();
    Submission submission = new Submission(executor);
    // The runner then takes the environment which is installed here, and does not wait.
    options.setFlinkMaster(INSTALLED_ENVIRONMENT);
    options.setAttachedMode(false);
    Environments.install(submission, cluster);
    try {
      pipeline.run();
    } finally {
      Environments.remove();
      options.setFlinkMaster(master);
    }
    if (submission.submitted == null) {
      throw new IllegalStateException("Cannot follow the Flink job: none was submitted");
    }
    return new JobResult(submission.submitted);
  }

  @Override
  public CompletableFuture<JobClient> execute(
      org.apache.flink.api.dag.Pipeline pipeline,
      Configuration configuration,
      ClassLoader classLoader)
      throws Exception {
    return executor
        .execute(pipeline, configuration, classLoader)
        .thenApply(
            job -> {
              submitted = job;
              return job;
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
