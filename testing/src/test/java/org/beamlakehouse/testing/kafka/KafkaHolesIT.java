package org.beamlakehouse.testing.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Offsets without records, by transactions and by compaction, are neither waited for nor missed.
 */
class KafkaHolesIT {
  @RegisterExtension
  static final KafkaBroker KAFKA =
      KafkaBroker.create()
          .withProperty("log.cleaner.backoff.ms", "100")
          .withProperty("log.cleaner.min.cleanable.ratio", "0.001");

  @TempDir Path folder;

  private final KafkaTopics topics = KAFKA.topics();

  private TestProject project(String topic, String... settings) {
    List<String> all = new ArrayList<>(List.of("topics: [" + topic + "]"));
    all.addAll(List.of(settings));
    return TestProject.create(folder)
        .kafkaSource("src", "json", KAFKA.bootstrapServers(), all.toArray(new String[0]));
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", KAFKA.bootstrapServers());
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static KafkaProducer<byte[], byte[]> transactions(String id) {
    KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", id));
    producer.initTransactions();
    return producer;
  }

  /** Sends a record and waits until the broker has it. */
  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, String value)
      throws ExecutionException, InterruptedException {
    producer.send(Messages.message(topic, 0, null, value)).get();
  }

  private static List<String> values(TestProject project) {
    return project.rows("bronze.src", "raw_payload").stream()
        .map(row -> String.valueOf(Messages.text(row.get("raw_payload"))))
        .sorted()
        .toList();
  }

  private static String progress(TestProject project) {
    return project.table("bronze.src").currentSnapshot().summary().get("beam-lakehouse.offsets");
  }

  @Test
  void readsCommittedTransactionsOnly() throws Exception {
    String topic = "transactions";
    topics.create(topic, 1);
    TestProject project = project(topic);
    try (KafkaProducer<byte[], byte[]> one = transactions("one");
        KafkaProducer<byte[], byte[]> other = transactions("other")) {
      one.beginTransaction();
      send(one, topic, "committed");
      one.commitTransaction();
      one.beginTransaction();
      send(one, topic, "aborted");
      one.abortTransaction();
      project.run().done();
      assertThat(values(project), is(List.of("committed")));
      // Two records and the marks of two transactions.
      assertThat(progress(project), containsString(":[4]"));
      assertThat(project.run().done().out(), containsString("Nothing to do"));

      one.beginTransaction();
      send(one, topic, "open");
      other.beginTransaction();
      send(other, topic, "behind an open one");
      other.commitTransaction();
      assertThat(project.run().done().out(), containsString("Nothing to do"));
      one.commitTransaction();
      project.run().done();
      assertThat(values(project), is(List.of("behind an open one", "committed", "open")));

      one.beginTransaction();
      send(one, topic, "aborted too");
      one.abortTransaction();
      project.run().done();
      assertThat(values(project), hasSize(3));
      assertThat(progress(project), containsString(":[10]"));
      assertThat(project.run().done().out(), containsString("Nothing to do"));
    }
  }

  @Test
  void readsUncommittedRecordsOnRequest() throws Exception {
    String topic = "uncommitted";
    topics.create(topic, 1);
    TestProject project = project(topic, "kafka: {isolation.level: read_uncommitted}");
    try (KafkaProducer<byte[], byte[]> producer = transactions("uncommitted")) {
      producer.beginTransaction();
      send(producer, topic, "open");
      project.run().done();
      producer.abortTransaction();
    }
    project.run().done();
    assertThat(values(project), is(List.of("open")));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
  }

  @Test
  void readsWhatCompactionHasLeft() throws Exception {
    String topic = "compacted";
    create(topic);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      records.add(Messages.message(topic, 0, "k" + i % 7, "v" + i));
    }
    topics.send(records);
    compact(topic, records.size());
    TestProject project = project(topic);
    project.run().done();
    assertThat(Messages.in(project, "bronze.src"), is(Messages.of(topics, topic)));
    assertThat(project.rows("bronze.src").size(), is(lessThan(records.size())));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
  }

  private static void create(String topic) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, 1, (short) 1)
                      .configs(
                          Map.of(
                              "cleanup.policy",
                              "compact",
                              "segment.ms",
                              "500",
                              "delete.retention.ms",
                              "0",
                              "min.cleanable.dirty.ratio",
                              "0.001"))))
          .all()
          .get();
    }
  }

  /** Waits until compaction has left fewer records than there were. */
  private void compact(String topic, int records) throws InterruptedException {
    Thread.sleep(600);
    // Only a new record ends a segment.
    topics.send(List.of(Messages.message(topic, 0, "k0", null)));
    long deadline = System.nanoTime() + 600_000_000_000L;
    while (topics.records(topic).size() >= records / 2) {
      assertThat("time to compact", System.nanoTime(), is(lessThan(deadline)));
      Thread.sleep(200);
    }
    assertThat(topics.endOffset(new TopicPartition(topic, 0)), is(records + 1L));
  }
}
