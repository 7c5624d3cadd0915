package org.beamlakehouse.io.internal.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.junit.jupiter.api.Test;

/** How reading ends, on a consumer without a broker. */
class RangeReaderTest {
  private static final KafkaSource SOURCE =
      new KafkaSource(
          "shop",
          "host:1",
          List.of("t"),
          null,
          Map.of("default.api.timeout.ms", "300", "request.timeout.ms", "300"));
  private static final TopicPartition ZERO = new TopicPartition("t", 0);
  private static final TopicPartition ONE = new TopicPartition("t", 1);

  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(OffsetResetStrategy.NONE);
  private final RangeReader reader = new RangeReader(SOURCE, consumer);
  private final List<String> records = new ArrayList<>();

  /** What the broker has once the consumer polls. */
  private void holding(TopicPartition partition, long end, long... offsets) {
    consumer.schedulePollTask(
        () -> {
          consumer.updateBeginningOffsets(Map.of(partition, 0L));
          consumer.updateEndOffsets(Map.of(partition, end));
          LongStream.of(offsets)
              .forEach(
                  offset ->
                      consumer.addRecord(
                          new ConsumerRecord<>(
                              partition.topic(), partition.partition(), offset, null, null)));
        });
  }

  private void read(OffsetRange... ranges) {
    reader.read(List.of(ranges), record -> records.add(record.partition() + "@" + record.offset()));
  }

  @Test
  void givesTheRecordsOfTheRangesAndNoMore() {
    holding(ZERO, 9, 3, 4, 6, 7, 8);
    holding(ONE, 9, 0, 1, 2, 5);
    read(new OffsetRange("t", 0, 3, 7), new OffsetRange("t", 1, 0, 2));
    assertThat(records.stream().sorted().toList(), is(List.of("0@3", "0@4", "0@6", "1@0", "1@1")));
  }

  @Test
  void readsOnInAPartitionThatItReadBefore() {
    holding(ZERO, 9, 0, 1, 2, 3);
    read(new OffsetRange("t", 0, 0, 2));
    holding(ZERO, 9, 2, 3, 4);
    read(new OffsetRange("t", 0, 2, 4));
    assertThat(records, is(List.of("0@0", "0@1", "0@2", "0@3")));
  }

  @Test
  void passesAHoleAtTheEndOfARange() {
    holding(ZERO, 9, 0, 1, 8);
    read(new OffsetRange("t", 0, 0, 5));
    assertThat(records, is(List.of("0@0", "0@1")));
  }

  @Test
  void readsNothingOfAnEmptyRange() {
    read(new OffsetRange("t", 0, 4, 4));
    assertThat(records, is(List.of()));
  }

  @Test
  void failsWhereNothingComes() {
    holding(ZERO, 9, 0);
    String told =
        assertThrows(IllegalStateException.class, () -> read(new OffsetRange("t", 0, 0, 9)))
            .getMessage();
    assertThat(told, containsString("Cannot read t/0 from offset 1 on of the source shop"));
    assertThat(told, containsString("did not answer in time"));
  }

  @Test
  void refusesTwoRangesOfOnePartition() {
    assertThrows(
        IllegalArgumentException.class,
        () -> read(new OffsetRange("t", 0, 0, 2), new OffsetRange("t", 0, 2, 4)));
  }
}
