package org.beamlakehouse.benchmarks.stream;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.beamlakehouse.benchmarks.job.CommonOptions;
import org.beamlakehouse.benchmarks.job.JobSetup;
import org.beamlakehouse.benchmarks.job.Report;
import org.beamlakehouse.benchmarks.job.Sizes;
import org.beamlakehouse.testing.servers.DebeziumConnector;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.PostgresServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures the stream: the time from a row's write in PostgreSQL until it can be read in silver, by
 * commit interval, and how it is where Kafka alone brings more and more per second. All servers,
 * the stream and the reader share the machine.
 */
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description = "Latency from PostgreSQL to silver, and what rates from Kafka the stream bears")
public final class StreamCommand implements Callable<Integer> {
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--intervals", split = ",", description = "seconds (${DEFAULT-VALUE})")
  private List<Integer> intervals = List.of(1, 5, 30);

  @Option(names = "--rate", description = "orders per second into PostgreSQL (${DEFAULT-VALUE})")
  private int rate = 200;

  @Option(
      names = "--kafka-rates",
      split = ",",
      description = "orders per second into Kafka (${DEFAULT-VALUE})")
  private List<Integer> kafkaRates = List.of(5_000, 10_000, 20_000, 40_000);

  @Option(names = "--kafka-interval", description = "seconds, with Kafka alone (${DEFAULT-VALUE})")
  private int kafkaInterval = 5;

  @Option(names = "--warmup", description = "seconds that are not measured (${DEFAULT-VALUE})")
  private int warmup = 30;

  @Option(names = "--seconds", description = "that are measured (${DEFAULT-VALUE})")
  private int seconds = 90;

  /** Opens a feed of a run. */
  private interface Source {
    Feed open() throws SQLException;
  }

  /** What one run gave. */
  private record Result(double perSecond, Latencies latencies, Duration rest) {
    String line(String first) {
      return String.format(
          Locale.ROOT,
          "| %s | %,.0f | %s | %s | %s | %.1f |%n",
          first,
          perSecond,
          latencies.seconds(0.5),
          latencies.seconds(0.95),
          latencies.seconds(1),
          rest.toMillis() / 1e3);
    }
  }

  @Override
  public Integer call() throws IOException {
    common.work(folder -> common.publish(measure(folder)));
    return 0;
  }

  private String measure(Path folder) throws IOException {
    JobSetup setup = common.setup(folder, new Sizes(0, 0, 8), Map.of());
    LiveProject.Launch launch =
        new LiveProject.Launch(setup.jvmOptions(), setup.classPath(), setup.runner().beamOptions());
    StringBuilder results =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%n%s; %d s measured after %d s; %s.%n",
                setup.runner().label(),
                seconds,
                warmup,
                Report.machine(setup)));
    String columns = "written per second | median s | 95 %% s | most s | last row after s |%n";
    try (KafkaBroker kafka = KafkaBroker.create()) {
      kafka.start();
      results.append(
          String.format("%n| PostgreSQL, Debezium, Kafka; commit interval | " + columns));
      results.append(String.format("|---|---|---|---|---|---|%n"));
      for (int interval : intervals) {
        results.append(ofPostgres(kafka, folder, interval, launch).line(interval + " s"));
      }
      results.append(
          String.format(
              "%n| Kafka alone, commit interval %d s; wanted per second | " + columns,
              kafkaInterval));
      results.append(String.format("|---|---|---|---|---|---|%n"));
      for (int wanted : kafkaRates) {
        results.append(
            ofKafka(kafka, folder, wanted, launch).line(String.format(Locale.ROOT, "%,d", wanted)));
      }
    }
    return results.toString();
  }

  private Result ofPostgres(
      KafkaBroker kafka, Path folder, int interval, LiveProject.Launch launch) {
    common.tell("PostgreSQL, commit interval " + interval + " s");
    try (PostgresServer postgres = PostgresServer.create()) {
      postgres.start();
      String prefix = "live" + interval;
      try (DebeziumConnector debezium = DebeziumConnector.between(postgres, kafka, prefix)) {
        debezium.start();
        String topic = debezium.topic("public", "orders");
        kafka.topics().create(topic, 1);
        return run(
            folder.resolve("postgres" + interval),
            kafka,
            topic,
            Duration.ofSeconds(interval),
            launch,
            () -> new PostgresFeed(postgres),
            rate);
      }
    }
  }

  private Result ofKafka(KafkaBroker kafka, Path folder, int wanted, LiveProject.Launch launch) {
    common.tell(String.format(Locale.ROOT, "Kafka, %,d per second", wanted));
    String topic = "orders" + wanted;
    kafka.topics().create(topic, 2);
    Result result =
        run(
            folder.resolve("kafka" + wanted),
            kafka,
            topic,
            Duration.ofSeconds(kafkaInterval),
            launch,
            () -> new KafkaFeed(kafka.bootstrapServers(), topic),
            wanted);
    kafka.topics().delete(topic);
    return result;
  }

  private Result run(
      Path folder,
      KafkaBroker kafka,
      String topic,
      Duration interval,
      LiveProject.Launch launch,
      Source source,
      int perSecond) {
    Latencies latencies = new Latencies();
    try (LiveProject project =
            new LiveProject(folder, kafka.bootstrapServers(), topic, interval, launch);
        Feed feed = source.open()) {
      try (Readable readable = new Readable(project::table, latencies)) {
        feed.run(perSecond, Duration.ofSeconds(warmup));
        project.assertRuns();
        readable.measureFrom(Instant.now());
        double reached = feed.run(perSecond, Duration.ofSeconds(seconds));
        Instant end = Instant.now();
        while (!readable.newest().equals(feed.last())) {
          project.assertRuns();
          awaitMore(end);
        }
        Duration rest = Duration.between(end, Instant.now());
        // Another partition may be behind the one that had the last row.
        while (!Readable.contents(project.table()).equals(feed.written())) {
          project.assertRuns();
          awaitMore(end);
        }
        return new Result(reached, latencies, rest);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot write to PostgreSQL: " + e.getMessage(), e);
    }
  }

  private static void awaitMore(Instant since) {
    if (Duration.between(since, Instant.now()).compareTo(LONGEST_REST) > 0) {
      throw new IllegalStateException(
          String.format(
              "Cannot measure the stream: after %d s its table does not have what was written",
              LONGEST_REST.toSeconds()));
    }
    Readable.pause();
  }
}
