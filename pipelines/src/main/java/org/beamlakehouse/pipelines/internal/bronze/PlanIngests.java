package org.beamlakehouse.pipelines.internal.bronze;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.bronze.plan.KafkaRequest;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;

/**
 * Finds with each tick what of the sources is to be taken in: of each source once per commit
 * interval, also where there is nothing new, and nothing that was found before and is still on its
 * way. A source that does not answer is asked again with the next tick.
 *
 * <p>What is on its way is remembered in this process only. A runner that begins anew, from a
 * checkpoint or from nothing, finds it once more; the commits take it in once all the same.
 */
public final class PlanIngests extends DoFn<Long, IngestRequest> {
  public static final TupleTag<IngestRequest> FILES = new TupleTag<>("files") {};
  public static final TupleTag<KafkaRequest> KAFKA = new TupleTag<>("kafka") {};

  /** What is to be said of sources: that one does not answer, that it does again. */
  public static final TupleTag<CommittedSnapshot> TOLD = new TupleTag<>("told") {};

  private final CatalogConfig catalog;
  private final String run;
  private final long interval;
  private final List<IngestRequest> files;
  private final List<TopicPoller.Topics> topics;
  private final MissingOffsets missing;

  private transient SourcePoller news;

  public PlanIngests(
      CatalogConfig catalog,
      String run,
      Duration interval,
      List<IngestRequest> files,
      List<TopicPoller.Topics> topics,
      MissingOffsets missing) {
    this.catalog = catalog;
    this.run = run;
    this.interval = interval.toMillis();
    this.files = List.copyOf(files);
    this.topics = List.copyOf(topics);
    this.missing = missing;
  }

  @Setup
  public void setUp() {
    news =
        SourcePoller.share(
            run,
            () ->
                new SourcePoller(
                    files.stream().map(file -> new FilePoller(catalog, file, interval)).toList(),
                    topics.stream()
                        .map(topic -> new TopicPoller(catalog, topic, interval, missing))
                        .toList()));
  }

  @ProcessElement
  public void plan(@Element Long tick, MultiOutputReceiver out) {
    SourcePoller.Found found = news.at(tick);
    found.files().forEach(out.get(FILES)::output);
    found.topics().forEach(out.get(KAFKA)::output);
    found.told().forEach(out.get(TOLD)::output);
  }

  /** Id of what is taken in with a tick. */
  static String batchId(String run, long tick) {
    return run + "/" + tick;
  }

  @Teardown
  public void tearDown() {
    news.release(run);
  }
}
