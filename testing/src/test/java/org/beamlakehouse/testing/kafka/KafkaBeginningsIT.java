package org.beamlakehouse.testing.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Where reading begins of what was not there when a source was first looked at. */
class KafkaBeginningsIT {
  private static final String LATEST = "kafka: {auto.offset.reset: latest}";

  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @TempDir Path folder;

  private final KafkaTopics topics = KAFKA.topics();

  private static List<String> values(TestProject project, String source) {
    return project.rows("bronze." + source, "raw_payload").stream()
        .map(row -> String.valueOf(Messages.text(row.get("raw_payload"))))
        .sorted()
        .toList();
  }

  @Test
  void latestHoldsForWhatIsThereAtTheFirstLook() throws Exception {
    topics.create("open", 1);
    TestProject project =
        TestProject.create(folder)
            .kafkaSource(
                "later", "json", KAFKA.bootstrapServers(), "topicPattern: 'later\\..*'", LATEST)
            .kafkaSource("open", "json", KAFKA.bootstrapServers(), "topics: [open]", LATEST);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", KAFKA.bootstrapServers(), "transactional.id", "beginnings"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(Messages.message("open", 0, null, "before")).get();
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(Messages.message("open", 0, null, "in an open transaction")).get();
      assertThat(project.run().done().err(), containsString("No topic matches"));
      producer.commitTransaction();
    }
    assertThat(project.rows("bronze.later"), hasSize(0));
    assertThat(project.rows("bronze.open"), hasSize(0));

    topics.create("later.a", 1);
    Messages.send(topics, "later.a", 0, "1", "2", "3");
    project.run().done();
    assertThat(values(project, "later"), is(List.of("1", "2", "3")));
    assertThat(values(project, "open"), is(List.of("in an open transaction")));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
  }

  @Test
  void aTopicThatWasCreatedAnewWithMorePartitionsIsReadOnWhenTold() {
    topics.create("anew", 1);
    Messages.send(topics, "anew", 0, "1", "2", "3");
    TestProject earliest = projectOf("anew", "earliest");
    TestProject latest = projectOf("anew", "latest");
    earliest.run().done();
    latest.run().done();
    topics.delete("anew");
    topics.create("anew", 2);
    Messages.send(topics, "anew", 0, "4", "5");
    Messages.send(topics, "anew", 1, "6", "7");

    assertThat(latest.run().exitCode(), is(1));
    CommandResult skipped = latest.run("--onMissingOffsets=latest").done();
    assertThat(
        skipped.err(),
        allOf(
            containsString("anew was deleted and created anew"),
            containsString("the 4 offsets of the new one are skipped")));
    assertThat(
        latest.table("bronze.anew").currentSnapshot().summary().get("beam-lakehouse.offsets-lost"),
        is("4"));
    assertThat(values(latest, "anew"), is(List.of("1", "2", "3")));

    earliest.run("--onMissingOffsets=earliest").done();
    assertThat(values(earliest, "anew"), is(List.of("1", "2", "3", "4", "5", "6", "7")));
  }

  /** By offsets alone it is known which changes a tombstone deletes; they begin again. */
  @Test
  void tombstonesOfATopicThatWasCreatedAnewAreLaterThanAllBefore() {
    topics.create("again", 2);
    topics.send(
        List.of(
            Messages.message("again", 0, "{\"id\":1}", row(1, "a")),
            Messages.message("again", 0, "{\"id\":2}", row(2, "b")),
            Messages.message("again", 0, "{\"id\":3}", row(3, "c")),
            Messages.message("again", 0, "{\"id\":3}", null)));
    TestProject project =
        TestProject.create(folder)
            .kafkaSource("again", "json", KAFKA.bootstrapServers(), "topicPattern: 'again'")
            .contract(
                "again",
                """
                kind: DataContract
                apiVersion: v3.1.0
                id: again
                version: 1.0.0
                status: active
                schema:
                  - name: again
                    physicalName: silver.again
                    customProperties:
                      - {property: source, value: again}
                      - {property: sequenceBy, value: v}
                      - {property: deletes, value: hard}
                    properties:
                      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                      - {name: v, logicalType: string}
                """);
    project.run().done();
    assertThat(kept(project), is(Map.of(1L, "a", 2L, "b")));
    topics.delete("again");
    topics.create("again", 2);
    topics.send(
        List.of(
            Messages.message("again", 0, "{\"id\":3}", row(3, "d")),
            Messages.message("again", 0, "{\"id\":2}", null)));

    assertThat(project.run().exitCode(), is(1));
    project.run("--onMissingOffsets=earliest").done();

    assertThat(kept(project), is(Map.of(1L, "a", 3L, "d")));
    assertThat(project.run().done().out(), containsString("Nothing to do"));
    project.run("--full-refresh").done();
    assertThat("from bronze", kept(project), is(Map.of(1L, "a", 3L, "d")));

    topics.delete("again");
    project.run("--onMissingOffsets=earliest").done();
    topics.create("again", 1);
    topics.send(List.of(Messages.message("again", 0, "{\"id\":3}", null)));
    project.run().done();
    assertThat("after it was gone", kept(project), is(Map.of(1L, "a")));
  }

  private static String row(int id, String v) {
    return "{\"id\":" + id + ",\"v\":\"" + v + "\"}";
  }

  private static Map<Object, Object> kept(TestProject project) {
    return project.rows("silver.again", "id", "v").stream()
        .collect(Collectors.toMap(row -> row.get("id"), row -> row.get("v")));
  }

  private TestProject projectOf(String topic, String name) {
    return TestProject.create(folder.resolve(name))
        .kafkaSource(topic, "json", KAFKA.bootstrapServers(), "topics: [" + topic + "]");
  }
}
