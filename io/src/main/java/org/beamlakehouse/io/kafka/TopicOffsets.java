package org.beamlakehouse.io.kafka;

import java.util.List;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The offsets that a topic holds at a moment.
 *
 * @param topic its name
 * @param id what tells it from a topic of the same name that was there before; null where the
 *     brokers are too old to have one
 * @param partitions by number
 */
public record TopicOffsets(String topic, @Nullable String id, List<Partition> partitions) {
  public TopicOffsets {
    Objects.requireNonNull(topic, "topic");
    partitions = List.copyOf(partitions);
  }

  /**
   * The offsets of a partition.
   *
   * @param begin the first offset that is kept
   * @param readable the offset up to which a consumer is given records: with {@code read_committed}
   *     that of the first open transaction, else {@code end}
   * @param end the offset that the next record gets
   */
  public record Partition(long begin, long readable, long end) {}
}
