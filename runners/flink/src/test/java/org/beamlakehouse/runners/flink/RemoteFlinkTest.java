package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteFlinkTest {
  @ParameterizedTest
  @CsvSource({
    "flink:9081, flink, 9081",
    "flink, flink, 8081",
    "http://flink:9081, flink, 9081",
    "127.0.0.1:80, 127.0.0.1, 80"
  })
  void findsTheCluster(String master, String host, int port) {
    Configuration configuration = RemoteFlink.configuration(options(master));
    assertThat(configuration.get(RestOptions.ADDRESS), is(host));
    assertThat(configuration.get(RestOptions.PORT), is(port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flink:port", "a b", ":8081"})
  void tellsWhatAnAddressIs(String master) {
    Throwable failure =
        assertThrows(
            IllegalArgumentException.class, () -> RemoteFlink.configuration(options(master)));
    assertThat(
        failure.getMessage(),
        is("Cannot use --flinkMaster=" + master + ": give the cluster's host:port"));
  }

  @Test
  void takesFlinksOwnFileAndTheJobsFiles(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("flink-conf.yaml"), "rest.port: 7081\n");
    Configuration configuration =
        RemoteFlink.configuration(
            options(
                "flink", "--flinkConfDir=" + folder, "--filesToStage=" + folder.resolve("a.jar")));
    assertThat(configuration.get(RestOptions.PORT), is(7081));
    assertThat(
        configuration.get(PipelineOptions.JARS),
        contains(folder.resolve("a.jar").toUri().toString()));
  }

  @Test
  void restoresFromASavepoint() {
    assertThat(
        SavepointRestoreSettings.fromConfiguration(RemoteFlink.configuration(options("flink"))),
        is(SavepointRestoreSettings.none()));
    assertThat(
        SavepointRestoreSettings.fromConfiguration(
            RemoteFlink.configuration(
                options("flink", "--savepointPath=file:/chk-7", "--allowNonRestoredState=true"))),
        is(SavepointRestoreSettings.forPath("file:/chk-7", true)));
  }

  private static FlinkPipelineOptions options(String master, String... others) {
    FlinkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(others).as(FlinkPipelineOptions.class);
    options.setFlinkMaster(master);
    if (options.getFilesToStage() == null) {
      options.setFilesToStage(List.of());
    }
    return options;
  }
}
