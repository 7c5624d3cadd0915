package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.beamlakehouse.testing.servers.KafkaBroker;
import org.beamlakehouse.testing.servers.SchemaRegistryServer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records in Avro go from Kafka to silver by the schemas of a real registry, however these change.
 */
class AvroThroughKafkaIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create();

  @RegisterExtension static final SchemaRegistryServer REGISTRY = SchemaRegistryServer.create();

  private static final String ID = "{\"name\":\"id\",\"type\":\"int\"}";
  private static final String NAME =
      "{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":null}";
  private static final String PRICE =
      "{\"name\":\"price\",\"type\":[\"null\",{\"type\":\"bytes\",\"scale\":2,\"precision\":10,"
          + "\"connect.name\":\"org.apache.kafka.connect.data.Decimal\",\"logicalType\":\"decimal\"}]}";
  private static final String COLUMNS =
      """
      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: name, logicalType: string}
      - {name: price, logicalType: number, physicalType: 'decimal(10,2)'}
      - {name: size, logicalType: integer, physicalType: int}
      """;

  @TempDir Path folder;

  private final AvroMessages messages = new AvroMessages(REGISTRY);
  private final List<ProducerRecord<byte[], byte[]>> unsent = new ArrayList<>();
  private long lsn;

  private TestProject project(String topic, String format) {
    KAFKA.topics().create(topic, 1);
    return TestProject.create(folder)
        .kafkaSource(
            "items_cdc",
            format,
            KAFKA.bootstrapServers(),
            "topics: [" + topic + "]",
            "schemaRegistry: " + REGISTRY.url(),
            "schemaRegistryConfig: {basic.auth.user.info: 'ada:s3cret'}");
  }

  private TestProject changes(String topic) {
    return project(topic, "debezium-avro").contract("items", contract(COLUMNS));
  }

  private static String contract(String columns) {
    return Contracts.of(
        "items",
        "items_cdc",
        "- {property: sourceTable, value: public.items}\n- {property: deletes, value: hard}",
        "",
        columns);
  }

  @Test
  void schemasMayChangeWithinATopic() {
    String topic = "shop.public.items";
    TestProject project = changes(topic);
    String first = envelope(ID + "," + NAME + "," + PRICE);
    change(topic, first, "r", Map.of("id", 1, "name", "ink", "price", cents(250)));
    change(topic, first, "c", Map.of("id", 2, "name", "pen", "price", cents(-1)));
    change(topic, first, "c", Map.of("id", 3, "name", "cap"));
    // The key alone says which row it was.
    send(topic, key(3), messages.of(topic + "-value", first, envelopeOf("d", null)));
    send(topic, key(3), null);
    String added =
        envelope(
            ID + "," + NAME + "," + PRICE + ",{\"name\":\"size\",\"type\":\"int\",\"default\":0}");
    change(topic, added, "u", Map.of("id", 1, "name", "ink", "price", cents(300), "size", 4));
    String dropped = envelope(ID + ",{\"name\":\"size\",\"type\":\"int\",\"default\":0}");
    change(topic, dropped, "c", Map.of("id", 4, "size", 5));
    flush();
    project.run().done();

    String promoted = envelope(ID.replace("int", "long") + "," + NAME);
    change(topic, promoted, "c", Map.of("id", 5L, "name", "é"));
    String broken = envelope(ID + ",{\"name\":\"size\",\"type\":\"string\"}");
    change(topic, broken, "c", Map.of("id", 6, "size", "s3cret"));
    send(topic, key(7), AvroMessages.framed(9_999, new byte[] {2}));
    send(topic, key(8), AvroMessages.framed(messages.id(topic + "-value", first), new byte[] {2}));
    change(topic, first, "c", Map.of("id", 9, "name", "last"));
    flush();
    CommandResult run = project.run().done();

    assertThat(
        rows(project, "silver.items", "id", "name", "price", "size"),
        is(
            List.of(
                "1 ink 3.00 4",
                "2 pen -0.01 null",
                "4 null null 5",
                "5 é null null",
                "9 last null null")));
    List<String> errors = rows(project, "bronze.items_cdc__dead_letter", "error");
    assertThat(errors.toString(), errors, hasSize(3));
    assertThat(errors.get(0), containsString("the Avro data is truncated at byte 6"));
    assertThat(errors.get(1), containsString("the schema registry has no schema 9999"));
    assertThat(
        errors.get(2),
        containsString("column size is int but the schema's field size is a string"));
    assertThat(errors.toString() + run, not(containsString("s3cret")));
    assertThat(run.out(), containsString("bronze.items_cdc__dead_letter"));
    assertThat(
        rows(project, "bronze.items_cdc", "source_offset", "schema_version"),
        hasItems("0 " + messages.id(topic + "-value", first), "4 null", "9 9999"));
  }

  @Test
  void aRegistryThatIsDownFailsTheRunAndLosesNothing() {
    String topic = "down.public.items";
    TestProject project = changes(topic);
    // Of a name of its own, so that no run before has seen the schema.
    String schema = envelope(ID + "," + NAME).replace("Envelope", "Down");
    change(topic, schema, "c", Map.of("id", 1, "name", "ink"));
    flush();

    REGISTRY.kill();
    CommandResult failed = project.run();
    REGISTRY.restart();

    assertThat(failed.exitCode(), is(1));
    assertThat(
        failed.err().lines().reduce((before, line) -> line).orElseThrow(),
        allOf(
            containsString("Cannot ask the schema registry " + REGISTRY.url()),
            containsString("it cannot be connected to")));
    assertThat(failed.err(), not(containsString("s3cret")));
    assertThat(
        project.exists("silver.items") && !project.rows("silver.items").isEmpty(), is(false));

    project.run().done();
    assertThat(rows(project, "silver.items", "id", "name"), is(List.of("1 ink")));
    assertThat(project.exists("bronze.items_cdc__dead_letter"), is(false));
  }

  @Test
  void recordsThatAContractNoLongerFitsAreQuarantinedWhenTheTableIsRebuilt() {
    String topic = "rebuilt.public.items";
    TestProject project = changes(topic);
    change(topic, envelope(ID + "," + NAME), "c", Map.of("id", 1, "name", "ink"));
    send(topic, null, AvroMessages.framed(9_999, new byte[] {2}));
    flush();
    project.run().done();

    project.contract(
        "items",
        contract(
            COLUMNS.replace(
                "{name: size,",
                "{name: size, customProperties: [{property: sourceField, value: name}],")));
    CommandResult rebuilt = project.run("--full-refresh").done();

    assertThat(project.rows("silver.items"), hasSize(0));
    assertThat(project.rows("bronze.items_cdc__dead_letter"), hasSize(1));
    assertThat(
        rows(project, "silver.items__quarantine", "failed_rules", "error"),
        is(
            List.of(
                "schema Cannot read the record for silver.items: its schema does not fit the"
                    + " contract, column size is int but the schema's field name is a string; mend"
                    + " the contract or the writer's schema, then replay")));
    assertThat(rebuilt.out(), containsString("silver.items"));
  }

  @Test
  void plainRecordsOfSeveralTypesAreRows() {
    String topic = "events";
    TestProject project =
        project(topic, "avro")
            .contract(
                "events",
                Contracts.of(
                    "events",
                    "items_cdc",
                    "- {property: sequenceBy, value: at}",
                    "",
                    """
                    - {name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true}
                    - {name: at, logicalType: timestamp, physicalType: timestamptz}
                    - {name: city, logicalType: string, customProperties: [{property: sourceField, value: place.city}]}
                    - {name: tags, logicalType: array, physicalType: list<string>, items: {logicalType: string}}
                    """));
    REGISTRY.register(
        "Place",
        "{\"type\":\"record\",\"name\":\"Place\",\"fields\":[{\"name\":\"city\",\"type\":\"string\"}]}");
    String fields =
        "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},"
            + "{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":\"place\",\"type\":[\"null\",%s]}";
    int id =
        REGISTRY.registerReferring(
            topic + "-value", record("Event", fields.formatted("\"Place\"")), "Place");
    String whole =
        record(
            "Event",
            fields.formatted(
                "{\"type\":\"record\",\"name\":\"Place\",\"fields\":[{\"name\":\"city\",\"type\":\"string\"}]}"));
    Map<String, Object> event =
        Map.of("id", "a", "at", 1L, "tags", List.of("x", "y"), "place", Map.of("city", "Oslo"));
    send(topic, null, AvroMessages.framed(id, AvroMessages.encode(whole, event)));
    flush();

    project.run().done();

    assertThat(
        rows(project, "silver.events", "id", "at", "city", "tags"),
        is(List.of("a 1970-01-01T00:00:00.000001Z Oslo [x, y]")));
  }

  /** Sends a change with a row after it. */
  private void change(String topic, String schema, String operation, Map<String, Object> after) {
    send(
        topic,
        key(((Number) after.get("id")).intValue()),
        messages.of(topic + "-value", schema, envelopeOf(operation, after)));
  }

  private Map<String, Object> envelopeOf(String operation, @Nullable Map<String, Object> after) {
    lsn++;
    Map<String, Object> envelope = new HashMap<>();
    envelope.put("after", after);
    envelope.put(
        "source", Map.of("schema", "public", "table", "items", "ts_ms", 1_000 * lsn, "lsn", lsn));
    envelope.put("op", operation);
    return envelope;
  }

  private byte[] key(int id) {
    return messages.of("items-key", record("Key", ID), Map.of("id", id));
  }

  private void send(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    unsent.add(new ProducerRecord<>(topic, 0, key, value));
  }

  private void flush() {
    KAFKA.topics().send(unsent);
    unsent.clear();
  }

  private static String envelope(String fields) {
    return record(
        "Envelope",
        "{\"name\":\"before\",\"type\":[\"null\","
            + record("Value", fields)
            + "],\"default\":null},{\"name\":\"after\",\"type\":[\"null\",\"Value\"],\"default\":null},"
            + "{\"name\":\"source\",\"type\":"
            + record(
                "Source",
                "{\"name\":\"ts_ms\",\"type\":\"long\"},{\"name\":\"schema\",\"type\":\"string\"},"
                    + "{\"name\":\"table\",\"type\":\"string\"},{\"name\":\"lsn\",\"type\":[\"null\",\"long\"]}")
            + "},{\"name\":\"op\",\"type\":\"string\"},{\"name\":\"ts_ms\",\"type\":[\"null\",\"long\"],\"default\":null}");
  }

  private static String record(String name, String fields) {
    return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[" + fields + "]}";
  }

  private static ByteBuffer cents(long cents) {
    return ByteBuffer.wrap(BigDecimal.valueOf(cents, 2).unscaledValue().toByteArray());
  }

  private static List<String> rows(TestProject project, String table, String... columns) {
    List<String> shown = new ArrayList<>();
    for (Map<String, Object> row : project.rows(table, columns)) {
      List<String> values = new ArrayList<>();
      for (String column : columns) {
        values.add(String.valueOf(row.get(column)));
      }
      shown.add(String.join(" ", values));
    }
    return shown.stream().sorted().toList();
  }
}
