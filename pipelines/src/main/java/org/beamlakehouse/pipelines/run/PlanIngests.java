package org.beamlakehouse.pipelines.run;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.io.bronze.IngestRequest;
import org.beamlakehouse.io.bronze.KafkaRequest;
import org.beamlakehouse.io.bronze.MissingOffsets;
import org.beamlakehouse.io.iceberg.CatalogConfig;

/**
 * Finds with each tick what of the sources is to be taken in: of each source once per commit
 * interval, also where there is nothing new, and nothing that was found before and is still on its
 * way. A source that does not answer is asked again with the next tick.
 *
 * <p>What is on its way is remembered in this instance only. A runner that begins anew, from a
 * checkpoint or from nothing, finds it once more; the commits take it in once all the same.
 */
final class PlanIngests extends DoFn<Long, IngestRequest> {
  static final TupleTag<IngestRequest> FILES = new TupleTag<>("files") {};
  static final TupleTag<KafkaRequest> KAFKA = new TupleTag<>("kafka") {};

  /** How long a tick waits for all sources together, in milliseconds. */
  private static final long PATIENCE = 500;

  private final CatalogConfig catalog;
  private final long interval;
  private final List<IngestRequest> files;
  private final List<TopicNews.Topics> topics;
  private final MissingOffsets missing;

  private transient List<FileNews> fileNews;
  private transient List<TopicNews> topicNews;

  PlanIngests(
      CatalogConfig catalog,
      Duration interval,
      List<IngestRequest> files,
      List<TopicNews.Topics> topics,
      MissingOffsets missing) {
    this.catalog = catalog;
    this.interval = interval.toMillis();
    this.files = List.copyOf(files);
    this.topics = List.copyOf(topics);
    this.missing = missing;
  }

  @Setup
  public void setUp() {
    fileNews = files.stream().map(file -> new FileNews(catalog, file, interval)).toList();
    topicNews =
        topics.stream().map(topic -> new TopicNews(catalog, topic, interval, missing)).toList();
  }

  @ProcessElement
  public void plan(@Element Long tick, MultiOutputReceiver out) {
    topicNews.forEach(news -> news.ask(tick));
    fileNews.forEach(news -> news.at(tick).ifPresent(out.get(FILES)::output));
    long end = System.nanoTime() + PATIENCE * 1_000_000;
    for (TopicNews news : topicNews) {
      long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
      news.at(tick, left).ifPresent(out.get(KAFKA)::output);
    }
  }

  /** Id of what is taken in with a tick. */
  static String batchId(String run, long tick) {
    return run + "/" + tick;
  }

  @Teardown
  public void tearDown() {
    topicNews.forEach(TopicNews::close);
  }
}
