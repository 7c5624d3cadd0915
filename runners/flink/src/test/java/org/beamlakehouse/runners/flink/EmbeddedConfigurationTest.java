package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedConfigurationTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1, 128, 64, 64",
    "2, 2048, 512, 64",
    "8, 2048, 512, 192",
    "16, 4096, 1024, 768",
    "64, 4096, 2048, 1024",
    "64, 65536, 4096, 1024"
  })
  void sizesMemoryByHeapAndParallelism(
      int slots, long heapMegabytes, long managedMegabytes, long networkMegabytes) {
    Configuration configuration =
        EmbeddedConfiguration.of(slots, null, heapMegabytes << 20, folder);
    assertThat(
        configuration.get(TaskManagerOptions.MANAGED_MEMORY_SIZE).getMebiBytes(),
        is((int) managedMegabytes));
    assertThat(
        configuration.get(TaskManagerOptions.NETWORK_MEMORY_MAX).getMebiBytes(),
        is((int) networkMegabytes));
    assertThat(
        configuration.get(TaskManagerOptions.NETWORK_MEMORY_MIN),
        is(configuration.get(TaskManagerOptions.NETWORK_MEMORY_MAX)));
  }

  @Test
  void leavesWhatFlinksOwnFileSays() throws IOException {
    Files.writeString(
        folder.resolve("flink-conf.yaml"),
        "taskmanager.memory.managed.size: 77m\nio.tmp.dirs: /somewhere\n");
    Configuration configuration = EmbeddedConfiguration.of(2, folder.toString(), 1L << 31, folder);
    assertThat(configuration.get(TaskManagerOptions.MANAGED_MEMORY_SIZE).getMebiBytes(), is(77));
    assertThat(configuration.get(CoreOptions.TMP_DIRS), is("/somewhere"));
    assertThat(configuration.get(TaskManagerOptions.NETWORK_MEMORY_MAX).getMebiBytes(), is(64));
  }
}
