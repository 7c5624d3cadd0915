package org.beamlakehouse.testing.servers;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What tests do with topics: each method waits until the broker has done it. A broker that is away
 * is waited for, two minutes at most. Not safe for use by several threads.
 */
public final class KafkaTopics implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final String bootstrapServers;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  /** Topics of the cluster at an address. */
  public KafkaTopics(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    String patience = Long.toString(PATIENCE.toMillis());
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "default.api.timeout.ms",
                patience,
                "reconnect.backoff.max.ms",
                "100"));
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "max.block.ms",
                patience,
                "reconnect.backoff.max.ms",
                "100",
                // More at a time can stall a fresh partition for good (KAFKA-15591).
                "max.in.flight.requests.per.connection",
                "1"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Creates a topic. */
  public void create(String topic, int partitions) {
    create(topic, partitions, Map.of());
  }

  /** Creates a topic with some of Kafka's settings of topics, such as {@code cleanup.policy}. */
  public void create(String topic, int partitions, Map<String, String> settings) {
    NewTopic created = new NewTopic(topic, partitions, (short) 1).configs(settings);
    await(admin.createTopics(List.of(created)).all());
    awaitPartitions(topic, partitions);
  }

  /** Deletes a topic with its records. */
  public void delete(String topic) {
    await(admin.deleteTopics(List.of(topic)).all());
  }

  /** Adds partitions to a topic until there are so many. */
  public void increasePartitions(String topic, int total) {
    await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all());
    awaitPartitions(topic, total);
  }

  /**
   * The controller knows of new partitions a little before the broker tells of them, and these a
   * little before they have a leader, without which no offset can be asked for.
   */
  private void awaitPartitions(String topic, int count) {
    List<TopicPartition> partitions = partitions(topic);
    while (partitions.size() < count) {
      ServerProcess.pause();
      partitions = partitions(topic);
    }
    partitions.forEach(this::endOffset);
  }

  /** The partitions of a topic, in order; none where there is no such topic. */
  public List<TopicPartition> partitions(String topic) {
    if (!await(admin.listTopics().names()).contains(topic)) {
      return List.of();
    }
    int count =
        await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().size();
    return IntStream.range(0, count).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }

  /** The id of a topic, by which it differs from others that had its name before. */
  public String id(String topic) {
    return await(admin.describeTopics(List.of(topic)).allTopicNames())
        .get(topic)
        .topicId()
        .toString();
  }

  /** Writes records, in the order given within a partition, and tells where each one is. */
  public List<RecordMetadata> send(Collection<ProducerRecord<byte[], byte[]>> records) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      sent.add(producer.send(record));
    }
    producer.flush();
    return sent.stream().map(KafkaTopics::await).toList();
  }

  /** Deletes the records of a partition below an offset, as retention does. */
  public void deleteRecordsBefore(TopicPartition partition, long offset) {
    await(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset))).all());
  }

  /** The offset that the next record of a partition will have. */
  public long endOffset(TopicPartition partition) {
    return await(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all())
        .get(partition)
        .offset();
  }

  /**
   * All records that a topic holds now, by partition and offset. Those of transactions that were
   * aborted or are open count as well.
   */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<TopicPartition> partitions = partitions(topic);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
      for (TopicPartition partition : partitions) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (consumer.position(partition, PATIENCE) < ends.get(partition)) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.offset() < ends.get(partition)) {
              records.add(record);
            }
          }
        }
      }
    }
    return records;
  }

  /**
   * All records that a topic holds, once they are as expected.
   *
   * @throws IllegalStateException where they are not in ten minutes
   */
  public List<ConsumerRecord<byte[], byte[]>> await(
      String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<ConsumerRecord<byte[], byte[]>> records = records(topic);
    while (!expected.test(records)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "What is awaited does not come to "
                + topic
                + " in "
                + PATIENCE.toSeconds()
                + " s; it holds "
                + records.size()
                + " records");
      }
      ServerProcess.pause();
      records = records(topic);
    }
    return records;
  }

  /** All records that a topic holds, once a key or value among them contains a text. */
  public List<ConsumerRecord<byte[], byte[]>> await(String topic, String text) {
    return await(topic, records -> records.stream().anyMatch(record -> has(record, text)));
  }

  private static boolean has(ConsumerRecord<byte[], byte[]> record, String text) {
    return text(record.key()).contains(text) || text(record.value()).contains(text);
  }

  /** Bytes that are no UTF-8 have readable parts, too. */
  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static <T> T await(Future<T> result) {
    try {
      return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot use Kafka: interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot use Kafka: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "Cannot use Kafka: no answer in " + PATIENCE.toSeconds() + " s", e);
    }
  }

  /** Closes the connections. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
  }
}
