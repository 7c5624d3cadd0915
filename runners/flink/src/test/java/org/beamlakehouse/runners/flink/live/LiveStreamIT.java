package org.beamlakehouse.runners.flink.live;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.beamlakehouse.runners.flink.LaunchedJar;
import org.beamlakehouse.testing.servers.DebeziumConnector;
import org.beamlakehouse.testing.servers.FlinkCluster;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.PostgresServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application writes to PostgreSQL while its changes go through Debezium and Kafka into a lake,
 * by a stream on a Flink cluster: in the end the lake's tables are those of the database, and their
 * history is that of its log.
 */
class LiveStreamIT {
  private static final Duration WRITING =
      Duration.ofSeconds(Integer.getInteger("lakehouse.test.liveSeconds", 12));
  private static final int WORKERS = 2;
  private static final String PARALLELISM = "--parallelism=" + WORKERS;
  private static final int FEWEST_FAULTS = 5;
  private static final int FAULTS = Integer.getInteger("lakehouse.test.faults", FEWEST_FAULTS);
  private static final long SEED = Long.getLong("lakehouse.test.liveSeed", 20_261_121L);

  @Order(1)
  @RegisterExtension
  static final KafkaBroker KAFKA = KafkaBroker.create().withProperty("num.partitions", "3");

  @Order(2)
  @RegisterExtension
  static final PostgresServer SOURCE = PostgresServer.create();

  @Order(3)
  @RegisterExtension
  static final PostgresServer CATALOG = PostgresServer.create();

  @Order(4)
  @RegisterExtension
  static final DebeziumConnector DEBEZIUM =
      DebeziumConnector.between(SOURCE, KAFKA, "live").withSchemas();

  @Order(5)
  @RegisterExtension
  static final FlinkCluster FLINK =
      FlinkCluster.create(WORKERS)
          .withTaskHeap(640)
          .withLibrary(LaunchedJar.JAR)
          .withSetting("classloader.resolve-order", "parent-first")
          .withSetting("metrics.fetcher.update-interval", "1000")
          .withSetting("restart-strategy.type", "exponential-delay")
          .withSetting("restart-strategy.exponential-delay.initial-backoff", "500 ms")
          .withSetting("restart-strategy.exponential-delay.max-backoff", "2 s");

  @TempDir Path folder;

  @Test
  void givesTheTablesAndTheHistoryOfTheDatabase(TestReporter reporter) throws Exception {
    LiveScenario scenario = scenario("calm");
    try (Application application = scenario.begin();
        ContinuousJob job = new ContinuousJob(FLINK, scenario.project(), PARALLELISM)) {
      // Some of it is there before.
      Thread.sleep(WRITING.toMillis() / 4);
      job.submit();
      Thread.sleep(WRITING.toMillis() / 4);
      application.addColumns();
      Thread.sleep(WRITING.toMillis() / 2);
      reporter.publishEntry("compared", scenario.endAndCompare(job::assertGoesOn));
      // What the comparison has found, Flink tells as well.
      job.awaitMetric("records_lag.live", 0);
    }
  }

  @Test
  void givesThemWhereServersAreKilled(TestReporter reporter) throws Exception {
    LiveScenario scenario = scenario("chaos");
    Random random = new Random(SEED);
    try (Application application = scenario.begin();
        ContinuousJob job = new ContinuousJob(FLINK, scenario.project(), PARALLELISM)) {
      Faults faults = faults(job, random);
      job.submit();
      for (int i = 0; i < FAULTS; i++) {
        if (random.nextBoolean()) {
          scenario.awaitCommit(job::assertGoesOn);
        } else {
          Thread.sleep(random.nextInt(3_000));
        }
        reporter.publishEntry("fault " + (i + 1), faults.next() + " " + job.lastFailure());
        if (i == FAULTS / 2) {
          application.addColumns();
        }
      }
      scenario.awaitCommit(job::assertGoesOn);
      String compared = scenario.endAndCompare(job::assertGoesOn);
      reporter.publishEntry("compared", compared + ", faults " + faults.counts());
    }
  }

  private LiveScenario scenario(String schema) {
    return new LiveScenario(schema, SEED, folder, SOURCE, CATALOG, DEBEZIUM, KAFKA);
  }

  private static Faults faults(ContinuousJob job, Random random) {
    AtomicInteger worker = new AtomicInteger();
    Faults faults =
        new Faults(random)
            .with(
                "worker",
                () -> FLINK.killTaskManager(worker.updateAndGet(w -> random.nextInt(WORKERS))),
                () -> FLINK.restartTaskManager(worker.get()))
            .with(
                "JobManager, on from the last checkpoint",
                FLINK::killJobManager,
                () -> {
                  FLINK.restartJobManager();
                  job.submitFromCheckpoint();
                })
            .with(
                "JobManager, on from nothing",
                FLINK::killJobManager,
                () -> {
                  FLINK.restartJobManager();
                  job.submit();
                })
            .with("broker", () -> KAFKA.kill(), () -> KAFKA.restart())
            .with("catalog", () -> CATALOG.kill(), () -> CATALOG.restart());
    // A short run has one of each that the lake itself leans on.
    return FAULTS == FEWEST_FAULTS
        ? faults
        : faults
            .with("Debezium", () -> DEBEZIUM.kill(), () -> DEBEZIUM.restart())
            .with("source", () -> SOURCE.kill(), () -> SOURCE.restart());
  }
}
