package org.beamlakehouse.runners.flink.live;

import java.nio.file.Path;
import java.time.Duration;
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
      Duration.ofSeconds(Integer.getInteger("lakehouse.test.liveSeconds", 20));
  private static final long SEED =
      Long.getLong("lakehouse.test.liveSeed", System.currentTimeMillis());

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
      FlinkCluster.create(1)
          .withTaskHeap(768)
          .withLibrary(LaunchedJar.JAR)
          .withSetting("classloader.resolve-order", "parent-first")
          .withSetting("restart-strategy.type", "exponential-delay")
          .withSetting("restart-strategy.exponential-delay.initial-backoff", "500 ms")
          .withSetting("restart-strategy.exponential-delay.max-backoff", "2 s");

  @TempDir Path folder;

  @Test
  void givesTheTablesAndTheHistoryOfTheDatabase(TestReporter reporter) throws Exception {
    LiveScenario scenario =
        new LiveScenario("calm", SEED, folder, SOURCE, CATALOG, DEBEZIUM, KAFKA);
    try (Application application = scenario.begin();
        ContinuousJob job = new ContinuousJob(FLINK, scenario.project())) {
      // Some of it is there before.
      Thread.sleep(WRITING.toMillis() / 4);
      job.submit();
      Thread.sleep(WRITING.toMillis() / 4);
      application.addColumns();
      Thread.sleep(WRITING.toMillis() / 2);
      reporter.publishEntry("compared", scenario.endAndCompare(job::assertGoesOn));
      job.cancel();
    }
  }
}
