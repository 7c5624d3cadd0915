package org.beamlakehouse.testing.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs take each message of their topics into bronze once, as it is, and say what is missing. */
class KafkaToBronzeIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @TempDir Path folder;

  private KafkaTopics topics;

  /** Topics of this test alone begin with it. */
  private String prefix;

  @BeforeEach
  void name(TestInfo test) {
    topics = KAFKA.topics();
    prefix = test.getTestMethod().orElseThrow().getName() + ".";
  }

  private TestProject project(String... settings) {
    return TestProject.create(folder)
        .kafkaSource("src", "json", KAFKA.bootstrapServers(), settings);
  }

  private String topic(String name, int partitions) {
    topics.create(prefix + name, partitions);
    return prefix + name;
  }

  private static void assertSame(TestProject project, List<String> expected) {
    TableContents.assertSame("bronze.src", Messages.in(project, "bronze.src"), expected);
  }

  private static String progress(TestProject project) {
    return project.table("bronze.src").currentSnapshot().summary().get("beam-lakehouse.offsets");
  }

  @Test
  void keepsBytesKeyHeadersAndTimes() {
    String topic = topic("a", 1);
    ProducerRecord<byte[], byte[]> full =
        new ProducerRecord<>(
            topic, 0, 1_700_000_000_123L, Messages.bytes("k"), Messages.bytes("{\"a\":1}"));
    full.headers()
        .add("trace", Messages.bytes("t1"))
        .add("trace", Messages.bytes("t2"))
        .add("empty", null);
    topics.send(List.of(full, Messages.message(topic, 0, "gone", null)));

    TestProject project = project("topics: [" + topic + "]");
    // Where the Direct runner checks what it is told, nothing may change behind its back.
    project.run("--enforceImmutability=true", "--enforceEncodability=true").done();

    List<Map<String, Object>> rows =
        project.rows("bronze.src").stream()
            .sorted(
                (a, b) ->
                    Long.compare((Long) a.get("source_offset"), (Long) b.get("source_offset")))
            .toList();
    assertThat(rows, hasSize(2));
    Map<String, Object> row = rows.get(0);
    assertThat(Messages.text(row.get("raw_payload")), is("{\"a\":1}"));
    assertThat(Messages.text(row.get("message_key")), is("k"));
    Map<?, ?> headers = (Map<?, ?>) row.get("headers");
    assertThat(headers, aMapWithSize(3));
    assertThat(Messages.text(headers.get("trace")), is("t1"));
    assertThat(Messages.text(headers.get("trace#2")), is("t2"));
    assertThat(headers.get("empty"), is(nullValue()));
    assertThat(
        ((OffsetDateTime) row.get("source_timestamp")).toInstant(),
        is(Instant.ofEpochMilli(1_700_000_000_123L)));
    assertThat(row.get("source_system"), is("src"));
    assertThat(row.get("source_file"), is(nullValue()));
    assertThat((String) row.get("checksum"), matchesPattern("[0-9a-f]{32}"));
    Map<String, Object> tombstone = rows.get(1);
    assertThat(Messages.text(tombstone.get("message_key")), is("gone"));
    assertThat(tombstone.get("raw_payload"), is(nullValue()));
    assertThat(tombstone.get("checksum"), is(nullValue()));
    assertThat(tombstone.get("headers"), is(nullValue()));
    assertThat(
        project.table("bronze.src").currentSnapshot().summary().get("added-records"), is("2"));
    assertThat(progress(project), matchesPattern("\\{\"" + topic + "#[-_\\w]{6}\":\\[2]}"));
    assertThat(
        project.command("show", "bronze.src", "--format", "jsonl").done().out(),
        containsString("trace#2"));
  }

  @Test
  void readsOnWhereTheLastRunEndedOverTopicsAndPartitions() {
    String one = topic("one", 2);
    String two = topic("two", 1);
    TestProject project = project("topics: [" + one + ", " + two + "]");
    Messages.send(topics, one, 0, "a", "b");
    Messages.send(topics, one, 1, "c");

    assertThat(project.run().done().out(), containsString("committed"));
    assertSame(project, Messages.of(topics, one, two));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
    assertThat(project.snapshots("bronze.src"), hasSize(1));

    Messages.send(topics, one, 1, "d");
    Messages.send(topics, two, 0, "e", "f");
    project.run().done();
    assertSame(project, Messages.of(topics, one, two));

    topics.increasePartitions(one, 4);
    Messages.send(topics, one, 3, "g");
    project.run().done();
    assertSame(project, Messages.of(topics, one, two));
    assertThat(progress(project), containsString(":[2,2,0,1]"));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
    assertThat(project.snapshots("bronze.src"), hasSize(3));
  }

  @Test
  void readsTopicsOfAPatternAsTheyAppear() {
    String first = topic("orders", 1);
    String other = topic("other", 1);
    Messages.send(topics, first, 0, "a");
    Messages.send(topics, other, 0, "not read");
    TestProject project = project("topicPattern: " + prefix + "order.*");
    project.run().done();
    assertSame(project, Messages.of(topics, first));

    String second = topic("order_items", 2);
    Messages.send(topics, second, 1, "b", "c");
    project.run().done();
    assertSame(project, Messages.of(topics, first, second));

    topics.delete(second);
    CommandResult gone = project.run();
    assertThat(gone.exitCode(), is(1));
    assertThat(
        gone.err(), allOf(containsString(second + " was deleted"), containsString("earliest")));
    assertThat(project.run("--onMissingOffsets=earliest").done().err(), containsString(second));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
    // Remembered as gone: a topic of that name which comes later begins anew.
    assertThat(progress(project), containsString("\"" + second + "\":[]"));
  }

  @Test
  void tellsWhatRetentionDeletedAndHowToGoOn() {
    String topic = topic("a", 1);
    TopicPartition partition = new TopicPartition(topic, 0);
    TestProject project = project("topics: [" + topic + "]");
    Messages.send(topics, topic, 0, Messages.numbered("v", 0, 10));
    project.run().done();

    Messages.send(topics, topic, 0, Messages.numbered("v", 10, 20));
    topics.deleteRecordsBefore(partition, 14);
    CommandResult failed = project.run();
    assertThat(failed.exitCode(), is(1));
    assertThat(
        failed.err(),
        allOf(
            containsString(topic + "/0: 4 offsets from 10 on are deleted"),
            containsString("--onMissingOffsets=earliest")));
    assertThat(failed.err().strip().lines().toList(), hasSize(1));
    assertThat(project.snapshots("bronze.src"), hasSize(1));

    CommandResult earliest = project.run("--onMissingOffsets=earliest").done();
    assertThat(
        earliest.err(), containsString("4 offsets from 10 on are deleted, reading goes on at 14"));
    assertThat(Messages.in(project, "bronze.src"), hasSize(16));
    assertThat(
        project.table("bronze.src").currentSnapshot().summary().get("beam-lakehouse.offsets-lost"),
        is("4"));

    Messages.send(topics, topic, 0, Messages.numbered("v", 20, 30));
    topics.deleteRecordsBefore(partition, 25);
    CommandResult latest = project.run("--onMissingOffsets=latest").done();
    assertThat(latest.err(), containsString("10 offsets from 20 on are deleted or skipped"));
    Messages.send(topics, topic, 0, "after");
    project.run().done();
    assertThat(Messages.in(project, "bronze.src"), hasSize(17));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
  }

  @Test
  void noticesATopicThatWasCreatedAnew() {
    String topic = topic("a", 1);
    TestProject project = project("topics: [" + topic + "]");
    Messages.send(topics, topic, 0, "old 1", "old 2");
    project.run().done();

    topics.delete(topic);
    topics.create(topic, 1);
    // More than the old one had: the offsets alone would not tell.
    Messages.send(topics, topic, 0, Messages.numbered("new ", 0, 3));
    CommandResult failed = project.run();
    assertThat(failed.exitCode(), is(1));
    assertThat(failed.err(), containsString(topic + " was deleted and created anew"));

    project.run("--onMissingOffsets=earliest").done();
    assertThat(
        Messages.in(project, "bronze.src").stream()
            .map(row -> row.replaceAll("^\\S+ ", ""))
            .sorted()
            .toList(),
        is(List.of("new 0", "new 1", "new 2", "old 1", "old 2")));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
  }

  @Test
  void readsLargeTopicsInPieces() {
    String topic = topic("a", 2);
    int large = 60_000;
    Messages.send(topics, topic, 0, Messages.numbered("", 0, large));
    Messages.send(topics, topic, 1, Messages.numbered("", 0, 10));
    TestProject project = project("topics: [" + topic + "]");
    project.run().done();

    Set<String> seen = new HashSet<>();
    for (Map<String, Object> row :
        project.rows("bronze.src", "source_partition", "source_offset", "raw_payload")) {
      assertThat(Messages.text(row.get("raw_payload")), is(row.get("source_offset").toString()));
      seen.add(row.get("source_partition") + "@" + row.get("source_offset"));
    }
    assertThat(seen, hasSize(large + 10));
    Map<String, String> summary = project.table("bronze.src").currentSnapshot().summary();
    assertThat(summary.get("total-records"), is(String.valueOf(large + 10)));
    assertThat(summary.get("total-data-files"), is("3"));
  }

  @Test
  void beginsAtTheEndWhereThatIsWanted() {
    String topic = topic("a", 2);
    Messages.send(topics, topic, 0, "before");
    TestProject project = project("topics: [" + topic + "]", "kafka: {auto.offset.reset: latest}");
    project.run().done();
    assertThat(Messages.in(project, "bronze.src"), hasSize(0));

    Messages.send(topics, topic, 0, "after");
    Messages.send(topics, topic, 1, "after too");
    project.run().done();
    assertThat(Messages.in(project, "bronze.src"), hasSize(2));
  }
}
