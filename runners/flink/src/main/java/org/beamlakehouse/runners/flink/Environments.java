package org.beamlakehouse.runners.flink;

import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Makes Flink's environments, which Beam's runner asks for, submit by an executor of ours. */
final class Environments {
  private Environments() {}

  /**
   * For all environments that are asked for until {@link #remove}, on this thread or another.
   *
   * @param cluster the cluster's settings; some of them are read where a job is built
   */
  static void install(Submission submission, Configuration cluster) {
    Configuration configuration = new Configuration(cluster);
    configuration.set(DeploymentOptions.TARGET, Submission.NAME);
    configuration.set(DeploymentOptions.ATTACHED, true);
    Batch.install(submission, configuration);
    Streaming.install(submission, configuration);
  }

  static void remove() {
    Batch.remove();
    Streaming.remove();
  }

  private static final class Batch extends ExecutionEnvironment {
    private Batch(PipelineExecutorServiceLoader executor, Configuration configuration) {
      super(executor, configuration, Submission.class.getClassLoader());
    }

    static void install(PipelineExecutorServiceLoader executor, Configuration configuration) {
      initializeContextEnvironment(() -> new Batch(executor, configuration));
    }

    static void remove() {
      resetContextEnvironment();
    }
  }

  private static final class Streaming extends StreamExecutionEnvironment {
    private Streaming(PipelineExecutorServiceLoader executor, Configuration configuration) {
      super(executor, configuration, Submission.class.getClassLoader());
    }

    static void install(PipelineExecutorServiceLoader executor, Configuration configuration) {
      initializeContextEnvironment(
          given -> {
            Configuration all = new Configuration(given);
            all.addAll(configuration);
            return new Streaming(executor, all);
          });
    }

    static void remove() {
      resetContextEnvironment();
    }
  }
}
