package org.beamlakehouse.runners.flink;

import java.net.URI;
import java.nio.file.Path;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.util.construction.resources.PipelineResources;
import org.apache.flink.client.deployment.executors.RemoteExecutor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;

/** A Flink cluster that runs elsewhere and takes jobs by REST. */
final class RemoteFlink {
  private RemoteFlink() {}

  /**
   * Starts a pipeline on the cluster that {@code --flinkMaster} names. Its job brings the files of
   * {@code --filesToStage}, which by default are all of this process's class path.
   *
   * @throws IllegalArgumentException where that is no {@code host:port}
   */
  static PipelineResult start(Pipeline pipeline) {
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    PipelineResources.prepareFilesForStaging(options);
    return Submission.start(pipeline, new RemoteExecutor(), configuration(options));
  }

  /** What a client of the cluster needs to know, besides Flink's own configuration files. */
  static Configuration configuration(FlinkPipelineOptions options) {
    Configuration configuration =
        options.getFlinkConfDir() == null
            ? GlobalConfiguration.loadConfiguration()
            : GlobalConfiguration.loadConfiguration(options.getFlinkConfDir());
    URI address = address(options.getFlinkMaster());
    int port = address.getPort() < 0 ? configuration.get(RestOptions.PORT) : address.getPort();
    configuration.set(RestOptions.ADDRESS, address.getHost());
    configuration.set(RestOptions.PORT, port);
    configuration.set(JobManagerOptions.ADDRESS, address.getHost());
    configuration.set(
        PipelineOptions.JARS,
        options.getFilesToStage().stream().map(file -> Path.of(file).toUri().toString()).toList());
    if (options.getSavepointPath() != null) {
      SavepointRestoreSettings.toConfiguration(
          SavepointRestoreSettings.forPath(
              options.getSavepointPath(), options.getAllowNonRestoredState()),
          configuration);
    }
    return configuration;
  }

  private static URI address(String master) {
    try {
      URI address = URI.create(master.matches("https?://.*") ? master : "http://" + master);
      if (address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with what it should be.
    }
    throw new IllegalArgumentException(
        "Cannot use --flinkMaster=" + master + ": give the cluster's host:port");
  }
}
