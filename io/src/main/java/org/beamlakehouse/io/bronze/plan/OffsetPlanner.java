package org.beamlakehouse.io.bronze.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.io.kafka.TopicOffsets;

/**
 * Decides from a table's progress and the offsets of topics what is to be read. A partition is read
 * on where the table's progress ends. One that was never read begins
 *
 * <ul>
 *   <li>at offset 0 where its topic was read before: it was added since;
 *   <li>else at the first offset there is; or, where the source was never looked at before, at the
 *       end if the source wants that: at the last offset that is readable then.
 * </ul>
 *
 * What Kafka no longer has of these is missing: below the first offset that it keeps (retention),
 * beyond the last (records that were acknowledged are lost), or of a topic that was deleted.
 */
public final class OffsetPlanner {
  private static final int NAMED = 5;

  private final String table;
  private final KafkaSource source;
  private final boolean beginsAtEnd;
  private final MissingOffsets policy;

  private final Map<String, String> ids = new TreeMap<>();
  private final List<OffsetRange> ranges = new ArrayList<>();
  private final List<String> gone = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private long lost;

  /**
   * @param table the bronze table's name, for messages
   * @param beginsAtEnd whether a source that was never looked at begins at the end
   */
  public OffsetPlanner(
      String table, KafkaSource source, boolean beginsAtEnd, MissingOffsets policy) {
    this.table = table;
    this.source = source;
    this.beginsAtEnd = beginsAtEnd;
    this.policy = policy;
  }

  /**
   * Makes the one plan of this planner.
   *
   * @throws MissingOffsetsException where offsets are missing and that is not to be passed over
   */
  public OffsetPlan plan(TopicProgress progress, Map<String, TopicOffsets> topics) {
    for (TopicOffsets topic : topics.values()) {
      if (topic.id() != null) {
        ids.put(topic.topic(), topic.id());
      }
      TopicProgress.Topic known = progress.topic(topic.topic());
      if (known == null) {
        begin(topic, beginsAtEnd && !progress.begun());
      } else if (known.isGone()) {
        begin(topic, false);
      } else if (!known.mayBe(topic.id()) || known.next().size() > topic.partitions().size()) {
        beginAnew(topic);
      } else {
        goOn(topic, known);
      }
    }
    for (String name : progress.names()) {
      if (!topics.containsKey(name) && source.reads(name)) {
        gone.add(name);
        missing.add(name + " was deleted, and with it what came after the last run");
      }
    }
    if (policy == MissingOffsets.FAIL && !missing.isEmpty()) {
      throw new MissingOffsetsException(
          String.format(
              "Cannot read the source %s: Kafka no longer has records that %s has not taken in: %s;"
                  + " nothing was read; run once with --onMissingOffsets=earliest to go on with"
                  + " what is left, or latest to go on with what comes from now on",
              source.name(), table, String.join("; ", shortened())));
    }
    List<String> messages = new ArrayList<>();
    shortened().forEach(text -> messages.add("Records of " + table + " are lost: " + text));
    if (topics.isEmpty()) {
      messages.add("No topic matches the topicPattern of the source " + source.name());
    }
    return new OffsetPlan(progress, beginsAtEnd, ids, ranges, gone, lost, messages);
  }

  private void begin(TopicOffsets topic, boolean atEnd) {
    for (int i = 0; i < topic.partitions().size(); i++) {
      TopicOffsets.Partition partition = topic.partitions().get(i);
      read(topic, i, atEnd ? partition.readable() : partition.begin());
    }
  }

  private void beginAnew(TopicOffsets topic) {
    boolean atEnd = policy == MissingOffsets.LATEST;
    long held = topic.partitions().stream().mapToLong(p -> p.readable() - p.begin()).sum();
    missing.add(
        topic.topic()
            + " was deleted and created anew, and what came to the old one after the last run is"
            + " gone"
            + (atEnd ? String.format("; the %d offsets of the new one are skipped", held) : ""));
    if (atEnd) {
      lost += held;
    }
    begin(topic, atEnd);
  }

  private void goOn(TopicOffsets topic, TopicProgress.Topic known) {
    for (int i = 0; i < topic.partitions().size(); i++) {
      TopicOffsets.Partition partition = topic.partitions().get(i);
      // Without an id the progress may come from rows, and partitions without one are not in it.
      boolean added = i >= known.next().size() && known.id() != null;
      long next = added ? 0 : known.next(i);
      if (next == TopicProgress.UNKNOWN) {
        read(topic, i, partition.begin());
      } else if (next < partition.begin()) {
        long from = goesOnAt(partition);
        lost += from - next;
        missing.add(
            String.format(
                "%s/%d: %d offsets from %d on are %s%s",
                topic.topic(),
                i,
                from - next,
                next,
                policy == MissingOffsets.LATEST ? "deleted or skipped" : "deleted",
                goesOn(from)));
        read(topic, i, from);
      } else if (next > partition.end()) {
        // What has the same id was cut off; offsets below were taken in before.
        boolean same = topic.id() != null && known.id() != null;
        long from = same ? partition.end() : goesOnAt(partition);
        long skipped = same ? 0 : from - partition.begin();
        lost += skipped;
        missing.add(
            String.format(
                "%s/%d ends at offset %d, before offset %d, where it was to be read on: it was cut"
                    + " off, or created anew%s%s",
                topic.topic(),
                i,
                partition.end(),
                next,
                skipped == 0 ? "" : ", " + skipped + " offsets are skipped",
                goesOn(from)));
        read(topic, i, from);
      } else {
        read(topic, i, next);
      }
    }
  }

  private long goesOnAt(TopicOffsets.Partition partition) {
    return policy == MissingOffsets.LATEST
        ? Math.max(partition.begin(), partition.readable())
        : partition.begin();
  }

  private String goesOn(long from) {
    return policy == MissingOffsets.FAIL ? "" : ", reading goes on at " + from;
  }

  private void read(TopicOffsets topic, int partition, long from) {
    long readable = topic.partitions().get(partition).readable();
    ranges.add(new OffsetRange(topic.topic(), partition, from, Math.max(from, readable)));
  }

  private List<String> shortened() {
    if (missing.size() <= NAMED) {
      return missing;
    }
    List<String> first = new ArrayList<>(missing.subList(0, NAMED));
    first.add("and " + (missing.size() - NAMED) + " more partitions or topics like these");
    return first;
  }
}
