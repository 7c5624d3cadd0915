package org.beamlakehouse.pipelines.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.beamlakehouse.io.bronze.IngestRequest;
import org.beamlakehouse.io.bronze.KafkaRequest;

/**
 * What a stream finds in all its sources. A runner may have many instances of one step in a process
 * and give each of them some of the ticks; they share one of these, or each of them would read what
 * others are at.
 */
final class News {
  /** How long a tick waits for all sources together, in milliseconds. */
  private static final long PATIENCE = 500;

  private static final Map<String, News> SHARED = new HashMap<>();

  private final List<FileNews> files;
  private final List<TopicNews> topics;

  /** Guarded by {@link #SHARED}. */
  private int users;

  News(List<FileNews> files, List<TopicNews> topics) {
    this.files = List.copyOf(files);
    this.topics = List.copyOf(topics);
  }

  /** The news of a run, begun where nobody in this process shares them yet. */
  static News share(String run, Supplier<News> beginning) {
    synchronized (SHARED) {
      News news = SHARED.computeIfAbsent(run, unused -> beginning.get());
      news.users++;
      return news;
    }
  }

  /** Gives back what was shared; the last one closes it. */
  void release(String run) {
    synchronized (SHARED) {
      users--;
      if (users == 0) {
        SHARED.remove(run, this);
        topics.forEach(TopicNews::close);
      }
    }
  }

  /** Finds what is to be taken in with a tick. */
  synchronized void at(
      long tick, Consumer<IngestRequest> newFiles, Consumer<KafkaRequest> newOffsets) {
    topics.forEach(news -> news.ask(tick));
    files.forEach(news -> news.at(tick).ifPresent(newFiles));
    long end = System.nanoTime() + PATIENCE * 1_000_000;
    for (TopicNews news : topics) {
      long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
      news.at(tick, left).ifPresent(newOffsets);
    }
  }
}
