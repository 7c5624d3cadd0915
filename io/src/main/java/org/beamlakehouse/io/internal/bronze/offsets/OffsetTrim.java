package org.beamlakehouse.io.internal.bronze.offsets;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What of the offsets that a run has read is new to a table whose progress may have moved since the
 * plan was made.
 *
 * <p>For each partition the table's progress is either what the plan was made on: all that was read
 * is new. Or it has come to where reading began, or beyond, because the same offsets were committed
 * before, by this run or by another one: what lies behind the progress is new. Anything else, as
 * after a rollback of the table, would leave a gap, and nothing is committed.
 */
final class OffsetTrim {
  private final String table;
  private final OffsetPlan plan;
  private final TopicProgress recorded;
  private final Map<TopicPartition, Long> newFrom = new HashMap<>();
  private final Set<String> anew = new TreeSet<>();
  private final TopicProgress next;

  /**
   * @param table the table's name, for messages
   * @param read what was read: all of the plan's ranges, in pieces
   * @param recorded the table's progress now
   * @throws IllegalStateException where something is missing between progress and pieces
   */
  OffsetTrim(String table, OffsetPlan plan, List<OffsetRange> read, TopicProgress recorded) {
    this.table = table;
    this.plan = plan;
    this.recorded = recorded;
    checkWhole(read);
    TopicProgress after = plan.begin(recorded);
    for (String topic : plan.gone()) {
      if (recorded.topic(topic) != null && recorded.topic(topic).equals(plan.base().topic(topic))) {
        after = after.without(topic);
      }
    }
    for (Map.Entry<String, List<OffsetRange>> topic : plan.byTopic().entrySet()) {
      after = after.with(topic.getKey(), advance(topic.getKey(), topic.getValue()));
    }
    this.next = after;
  }

  /** The table's progress once what is new has been committed. */
  TopicProgress next() {
    return next;
  }

  /** The topics of which what is new has offsets that were there before: they began again. */
  Set<String> anew() {
    return anew;
  }

  /** True where a row is not in the table yet. */
  boolean isNew(String topic, int partition, long offset) {
    return offset >= newFrom.get(new TopicPartition(topic, partition));
  }

  /** True where all rows that a range can have are new. */
  boolean isNew(OffsetRange range) {
    return isNew(range.topic(), range.partition(), range.from());
  }

  /** True where none of the rows that a range can have is new. */
  boolean isOld(OffsetRange range) {
    return range.length() == 0 || !isNew(range.topic(), range.partition(), range.to() - 1);
  }

  private void checkWhole(List<OffsetRange> read) {
    Map<TopicPartition, List<OffsetRange>> byPartition = new HashMap<>();
    for (OffsetRange piece : read) {
      byPartition.computeIfAbsent(piece.topicPartition(), p -> new ArrayList<>()).add(piece);
    }
    for (OffsetRange range : plan.ranges()) {
      long next = range.from();
      for (OffsetRange piece :
          byPartition.getOrDefault(range.topicPartition(), List.of()).stream()
              .sorted(Comparator.comparing(OffsetRange::from))
              .toList()) {
        if (piece.from() != next) {
          break;
        }
        next = piece.to();
      }
      if (next != range.to()) {
        throw new IllegalStateException(
            "Cannot append to " + table + ": what was read of " + range + " is not whole");
      }
    }
  }

  private TopicProgress.Topic advance(String name, List<OffsetRange> ranges) {
    TopicProgress.Topic now = recorded.topic(name);
    TopicProgress.Topic base = plan.base().topic(name);
    boolean sameTopic = now == null || now.mayBe(plan.id(name));
    boolean untouched = Objects.equals(now, base);
    if (now != null && (now.isGone() || !sameTopic)) {
      anew.add(name);
    }
    List<Long> offsets = new ArrayList<>();
    for (OffsetRange range : ranges) {
      int partition = range.partition();
      long taken = now == null ? TopicProgress.UNKNOWN : now.next(partition);
      long planned = base == null ? TopicProgress.UNKNOWN : base.next(partition);
      // A run that came first may have made the topic known, but not yet this partition.
      boolean sameProgress =
          taken == TopicProgress.UNKNOWN ? sameTopic : Objects.equals(id(now), id(base));
      boolean unmoved = untouched || taken == planned && sameProgress;
      if (!unmoved && !(sameTopic && taken >= range.from())) {
        throw new IllegalStateException(
            String.format(
                "Cannot append to %s: it was to be read on at offset %d of %s/%d, but its progress"
                    + " was moved in the meantime, by a rollback or another run; nothing was"
                    + " committed, run again",
                table, range.from(), name, partition));
      }
      if (unmoved && range.from() < taken) {
        anew.add(name);
      }
      newFrom.put(range.topicPartition(), unmoved ? range.from() : taken);
      offsets.add(unmoved ? range.to() : Math.max(taken, range.to()));
    }
    if (sameTopic && now != null) {
      // Partitions that another run has found since.
      offsets.addAll(
          now.next().subList(Math.min(offsets.size(), now.next().size()), now.next().size()));
    }
    String id = plan.id(name);
    return new TopicProgress.Topic(
        id == null && now != null ? now.id() : id, offsets, now == null ? List.of() : now.begun());
  }

  private static @Nullable String id(TopicProgress.@Nullable Topic topic) {
    return topic == null ? null : topic.id();
  }
}
