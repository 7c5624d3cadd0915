package org.beamlakehouse.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.FlinkCluster;
import org.beamlakehouse.testing.servers.FlinkRest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs on a cluster of separate processes: the launchable jar submits a project as a user does, and
 * a stream goes on after its workers or its JobManager were killed.
 */
class FlinkClusterIT {
  private static final int PARTS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @RegisterExtension
  static final FlinkCluster FLINK =
      FlinkCluster.create(2)
          .withTaskHeap(512)
          .withSetting("metrics.fetcher.update-interval", "1000");

  @AfterEach
  void freeTheSlots() {
    for (FlinkRest.Job job : FLINK.rest().jobs()) {
      if (job.state().equals("RUNNING")) {
        FLINK.rest().cancel(job.id());
      }
    }
  }

  @Test
  void givesTheTablesOfTheDirectRunner(@TempDir Path folder) throws Exception {
    String[] tables = {ShopCopy.VARS, "--tables=silver.orders,gold.revenue_daily"};
    TestProject onDirect = ShopCopy.in(folder.resolve("direct"));
    onDirect.command("run", tables[0], tables[1], "--runner=DirectRunner").done();

    TestProject onCluster = ShopCopy.in(folder.resolve("cluster"));
    CommandResult run =
        run(
                folder,
                LaunchedJar.run(FLINK, onCluster.folder(), tables[0], tables[1], "--parallelism=2"))
            .done();

    assertThat(run.out(), containsString("gold.revenue_daily"));
    for (String table : List.of("silver.orders", "gold.revenue_daily")) {
      TableContents.assertSame(
          table, TableContents.of(onCluster, table), TableContents.of(onDirect, table));
    }

    TestProject byFlink = ShopCopy.in(folder.resolve("byFlink"));
    String project = byFlink.folder().toString();
    run(
            folder,
            FLINK.client(
                "run",
                "--parallelism",
                "2",
                LaunchedJar.JAR.toString(),
                "run",
                "--project",
                project,
                "--runner=FlinkRunner",
                "--tables=silver.orders"))
        .done();
    TableContents.assertSame(
        "silver.orders by flink run",
        TableContents.of(byFlink, "silver.orders"),
        TableContents.of(onDirect, "silver.orders"));
  }

  @Test
  void goesOnFromCheckpointsAfterKills(@TempDir Path folder) throws Exception {
    FlinkRest rest = FLINK.rest();
    new FlinkEngine().start(counting(folder.resolve("first")));
    String first = rest.jobs().get(0).id();
    rest.awaitCheckpoints(first, 2, PATIENCE);
    rest.awaitMetric(first, "FlinkClusterIT.counted", 1, PATIENCE);

    FLINK.killTaskManager(0);
    FLINK.restartTaskManager(0);
    long completed = rest.completedCheckpoints(first);
    rest.awaitCheckpoints(first, completed + 2, PATIENCE);
    // On a busy machine a restart may come before there are slots again, and is tried once more.
    assertThat(rest.restarts(first), is(greaterThanOrEqualTo(1)));

    FLINK.killJobManager();
    FLINK.restartJobManager();
    assertThat(rest.jobs().size(), is(0));
    String checkpoint = FLINK.lastCheckpoint(first).orElseThrow();
    new FlinkEngine().start(counting(folder.resolve("second"), "--savepointPath=" + checkpoint));
    String second = rest.jobs().get(0).id();
    rest.awaitCheckpoints(second, 2, PATIENCE);
    rest.cancel(second);
    rest.awaitState(second, "CANCELED", PATIENCE);

    long[] later = numbers(folder.resolve("second"));
    assertThat("where the second job began", later[0], is(greaterThan(0L)));
    long[] all =
        LongStream.concat(LongStream.of(numbers(folder.resolve("first"))), LongStream.of(later))
            .distinct()
            .toArray();
    for (int part = 0; part < PARTS; part++) {
      int residue = part;
      long[] ofPart = LongStream.of(all).filter(n -> n % PARTS == residue).sorted().toArray();
      // Parts of the sequence are independent of each other: some were further than others.
      assertThat(
          "how far part " + part + " came without a gap",
          (long) ofPart.length * PARTS,
          is(ofPart[ofPart.length - 1] - part + PARTS));
    }
  }

  /** Writes each number that it gets to a file, and each attempt to one of its own. */
  private static final class Note extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;
    private static final Counter COUNTED = Metrics.counter("FlinkClusterIT", "counted");

    private final String folder;
    private transient Path file;

    Note(Path folder) {
      this.folder = folder.toString();
    }

    @Setup
    public void open() throws IOException {
      file = Files.createDirectories(Path.of(folder)).resolve(UUID.randomUUID().toString());
    }

    @ProcessElement
    public void note(@Element Long number) throws IOException {
      COUNTED.inc();
      Files.writeString(file, number + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private static Pipeline counting(Path folder, String... options) {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    Stream.concat(
                            Stream.of(options),
                            Stream.of(
                                "--runner=FlinkRunner",
                                "--flinkMaster=" + FLINK.address(),
                                "--parallelism=2",
                                "--maxParallelism=" + PARTS,
                                "--checkpointingInterval=500",
                                "--retainExternalizedCheckpointsOnCancellation=true",
                                "--filesToStage=" + LaunchedJar.JAR + ",target/test-classes"))
                        .toArray(String[]::new))
                .as(FlinkPipelineOptions.class));
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, org.joda.time.Duration.standardSeconds(1)))
        .apply(ParDo.of(new Note(folder)));
    return pipeline;
  }

  private static long[] numbers(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.flatMap(FlinkClusterIT::lines).mapToLong(Long::parseLong).sorted().toArray();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandResult run(Path folder, ProcessBuilder command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    int code = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new CommandResult(code, Files.readString(out), Files.readString(err));
  }
}
