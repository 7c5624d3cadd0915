package org.beamlakehouse.testing.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker takes, keeps and deletes records, also when it is killed in between. */
class KafkaBrokerIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @Test
  void keepsRecordsOverKills() {
    KafkaTopics topics = KAFKA.topics();
    topics.create("kept", 2);
    topics.send(List.of(record("kept", 0, "a"), record("kept", 1, "b")));

    for (int round = 0; round < 2; round++) {
      KAFKA.kill();
      KAFKA.restart();
      topics.send(List.of(record("kept", 0, "again " + round)));
    }

    assertThat(values("kept"), contains("a", "again 0", "again 1", "b"));
  }

  @Test
  void deletesRecordsAsRetentionDoes() {
    KafkaTopics topics = KAFKA.topics();
    topics.create("short", 1);
    TopicPartition partition = new TopicPartition("short", 0);
    topics.send(IntStream.range(0, 5).mapToObj(i -> record("short", 0, "v" + i)).toList());

    topics.deleteRecordsBefore(partition, 3);

    assertThat(values("short"), contains("v3", "v4"));
    assertThat(topics.endOffset(partition), is(5L));
  }

  @Test
  void addsPartitions() {
    KafkaTopics topics = KAFKA.topics();
    topics.create("growing", 1);

    topics.increasePartitions("growing", 3);
    topics.send(List.of(record("growing", 2, "new")));

    assertThat(topics.partitions("growing"), hasSize(3));
    assertThat(values("growing"), contains("new"));
  }

  @Test
  void tellsTheEndOfItsLogWhereATestFails() {
    AssertionError failure = new AssertionError("of a test");

    assertThat(
        assertThrows(AssertionError.class, () -> KAFKA.handleTestExecutionException(null, failure)),
        is(failure));
    assertThat(failure.getSuppressed()[0].getMessage(), containsString("Kafka Server started"));
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
    return new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8));
  }

  private static List<String> values(String topic) {
    return KAFKA.topics().records(topic).stream().map(r -> new String(r.value(), UTF_8)).toList();
  }
}
