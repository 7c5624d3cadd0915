package org.beamlakehouse.testing.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Text messages of tests, and how a bronze table shows them. */
public final class Messages {
  private static final String[] POSITION_AND_PAYLOAD = {
    "source_topic", "source_partition", "source_offset", "raw_payload"
  };

  private Messages() {}

  public static ProducerRecord<byte[], byte[]> message(
      String topic, int partition, @Nullable String key, @Nullable String value) {
    return new ProducerRecord<>(topic, partition, bytes(key), bytes(value));
  }

  /** Sends values to a partition, one after the other. */
  public static void send(KafkaTopics topics, String topic, int partition, String... values) {
    send(topics, topic, partition, Arrays.asList(values));
  }

  /** Sends values to a partition, one after the other. */
  public static void send(
      KafkaTopics topics, String topic, int partition, Collection<String> values) {
    // Only the leader answers this. Batches that come before it leads, and others right behind
    // them, would keep an idempotent producer from ever getting them in order.
    topics.endOffset(new TopicPartition(topic, partition));
    topics.send(values.stream().map(value -> message(topic, partition, null, value)).toList());
  }

  /** Values with numbers from one to another. */
  public static List<String> numbered(String prefix, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> prefix + i).toList();
  }

  /** What a topic holds: {@code topic/partition@offset value}, sorted. */
  public static List<String> of(KafkaTopics topics, String... names) {
    List<String> all = new ArrayList<>();
    for (String name : names) {
      for (ConsumerRecord<byte[], byte[]> record : topics.records(name)) {
        byte[] value = record.value();
        all.add(
            shown(record.topic(), record.partition(), record.offset())
                + (value == null ? null : new String(value, StandardCharsets.UTF_8)));
      }
    }
    return all.stream().sorted().toList();
  }

  /** What a bronze table holds, in the same form. */
  public static List<String> in(TestProject project, String table) {
    return project.rows(table, POSITION_AND_PAYLOAD).stream()
        .map(
            row ->
                shown(
                        (String) row.get("source_topic"),
                        (Integer) row.get("source_partition"),
                        (Long) row.get("source_offset"))
                    + text(row.get("raw_payload")))
        .sorted()
        .toList();
  }

  private static String shown(String topic, int partition, long offset) {
    return String.format("%s/%d@%06d ", topic, partition, offset);
  }

  public static @Nullable String text(@Nullable Object bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode((ByteBuffer) bytes).toString();
  }

  public static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
