package org.beamlakehouse.io.internal.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;

/**
 * Reads ranges of offsets, with one consumer that is kept for all of them. Not thread-safe.
 *
 * <p>A broker that is away is waited for as long as {@code default.api.timeout.ms} says; then
 * reading fails. Where reading fails, the reader is to be closed.
 */
public final class RangeReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaSource source;
  private final Duration patience;
  private final Consumer<byte[], byte[]> consumer;

  /** Opens a consumer. */
  public RangeReader(KafkaSource source) {
    this(
        source,
        KafkaClients.open(
            source,
            KafkaClients.patience(source),
            () -> new KafkaConsumer<byte[], byte[]>(ConsumerSettings.consumer(source))));
  }

  RangeReader(KafkaSource source, Consumer<byte[], byte[]> consumer) {
    this.source = source;
    this.patience = KafkaClients.patience(source);
    this.consumer = consumer;
  }

  /**
   * Hands over all records of some ranges, those of a partition in order. Offsets without a record
   * are passed.
   *
   * @param ranges at most one per partition
   * @throws IllegalStateException where the brokers give no records, or do not have the offsets
   */
  public void read(
      List<OffsetRange> ranges, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> out) {
    Reading reading = new Reading(ranges);
    try {
      consumer.assign(ranges.stream().map(OffsetRange::topicPartition).toList());
      // A partition that was read before is still paused.
      consumer.resume(consumer.paused());
      ranges.forEach(range -> consumer.seek(range.topicPartition(), range.from()));
      reading.endWhatIsRead();
      while (!reading.open.isEmpty()) {
        reading.poll(out);
      }
    } catch (KafkaException e) {
      throw KafkaFailures.of(source, reading.place(), e);
    }
  }

  /** The state of one call. */
  private final class Reading {
    private final Map<TopicPartition, OffsetRange> open = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private long moved = System.nanoTime();

    Reading(List<OffsetRange> ranges) {
      for (OffsetRange range : ranges) {
        open.put(range.topicPartition(), range);
        positions.put(range.topicPartition(), range.from());
      }
      if (open.size() < ranges.size()) {
        throw new IllegalArgumentException("Cannot read two ranges of a partition at once");
      }
    }

    void poll(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> out) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      for (TopicPartition partition : records.partitions()) {
        OffsetRange range = open.get(partition);
        if (range != null) {
          for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
            if (record.offset() >= range.to()) {
              break;
            }
            out.accept(record);
          }
        }
      }
      endWhatIsRead();
      if (!open.isEmpty() && System.nanoTime() - moved > patience.toNanos()) {
        throw new TimeoutException("no record for " + patience.toSeconds() + " s");
      }
    }

    void endWhatIsRead() {
      for (OffsetRange range : List.copyOf(open.values())) {
        TopicPartition partition = range.topicPartition();
        // Holes are passed as well: a position is where the next record may be.
        long position = consumer.position(partition, patience);
        if (position > positions.put(partition, position)) {
          moved = System.nanoTime();
        }
        if (position >= range.to()) {
          open.remove(partition);
          consumer.pause(List.of(partition));
        }
      }
    }

    String place() {
      return open.values().stream()
          .map(
              range ->
                  String.format(
                      "%s/%d from offset %d on",
                      range.topic(), range.partition(), positions.get(range.topicPartition())))
          .sorted()
          .findFirst()
          .orElse("");
    }
  }

  @Override
  public void close() {
    consumer.close(Duration.ZERO);
  }
}
