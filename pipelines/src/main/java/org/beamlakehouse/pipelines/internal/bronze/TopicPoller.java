package org.beamlakehouse.pipelines.internal.bronze;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.sdk.metrics.Gauge;
import org.beamlakehouse.io.bronze.plan.KafkaRequest;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.kafka.SourceUnavailableException;
import org.beamlakehouse.io.internal.kafka.TopicListing;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.pipelines.internal.context.PlannedWork;
import org.beamlakehouse.pipelines.internal.context.RunMetrics;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stream finds in the topics of one source, interval by interval. Nothing is planned while
 * what was planned before is not committed; where there is more than one commit's worth, the next
 * follows at once.
 *
 * <p>Kafka is asked in a thread of its own, so that a cluster that does not answer holds back no
 * other source. It is asked again then, without end.
 */
public final class TopicPoller implements AutoCloseable {
  /** Offsets of one commit: what bounds the memory and the time of it where there is a backlog. */
  private static final long MOST_OFFSETS = 2_000_000;

  /** How long what was planned is taken to be on its way: where a runner began anew, it is not. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(TopicPoller.class);

  private final CatalogConfig catalog;
  private final Topics topics;
  private final long interval;
  private final MissingOffsets missing;
  private final TopicListing listing;
  private final ExecutorService thread;
  private final Gauge lag;

  private Future<Answer> question;
  private long due = Long.MIN_VALUE;
  private @Nullable OffsetPlan planned;
  private long plannedAt;

  /**
   * What there is to read.
   *
   * @param underWay whether what was planned before is not committed
   */
  private record Answer(OffsetPlan plan, boolean underWay) {}

  /** Topics of a Kafka source, and what their rows have in common but for the tick. */
  public record Topics(KafkaSource source, RunFacts run) implements Serializable {}

  /**
   * News of a source.
   *
   * @param interval milliseconds between two plans
   */
  TopicPoller(CatalogConfig catalog, Topics topics, long interval, MissingOffsets missing) {
    this.catalog = catalog;
    this.topics = topics;
    this.interval = interval;
    this.missing = missing;
    this.listing = new TopicListing(topics.source());
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread daemon = new Thread(task, "topics-of-" + topics.source().name());
              daemon.setDaemon(true);
              return daemon;
            });
    this.lag = RunMetrics.recordsLag(topics.source().name());
  }

  String table() {
    return topics.run().table();
  }

  /** Asks Kafka, where it is time to and no question is open. */
  void ask(long tick) {
    if (question == null && tick >= due) {
      boolean isOver =
          tick - plannedAt >= PATIENCE.toMillis()
              || PlannedWork.hasFailedSince(topics.run().batchId(), table(), plannedAt);
      OffsetPlan before = isOver ? null : planned;
      question = thread.submit(() -> look(before));
    }
  }

  private Answer look(@Nullable OffsetPlan before) {
    String table = topics.run().table();
    boolean underWay = before != null && !before.isTakenInBy(catalog, table);
    // What retention deletes of offsets that are under way may have been read before.
    MissingOffsets policy = underWay ? MissingOffsets.EARLIEST : missing;
    return new Answer(
        OffsetPlan.of(catalog, table, topics.source(), listing::topics, policy), underWay);
  }

  /**
   * The request of an interval, where the answer is there and something is to be planned: once per
   * interval, also where there is nothing new.
   *
   * @param patienceMillis how long to wait for the answer; one that comes later is for a later call
   * @throws IllegalStateException where Kafka does not answer or refuses to, or offsets are
   *     missing; it is asked again
   */
  Optional<KafkaRequest> at(long tick, long patienceMillis) {
    if (question == null) {
      return Optional.empty();
    }
    Answer answer;
    try {
      answer = question.get(patienceMillis, TimeUnit.MILLISECONDS);
      question = null;
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      question = null;
      due = tick + interval;
      if (e.getCause() instanceof SourceUnavailableException) {
        RunMetrics.SOURCE_FAILURES.inc();
        due = tick;
      }
      throw e.getCause() instanceof RuntimeException told
          ? told
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot read the source " + topics.source().name() + ": the run was interrupted", e);
    }
    lag.set(answer.plan().offsets());
    return answer.underWay() ? Optional.empty() : Optional.of(request(tick, answer.plan()));
  }

  private KafkaRequest request(long tick, OffsetPlan all) {
    RunFacts run = topics.run();
    planned = all.atMost(MOST_OFFSETS);
    plannedAt = tick;
    due = planned == all ? tick + interval : tick;
    planned.messages().forEach(LOG::warn);
    return new KafkaRequest(
        new RunFacts(
            run.source(),
            run.table(),
            PlanIngests.batchId(run.batchId(), tick),
            run.pipelineVersion(),
            tick * 1_000),
        planned);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    listing.close();
  }
}
