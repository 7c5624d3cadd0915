package org.beamlakehouse.runners.flink;

import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Makes Flink's environments, which Beam's runner asks for, submit to an executor of ours. */
final class EmbeddedEnvironments {
  private EmbeddedEnvironments() {}

  /** For all environments that are asked for until {@link #remove}, on this thread or another. */
  static void install(EmbeddedExecutor executor) {
    Batch.install(executor);
    Streaming.install(executor);
  }

  static void remove() {
    Batch.remove();
    Streaming.remove();
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(DeploymentOptions.TARGET, EmbeddedExecutor.NAME);
    configuration.set(DeploymentOptions.ATTACHED, true);
    return configuration;
  }

  private static final class Batch extends ExecutionEnvironment {
    private Batch(PipelineExecutorServiceLoader executor) {
      super(executor, configuration(), EmbeddedExecutor.class.getClassLoader());
    }

    static void install(PipelineExecutorServiceLoader executor) {
      initializeContextEnvironment(() -> new Batch(executor));
    }

    static void remove() {
      resetContextEnvironment();
    }
  }

  private static final class Streaming extends StreamExecutionEnvironment {
    private Streaming(PipelineExecutorServiceLoader executor, Configuration configuration) {
      super(executor, configuration, EmbeddedExecutor.class.getClassLoader());
    }

    static void install(PipelineExecutorServiceLoader executor) {
      initializeContextEnvironment(
          given -> {
            Configuration configuration = new Configuration(given);
            configuration.addAll(EmbeddedEnvironments.configuration());
            return new Streaming(executor, configuration);
          });
    }

    static void remove() {
      resetContextEnvironment();
    }
  }
}
