package org.beamlakehouse.pipelines.internal.bronze;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.bronze.plan.KafkaRequest;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;

/**
 * What a stream finds in all its sources. A runner may have many instances of one step in a process
 * and give each of them some of the ticks; they share one of these, or each of them would read what
 * others are at.
 */
public final class SourcePoller {
  /** How long a tick waits for all sources together, in milliseconds. */
  private static final long PATIENCE = 500;

  private static final Map<String, SourcePoller> SHARED = new HashMap<>();

  private final List<FilePoller> files;
  private final List<TopicPoller> topics;

  /** What was said last of a bronze table's source, while it is wrong. */
  private final Map<String, String> failures = new HashMap<>();

  /** Guarded by {@link #SHARED}. */
  private int users;

  /** When something was found last. */
  private volatile long busyNanos = System.nanoTime();

  SourcePoller(List<FilePoller> files, List<TopicPoller> topics) {
    this.files = List.copyOf(files);
    this.topics = List.copyOf(topics);
  }

  /** The news of a run, begun where nobody in this process shares them yet. */
  static SourcePoller share(String run, Supplier<SourcePoller> beginning) {
    synchronized (SHARED) {
      SourcePoller news = SHARED.computeIfAbsent(run, unused -> beginning.get());
      news.users++;
      return news;
    }
  }

  /** For how long nothing was found for a run; negative where nobody in this process looks. */
  public static long quietMillis(String run) {
    synchronized (SHARED) {
      SourcePoller news = SHARED.get(run);
      return news == null ? -1 : (System.nanoTime() - news.busyNanos) / 1_000_000;
    }
  }

  /** Gives back what was shared; the last one closes it. */
  void release(String run) {
    synchronized (SHARED) {
      users--;
      if (users == 0) {
        SHARED.remove(run, this);
        topics.forEach(TopicPoller::close);
      }
    }
  }

  /**
   * What is to be taken in with a tick, and what is to be said of sources: a failure once until it
   * is over or another one.
   */
  record Found(
      List<IngestRequest> files, List<KafkaRequest> topics, List<CommittedSnapshot> told) {}

  /** Finds what is to be taken in with a tick. What is wrong with one source is told. */
  synchronized Found at(long tick) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    topics.forEach(news -> news.ask(tick));
    for (FilePoller news : files) {
      look(news.table(), () -> news.at(tick), found.files(), found);
    }
    long end = System.nanoTime() + PATIENCE * 1_000_000;
    for (TopicPoller news : topics) {
      long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
      look(news.table(), () -> news.at(tick, left), found.topics(), found);
    }
    boolean isBusy =
        found.files().stream().anyMatch(request -> !request.only().isEmpty())
            || found.topics().stream().anyMatch(request -> request.plan().hasNews());
    if (isBusy) {
      busyNanos = System.nanoTime();
    }
    return found;
  }

  private <T> void look(String table, Supplier<Optional<T>> source, List<T> requests, Found found) {
    Optional<T> request;
    try {
      request = source.get();
    } catch (RuntimeException e) {
      if (FailureMessage.isInterruption(e)) {
        throw e;
      }
      String message = FailureMessage.of("ingest into", table, e);
      if (!message.equals(failures.put(table, message))) {
        found.told().add(told(table, CommittedSnapshot.FAILED, message));
      }
      return;
    }
    if (request.isPresent()) {
      requests.add(request.get());
      if (failures.remove(table) != null) {
        found
            .told()
            .add(
                told(
                    table,
                    CommittedSnapshot.UNCHANGED,
                    "The source of " + table + " answers again"));
      }
    }
  }

  private static CommittedSnapshot told(String table, String status, String message) {
    long now = System.currentTimeMillis();
    return CommittedSnapshot.of("bronze", table, null, status, Map.of(), message, now, now);
  }
}
