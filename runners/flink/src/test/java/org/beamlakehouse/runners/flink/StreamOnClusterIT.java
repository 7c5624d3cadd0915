package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.FlinkCluster;
import org.beamlakehouse.testing.servers.FlinkRest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream on a cluster whose worker and whose JobManager are killed, restored from a checkpoint
 * and begun from nothing, has the rows of one batch run.
 */
class StreamOnClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String TABLES = "--tables=silver.orders,gold.revenue_daily";

  @RegisterExtension
  static final FlinkCluster FLINK =
      FlinkCluster.create(1)
          .withTaskHeap(768)
          .withSetting("metrics.fetcher.update-interval", "1000");

  private final List<Process> clients = new ArrayList<>();

  @AfterEach
  void endTheClients() {
    clients.forEach(Process::destroyForcibly);
  }

  @Test
  void hasTheRowsOfABatchRunAfterKills(@TempDir Path folder) throws Exception {
    TestProject batch = ShopCopy.in(folder.resolve("batch"));
    batch.command("run", ShopCopy.VARS, TABLES, "--runner=DirectRunner").done();
    TestProject stream = ShopCopy.in(folder.resolve("stream"));
    String settings = Files.readString(stream.folder().resolve("lakehouse.yaml"));
    stream.file("lakehouse.yaml", "commitInterval: 1s\n" + settings);
    List<Path> later = new ArrayList<>(takeAway(stream, folder.resolve("later")));
    FlinkRest rest = FLINK.rest();

    start(folder, stream);
    awaitCommits(stream, 1);
    String first = rest.jobs().get(0).id();
    rest.awaitCheckpoints(first, 1, PATIENCE);
    for (String metric :
        List.of(
            "records_ingested",
            "records_conformed",
            "IcebergMerge.changes",
            "freshness_millis.silver.orders",
            "gold_rows")) {
      rest.awaitMetric(first, metric, 1, PATIENCE);
    }
    deliver(stream, later.remove(0));
    FLINK.killTaskManager(0);
    FLINK.restartTaskManager(0);
    awaitCommits(stream, 2);

    deliver(stream, later.remove(0));
    FLINK.killJobManager();
    FLINK.restartJobManager();
    start(folder, stream, "--savepointPath=" + FLINK.lastCheckpoint(first).orElseThrow());
    awaitCommits(stream, 3);

    for (FlinkRest.Job job : rest.jobs()) {
      rest.cancel(job.id());
    }
    for (Path file : later) {
      deliver(stream, file);
    }
    start(folder, stream);
    for (String table : List.of("silver.orders", "gold.revenue_daily")) {
      await(() -> TableContents.of(stream, table).equals(TableContents.of(batch, table)));
      TableContents.assertSame(
          table, TableContents.of(stream, table), TableContents.of(batch, table));
    }
    TableContents.assertSame("bronze.shop_cdc", records(stream), records(batch));
  }

  private static List<String> records(TestProject project) {
    return project.rows("bronze.shop_cdc", "source_file", "source_position").stream()
        .map(Object::toString)
        .sorted()
        .toList();
  }

  /** Moves all files of changes but the first to another folder, to come later. */
  private static List<Path> takeAway(TestProject project, Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> taken = new ArrayList<>();
    try (Stream<Path> files = Files.list(project.folder().resolve("data/cdc"))) {
      for (Path file : files.sorted().skip(1).toList()) {
        taken.add(Files.move(file, folder.resolve(file.getFileName())));
      }
    }
    return taken;
  }

  private static void deliver(TestProject project, Path file) throws IOException {
    Files.move(
        file,
        project.folder().resolve("data/cdc").resolve(file.getFileName()),
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitCommits(TestProject project, int commits) throws InterruptedException {
    await(() -> project.snapshots("silver.orders").size() >= commits);
    assertThat("commits of silver", project.snapshots("silver.orders").size() >= commits);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && !condition.getAsBoolean()) {
      Thread.sleep(500);
    }
  }

  private void start(Path folder, TestProject project, String... arguments) throws IOException {
    String[] all =
        Stream.concat(
                Stream.of(
                    "--mode=continuous",
                    ShopCopy.VARS,
                    TABLES,
                    "--parallelism=1",
                    "--checkpointingInterval=1000",
                    "--retainExternalizedCheckpointsOnCancellation=true"),
                Stream.of(arguments))
            .toArray(String[]::new);
    clients.add(
        LaunchedJar.run(FLINK, project.folder(), all)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("client-" + clients.size() + ".txt").toFile())
            .start());
  }
}
