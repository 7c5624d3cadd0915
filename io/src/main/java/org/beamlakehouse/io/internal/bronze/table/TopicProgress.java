package org.beamlakehouse.io.internal.bronze.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How far a bronze table has taken in topics: for each partition the offset that comes next.
 *
 * <p>Each commit writes all of it into its snapshot's summary under {@link #KEY}, as {@code
 * {"orders#p3XvQk":[120,99]}}: topic, the beginning of the topic's id (missing where Kafka gave
 * none), and the next offset of each partition by number, null where it is not known; no topic at
 * all where the source was looked at before it had any. Where offsets of a topic began again,
 * {@code orders#p3XvQk@1764547200000000} tells the ingestion time from which on; a topic without
 * partitions is gone. In force is what the nearest ancestor of the current snapshot says, so a
 * rollback of the table takes its offsets back as well. Where snapshots were expired together with
 * the newest such summary, the offsets are recovered from the rows, and where they began again by
 * the ingestion times of those that came twice. Instances do not change.
 */
public final class TopicProgress implements Serializable {
  /** Key of the snapshot summary. */
  public static final String KEY = "beam-lakehouse.offsets";

  /** The next offset where nothing is known of a partition. */
  public static final long UNKNOWN = -1;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was recovered from the rows of a table's snapshot; a stream asks with every tick. */
  private static final Map<String, TopicProgress> RECOVERED = new ConcurrentHashMap<>();

  /** No topic's name has it. */
  private static final char BEFORE_ID = '#';

  private static final char BEFORE_TIME = '@';

  /** Enough to tell two topics of one name apart. */
  private static final int ID_LENGTH = 6;

  /**
   * A topic's progress.
   *
   * @param id beginning of the topic's id; null where it is not known
   * @param next the next offset by partition; {@link #UNKNOWN} where it is not known
   * @param begun ingestion times (microseconds) from which on offsets began again, rising: the
   *     topic was created anew, or cut off
   */
  public record Topic(@Nullable String id, List<Long> next, List<Long> begun)
      implements Serializable {
    public Topic {
      id = id == null ? null : id.substring(0, Math.min(ID_LENGTH, id.length()));
      next = List.copyOf(next);
      begun = List.copyOf(begun);
    }

    /** A topic whose offsets never began again. */
    public Topic(@Nullable String id, List<Long> next) {
      this(id, next, List.of());
    }

    /** Whether it was deleted, as far as is known. */
    public boolean isGone() {
      return next.isEmpty();
    }

    /** How often offsets had begun again before what was ingested at a time. */
    public int era(long ingestionMicros) {
      int era = begun.size();
      while (era > 0 && begun.get(era - 1) > ingestionMicros) {
        era--;
      }
      return era;
    }

    /** This topic, of which offsets begin again. */
    public Topic beginningAnew(long ingestionMicros) {
      List<Long> more = new ArrayList<>(begun);
      more.add(ingestionMicros);
      return new Topic(id, next, more);
    }

    /** The next offset of a partition; {@link #UNKNOWN} also where there was no such partition. */
    public long next(int partition) {
      return partition < next.size() ? next.get(partition) : UNKNOWN;
    }

    /** False where both ids are known and differ: the topic was deleted and created anew. */
    public boolean mayBe(@Nullable String otherId) {
      return id == null || otherId == null || new Topic(otherId, List.of()).id.equals(id);
    }
  }

  private final TreeMap<String, Topic> topics;
  private final boolean begun;

  private TopicProgress(Map<String, Topic> topics, boolean begun) {
    this.topics = new TreeMap<>(topics);
    this.begun = begun;
  }

  /** No topics at all, and nobody has looked for any. */
  public static TopicProgress none() {
    return new TopicProgress(Map.of(), false);
  }

  /** The progress that a table's current snapshot has. */
  public static TopicProgress of(Table table) {
    TableHistory history = TableHistory.of(table);
    String recorded = history.nearest(KEY);
    if (recorded != null) {
      return parse(table.name(), recorded);
    }
    return history.isComplete()
        ? none()
        : RECOVERED.computeIfAbsent(
            table.uuid() + "@" + table.currentSnapshot().snapshotId(), unused -> recover(table));
  }

  /** What the nearest of some snapshots, newest first, says; null where none says anything. */
  public static @Nullable String recorded(Iterable<Snapshot> ancestry) {
    return TableHistory.nearest(ancestry, KEY);
  }

  /** True where the source was looked at before, be it that it had no topic then. */
  public boolean begun() {
    return begun;
  }

  /** This progress of a source that was looked at. */
  public TopicProgress begin() {
    return begun ? this : new TopicProgress(topics, true);
  }

  /** The topics that were taken in and are not gone, sorted. */
  public List<String> names() {
    return topics.keySet().stream().filter(name -> !topics.get(name).isGone()).toList();
  }

  /** A topic's progress; null where nothing of it was taken in. */
  public @Nullable Topic topic(String name) {
    return topics.get(name);
  }

  /** This progress with another of one topic. */
  public TopicProgress with(String name, Topic topic) {
    TopicProgress next = new TopicProgress(topics, true);
    next.topics.put(name, topic);
    return next;
  }

  /** This progress with a topic that is gone; one of the same name may come. */
  public TopicProgress without(String name) {
    Topic topic = topics.get(name);
    return topic == null ? this : with(name, new Topic(null, List.of(), topic.begun()));
  }

  /** The form kept in a snapshot summary. */
  public String toJson() {
    Map<String, List<Long>> shown = new TreeMap<>();
    topics.forEach(
        (name, topic) -> {
          List<Long> next = new ArrayList<>();
          topic.next().forEach(offset -> next.add(offset == UNKNOWN ? null : offset));
          StringBuilder key = new StringBuilder(name);
          if (topic.id() != null || !topic.begun().isEmpty()) {
            key.append(BEFORE_ID).append(topic.id() == null ? "" : topic.id());
          }
          topic.begun().forEach(micros -> key.append(BEFORE_TIME).append(micros));
          shown.put(key.toString(), next);
        });
    try {
      return JSON.writeValueAsString(shown);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the progress of topics", e);
    }
  }

  /**
   * Progress from {@link #toJson()}.
   *
   * @param table for messages
   */
  public static TopicProgress parse(String table, String json) {
    try {
      TopicProgress progress = none().begin();
      JSON.readValue(json, new TypeReference<Map<String, List<Long>>>() {})
          .forEach(
              (key, next) -> {
                int end = key.indexOf(BEFORE_ID);
                String[] told = end < 0 ? new String[] {""} : key.substring(end + 1).split("@", -1);
                progress.topics.put(
                    end < 0 ? key : key.substring(0, end),
                    new Topic(
                        told[0].isEmpty() ? null : told[0],
                        next.stream().map(offset -> offset == null ? UNKNOWN : offset).toList(),
                        Arrays.stream(told).skip(1).map(Long::valueOf).toList()));
              });
      return progress;
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalStateException(
          "Cannot read which offsets "
              + table
              + " has taken in: "
              + json
              + "; roll the table back to a snapshot before it",
          e);
    }
  }

  /** Offsets of one partition that were taken in at one time. */
  private static final class Span {
    private long first = Long.MAX_VALUE;
    private long next = UNKNOWN;

    void add(long offset) {
      first = Math.min(first, offset);
      next = Math.max(next, offset + 1);
    }

    /** Whether some of them were taken in before. */
    boolean isIn(@Nullable TreeMap<Long, Long> taken) {
      Map.Entry<Long, Long> before = taken == null ? null : taken.lowerEntry(next);
      return before != null && before.getValue() > first;
    }
  }

  private static TopicProgress recover(Table table) {
    // By topic, ingestion time and partition: the rows lie in any order.
    Map<String, TreeMap<Long, TreeMap<Integer, Span>>> spans = new TreeMap<>();
    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(table)
            .select(
                BronzeTables.SOURCE_TOPIC,
                BronzeTables.SOURCE_PARTITION,
                BronzeTables.SOURCE_OFFSET,
                BronzeTables.INGESTION_TIMESTAMP)
            .build()) {
      for (Record row : rows) {
        String topic = (String) row.getField(BronzeTables.SOURCE_TOPIC);
        if (topic != null) {
          OffsetDateTime ingested = (OffsetDateTime) row.getField(BronzeTables.INGESTION_TIMESTAMP);
          spans
              .computeIfAbsent(topic, unused -> new TreeMap<>())
              .computeIfAbsent(
                  InternalValues.micros(ingested.toInstant()), unused -> new TreeMap<>())
              .computeIfAbsent(
                  (Integer) row.getField(BronzeTables.SOURCE_PARTITION), unused -> new Span())
              .add((Long) row.getField(BronzeTables.SOURCE_OFFSET));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read which offsets " + table.name() + " has taken in: " + e.getMessage(), e);
    }
    TopicProgress progress = none().begin();
    spans.forEach((topic, times) -> progress.topics.put(topic, recovered(times)));
    return progress;
  }

  /**
   * No offset is taken in twice, so those that come at two times began again in between. Offsets
   * that only fall from one time to the next do not tell it: of two runs at once the one that began
   * first may have committed last.
   */
  private static Topic recovered(TreeMap<Long, TreeMap<Integer, Span>> times) {
    // Of each partition the offsets taken in, from first to the one after.
    TreeMap<Integer, TreeMap<Long, Long>> taken = new TreeMap<>();
    List<Long> begun = new ArrayList<>();
    times.forEach(
        (time, partitions) -> {
          if (partitions.entrySet().stream()
              .anyMatch(span -> span.getValue().isIn(taken.get(span.getKey())))) {
            // Of its other partitions nothing may have come since: they are read from the start.
            taken.clear();
            begun.add(time);
          }
          partitions.forEach(
              (partition, span) ->
                  taken
                      .computeIfAbsent(partition, unused -> new TreeMap<>())
                      .put(span.first, span.next));
        });
    List<Long> next = new ArrayList<>();
    taken.forEach(
        (partition, offsets) -> {
          while (next.size() <= partition) {
            next.add(UNKNOWN);
          }
          next.set(partition, offsets.lastEntry().getValue());
        });
    return new Topic(null, next, begun);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TopicProgress that && topics.equals(that.topics) && begun == that.begun;
  }

  @Override
  public int hashCode() {
    return topics.hashCode();
  }

  @Override
  public String toString() {
    return toJson();
  }
}
