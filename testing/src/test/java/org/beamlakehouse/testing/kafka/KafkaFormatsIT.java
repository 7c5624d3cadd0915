package org.beamlakehouse.testing.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.KafkaTopics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each format through Kafka gives its rows, and topics find their tables. */
class KafkaFormatsIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @TempDir static Path folder;

  private static TestProject project;

  private static final String COLUMNS =
      """
          properties:
            - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
            - {name: name, logicalType: string}
      """;

  private static String contract(String table, String source, String... custom) {
    StringBuilder yaml =
        new StringBuilder(
            """
            kind: DataContract
            apiVersion: v3.1.0
            id: %1$s
            version: 1.0.0
            status: active
            schema:
              - name: %1$s
                physicalName: silver.%1$s
                customProperties:
                  - {property: source, value: %2$s}
            """
                .formatted(table, source));
    for (String property : custom) {
      yaml.append("      - {property: ").append(property).append("}\n");
    }
    return yaml.append(COLUMNS).toString();
  }

  @BeforeAll
  static void run() {
    KafkaTopics topics = KAFKA.topics();
    String servers = KAFKA.bootstrapServers();
    for (String topic :
        List.of("shop.public.items", "shop.public.users", "canal", "maxwell", "kept")) {
      topics.create(topic, 1);
    }
    for (String topic : List.of("one", "app.first", "app.second", "growing")) {
      topics.create(topic, 2);
    }
    project =
        TestProject.create(folder)
            .kafkaSource("debezium", "debezium-json", servers, "topicPattern: 'shop\\..*'")
            .kafkaSource("canal", "canal-json", servers, "topics: [canal]")
            .kafkaSource("maxwell", "maxwell-json", servers, "topics: [maxwell]")
            .kafkaSource("one", "json", servers, "topics: [one]")
            .kafkaSource("kept", "json", servers, "topics: [kept]", "tombstones: ignore")
            .contract("kept", contract("kept", "kept", "sequenceBy, value: n"))
            .kafkaSource("several", "json", servers, "topics: [app.first, app.second]")
            .kafkaSource("growing", "json", servers, "topics: [growing]")
            .contract(
                "growing",
                contract(
                    "growing", "growing", "sequenceBy, value: n", "onUnknownFields, value: evolve"))
            .contract("items", contract("items", "debezium"))
            .contract("users", contract("users", "debezium", "sourceTable, value: public.users"))
            .contract("canal", contract("canal_items", "canal", "sourceTable, value: items"))
            .contract("maxwell", contract("maxwell_items", "maxwell", "sourceTable, value: items"))
            .contract("single", contract("single", "one", "sequenceBy, value: n"))
            .contract(
                "first",
                contract(
                    "first", "several", "sequenceBy, value: n", "sourceTable, value: app.first"))
            .contract(
                "second",
                contract(
                    "second", "several", "sequenceBy, value: n", "sourceTable, value: app.second"));
    topics.send(
        List.of(
            Messages.message("shop.public.items", 0, "{\"id\":1}", debezium("items", 1, "a", "c")),
            Messages.message("shop.public.items", 0, "{\"id\":2}", debezium("items", 2, "b", "c")),
            Messages.message("shop.public.items", 0, "{\"id\":1}", debezium("items", 1, null, "d")),
            Messages.message("shop.public.items", 0, "{\"id\":1}", null),
            // Compaction has left the tombstone of a delete.
            Messages.message("shop.public.items", 0, "{\"id\":3}", debezium("items", 3, "c", "c")),
            Messages.message("shop.public.items", 0, "{\"id\":3}", null),
            // One of a row that was never there.
            Messages.message("shop.public.items", 0, "{\"id\":4}", null),
            Messages.message("shop.public.items", 0, "{\"id\":5}", debezium("items", 5, "d", "c")),
            Messages.message("shop.public.items", 0, "{\"id\":5}", debezium("items", 5, null, "d")),
            Messages.message("shop.public.items", 0, "{\"id\":5}", null),
            Messages.message("shop.public.items", 0, "{\"id\":5}", debezium("items", 5, "e", "u")),
            // Delivered again, as far as this run comes.
            Messages.message("shop.public.items", 0, "{\"id\":5}", debezium("items", 5, null, "d")),
            Messages.message("kept", 0, "1", "{\"id\":1,\"name\":\"k\",\"n\":1}"),
            Messages.message("kept", 0, "1", null),
            Messages.message("shop.public.users", 0, "{\"id\":7}", debezium("users", 7, "u", "c")),
            Messages.message(
                "canal",
                0,
                null,
                "{\"data\":[{\"id\":\"1\",\"name\":\"c\"}],\"database\":\"d\",\"es\":1000,\"id\":1,"
                    + "\"isDdl\":false,\"old\":null,\"table\":\"items\",\"ts\":1000,\"type\":\"INSERT\"}"),
            Messages.message(
                "maxwell",
                0,
                null,
                "{\"database\":\"d\",\"table\":\"items\",\"type\":\"insert\",\"ts\":1,\"xid\":1,"
                    + "\"commit\":true,\"data\":{\"id\":1,\"name\":\"m\"}}"),
            Messages.message("one", 0, null, "{\"id\":1,\"name\":\"old\",\"n\":1}"),
            Messages.message("one", 1, null, "{\"id\":1,\"name\":\"new\",\"n\":2}"),
            Messages.message("one", 1, "1", null),
            Messages.message("one", 0, null, "not JSON"),
            Messages.message(
                "growing", 1, null, "{\"id\":1,\"name\":\"g\",\"n\":1,\"color\":\"red\"}"),
            Messages.message("app.first", 0, null, "{\"id\":1,\"name\":\"f\",\"n\":1}"),
            Messages.message("app.second", 1, null, "{\"id\":2,\"name\":\"s\",\"n\":1}")));
    project.run().done();
    topics.send(
        List.of(
            Messages.message("shop.public.items", 0, "{\"id\":5}", null),
            Messages.message(
                "shop.public.items", 0, "{\"id\":5}", debezium("items", 5, "e", "u"))));
    project.run().done();
  }

  private static String debezium(String table, int id, String name, String operation) {
    String image =
        "{\"id\":%d,\"name\":%s}".formatted(id, name == null ? null : "\"" + name + "\"");
    return "{\"before\":%s,\"after\":%s,\"op\":\"%s\",\"source\":{\"connector\":\"postgresql\",\"schema\":\"public\",\"table\":\"%s\",\"lsn\":%d,\"ts_ms\":1000}}"
        .formatted(
            operation.equals("d") ? image : null,
            operation.equals("d") ? null : image,
            operation,
            table,
            operation.equals("d") ? 20 : operation.equals("u") ? 30 : 10);
  }

  private static List<String> rows(String table) {
    return project.rows("silver." + table).stream()
        .map(row -> row.get("id") + " " + row.get("name") + deleted(row))
        .sorted()
        .toList();
  }

  private static String deleted(Map<String, Object> row) {
    return Boolean.TRUE.equals(row.get("is_deleted")) ? " deleted" : "";
  }

  @Test
  void debeziumTopicsFeedTheTablesThatTheirRecordsName() {
    assertThat(rows("items"), is(List.of("1 a deleted", "2 b", "3 c deleted", "5 e")));
    assertThat(rows("users"), is(List.of("7 u")));
  }

  @Test
  void canalAndMaxwell() {
    assertThat(rows("canal_items"), is(List.of("1 c")));
    assertThat(rows("maxwell_items"), is(List.of("1 m")));
  }

  @Test
  void theOnlyTopicOfASourceFeedsTheTablesThatNameNone() {
    assertThat(rows("single"), is(List.of("1 new deleted")));
  }

  @Test
  void tombstonesDeleteUnlessTheSourceIgnoresThem() {
    assertThat(rows("items"), is(List.of("1 a deleted", "2 b", "3 c deleted", "5 e")));
    assertThat(rows("single"), is(List.of("1 new deleted")));
    assertThat(rows("kept"), is(List.of("1 k")));
  }

  @Test
  void fieldsThatNoContractKnowsBecomeColumns() {
    assertThat(
        project.rows("silver.growing", "id", "color"),
        is(List.of(Map.of("id", 1L, "color", "red"))));
  }

  @Test
  void rebuildsFromBronzeWithoutReadingAgain() {
    project.run("--full-refresh").done();
    assertThat(rows("single"), is(List.of("1 new deleted")));
    assertThat(rows("items"), is(List.of("1 a deleted", "2 b", "3 c deleted", "5 e")));
    assertThat(project.snapshots("bronze.one").size(), is(1));
  }

  @Test
  void eachOfSeveralTopicsFeedsTheTableThatNamesIt() {
    assertThat(rows("first"), is(List.of("1 f")));
    assertThat(rows("second"), is(List.of("2 s")));
  }

  @Test
  void tombstonesAreKeptAndBadRecordsArePutAsideWithTheirPosition() {
    assertThat(
        Messages.in(project, "bronze.one").stream().filter(r -> r.endsWith("null")).toList(),
        is(List.of("one/1@000001 null")));
    assertThat(
        project.rows(
            "bronze.one__dead_letter", "source_topic", "source_partition", "source_offset"),
        is(List.of(Map.of("source_topic", "one", "source_partition", 0, "source_offset", 1L))));
    assertThat(
        project.exists("bronze.debezium__dead_letter")
            ? project.rows("bronze.debezium__dead_letter")
            : List.of(),
        is(empty()));
  }
}
