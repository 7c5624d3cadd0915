package org.beamlakehouse.pipelines.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.io.bronze.IngestPlan;
import org.beamlakehouse.io.bronze.IngestRequest;
import org.beamlakehouse.io.bronze.KafkaRequest;
import org.beamlakehouse.io.bronze.MissingOffsets;
import org.beamlakehouse.io.bronze.OffsetPlan;
import org.beamlakehouse.io.bronze.RunFacts;
import org.beamlakehouse.io.files.SourceFile;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds with each tick what of the sources is to be taken in: of each source once per commit
 * interval, also where there is nothing new, and nothing that was found before and is still on its
 * way. Topics with more than one commit's worth go on as soon as that is committed.
 *
 * <p>What is on its way is remembered in this instance only. A runner that begins anew, from a
 * checkpoint or from nothing, finds it once more; the commits take it in once all the same.
 */
final class PlanIngests extends DoFn<Long, IngestRequest> {
  static final TupleTag<IngestRequest> FILES = new TupleTag<>("files") {};
  static final TupleTag<KafkaRequest> KAFKA = new TupleTag<>("kafka") {};

  /** Offsets of one commit: what bounds the memory and the time of it where there is a backlog. */
  private static final long MOST_OFFSETS = 2_000_000;

  /**
   * How long a file that was found and could not be read is left alone, until it is tried again.
   */
  private static final Duration FILE_PATIENCE = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(PlanIngests.class);

  private final CatalogConfig catalog;
  private final long interval;
  private final List<IngestRequest> files;
  private final List<TopicsToRead> topics;
  private final MissingOffsets missing;

  private transient Map<String, FoundFiles> foundFiles;
  private transient Map<String, FoundOffsets> foundOffsets;

  /** Topics of a Kafka source, and what their rows have in common but for the tick. */
  record TopicsToRead(KafkaSource source, RunFacts run) implements java.io.Serializable {}

  private static final class FoundFiles {
    long due = Long.MIN_VALUE;
    final Map<String, Long> since = new HashMap<>();
  }

  private static final class FoundOffsets {
    long due = Long.MIN_VALUE;
    OffsetPlan plan;
  }

  PlanIngests(
      CatalogConfig catalog,
      Duration interval,
      List<IngestRequest> files,
      List<TopicsToRead> topics,
      MissingOffsets missing) {
    this.catalog = catalog;
    this.interval = interval.toMillis();
    this.files = List.copyOf(files);
    this.topics = List.copyOf(topics);
    this.missing = missing;
  }

  @Setup
  public void setUp() {
    foundFiles = new HashMap<>();
    foundOffsets = new HashMap<>();
  }

  @ProcessElement
  public void plan(@Element Long tick, MultiOutputReceiver out) {
    for (IngestRequest request : files) {
      FoundFiles found = foundFiles.computeIfAbsent(request.source(), unused -> new FoundFiles());
      if (tick >= found.due) {
        found.due = tick + interval;
        out.get(FILES)
            .output(
                request.toBuilder()
                    .only(newFiles(request, found, tick))
                    .batchId(batchId(request.batchId(), tick))
                    .ingestionMicros(tick * 1_000)
                    .build());
      }
    }
    for (TopicsToRead topic : topics) {
      FoundOffsets found =
          foundOffsets.computeIfAbsent(topic.source().name(), unused -> new FoundOffsets());
      if (tick >= found.due && isNotUnderWay(topic, found)) {
        OffsetPlan all = OffsetPlan.of(catalog, topic.run().table(), topic.source(), missing);
        found.plan = all.atMost(MOST_OFFSETS);
        found.due = found.plan == all ? tick + interval : tick;
        found.plan.messages().forEach(LOG::warn);
        out.get(KAFKA)
            .output(
                new KafkaRequest(
                    new RunFacts(
                        topic.run().source(),
                        topic.run().table(),
                        batchId(topic.run().batchId(), tick),
                        topic.run().pipelineVersion(),
                        tick * 1_000),
                    found.plan));
      }
    }
  }

  private static String batchId(String run, long tick) {
    return run + "/" + tick;
  }

  private boolean isNotUnderWay(TopicsToRead topic, FoundOffsets found) {
    return found.plan == null || found.plan.isTakenInBy(catalog, topic.run().table());
  }

  /** The files that are new and not on their way. */
  private Set<String> newFiles(IngestRequest request, FoundFiles found, long tick) {
    Set<String> uncommitted = new HashSet<>();
    for (SourceFile file : IngestPlan.of(catalog, request).newFiles()) {
      uncommitted.add(file.path());
    }
    found.since.keySet().retainAll(uncommitted);
    Set<String> taken = new HashSet<>();
    for (String path : uncommitted) {
      Long since = found.since.get(path);
      if (since == null || tick - since >= FILE_PATIENCE.toMillis()) {
        found.since.put(path, tick);
        taken.add(path);
      }
    }
    return taken;
  }
}
