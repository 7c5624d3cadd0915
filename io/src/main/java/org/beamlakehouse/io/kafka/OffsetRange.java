package org.beamlakehouse.io.kafka;

import java.io.Serializable;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/**
 * Offsets of a partition. Not every offset needs to have a record: compaction, aborted transactions
 * and the marks of transactions leave holes.
 *
 * @param from the first offset
 * @param to the offset after the last
 */
public record OffsetRange(String topic, int partition, long from, long to) implements Serializable {
  public OffsetRange {
    Objects.requireNonNull(topic, "topic");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          String.format("Cannot make a range of offsets from %d to %d", from, to));
    }
  }

  /** How many offsets there are: at least as many as records. */
  public long length() {
    return to - from;
  }

  /** The range's partition as Kafka's clients have it. */
  public TopicPartition topicPartition() {
    return new TopicPartition(topic, partition);
  }

  /** {@code topic/3@5-9}, for messages. */
  @Override
  public String toString() {
    return topic + "/" + partition + "@" + from + "-" + (to - 1);
  }
}
