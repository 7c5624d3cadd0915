package org.beamlakehouse.runners.flink;

import java.nio.file.Path;
import org.apache.flink.configuration.AlgorithmOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.NettyShuffleEnvironmentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/** Settings of the embedded cluster for what Flink's configuration files leave open. */
final class EmbeddedConfiguration {
  private static final long MEGABYTE = 1L << 20;

  private EmbeddedConfiguration() {}

  /**
   * The configuration of a cluster.
   *
   * @param slots how many subtasks of an operator run at once
   * @param confDir folder of Flink's configuration files; null for that of {@code FLINK_CONF_DIR},
   *     if it is set
   * @param heapBytes the most memory of the heap, which Flink's own comes on top of
   * @param temporary folder for files that live as long as the cluster
   */
  static Configuration of(int slots, String confDir, long heapBytes, Path temporary) {
    Configuration configuration =
        confDir == null
            ? GlobalConfiguration.loadConfiguration()
            : GlobalConfiguration.loadConfiguration(confDir);
    setDefault(configuration, CoreOptions.TMP_DIRS, temporary.toString());
    setDefault(configuration, WebOptions.TMP_DIR, temporary.toString());
    // Free ports of the loopback interface: nobody else needs to reach them.
    setDefault(configuration, JobManagerOptions.BIND_HOST, "localhost");
    setDefault(configuration, RestOptions.BIND_PORT, "0");
    setDefault(configuration, RestOptions.BIND_ADDRESS, "localhost");
    // Jobs bring no classes of their own.
    setDefault(configuration, CoreOptions.CLASSLOADER_RESOLVE_ORDER, "parent-first");
    setDefault(configuration, CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
    setDefault(configuration, TaskManagerOptions.MANAGED_MEMORY_SIZE, sortMemory(slots, heapBytes));
    // A record that is larger than a sort's share of that memory goes to disk as well.
    setDefault(configuration, AlgorithmOptions.USE_LARGE_RECORDS_HANDLER, true);
    MemorySize network = networkMemory(slots);
    setDefault(configuration, TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    setDefault(configuration, TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    // What is shuffled stays on this machine, where bytes cost less than Flink's own LZ4 in Java.
    setDefault(
        configuration, NettyShuffleEnvironmentOptions.BATCH_SHUFFLE_COMPRESSION_ENABLED, false);
    return configuration;
  }

  /** Shared by the slots, and within one by all of a pipeline's sorts; what does not fit spills. */
  private static MemorySize sortMemory(int slots, long heapBytes) {
    return new MemorySize(clamp(Math.max(heapBytes / 4, 32L * slots * MEGABYTE), 64, 4096));
  }

  /**
   * Every shuffle connects each of its slots with each other by a few buffers of 32 KB, and all
   * shuffles of a pipeline may be open at once.
   */
  private static MemorySize networkMemory(int slots) {
    return new MemorySize(clamp(3L * slots * slots * MEGABYTE, 64, 1024));
  }

  private static long clamp(long bytes, long leastMegabytes, long mostMegabytes) {
    return Math.max(leastMegabytes * MEGABYTE, Math.min(mostMegabytes * MEGABYTE, bytes));
  }

  private static <T> void setDefault(Configuration configuration, ConfigOption<T> option, T value) {
    if (!configuration.contains(option)) {
      configuration.set(option, value);
    }
  }
}
