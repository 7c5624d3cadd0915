package org.beamlakehouse.testing.servers;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What is written to PostgreSQL comes to Kafka in the order of its commits, also when any of the
 * three servers is killed on the way.
 */
class DebeziumConnectorIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Order(1)
  @RegisterExtension
  static final KafkaBroker KAFKA = KafkaBroker.create();

  @Order(2)
  @RegisterExtension
  static final PostgresServer POSTGRES = PostgresServer.create();

  @Order(3)
  @RegisterExtension
  static final DebeziumConnector DEBEZIUM = DebeziumConnector.between(POSTGRES, KAFKA, "shop");

  @Test
  void writesEachKindOfChange() {
    POSTGRES.execute(
        "CREATE TABLE customers (id int PRIMARY KEY, name text, note text)",
        // Out of line, and not compressed to where it would fit again.
        "ALTER TABLE customers ALTER COLUMN note SET STORAGE EXTERNAL");
    POSTGRES.execute("INSERT INTO customers VALUES (1, 'Ann', repeat('x', 9000))");
    POSTGRES.execute("UPDATE customers SET name = 'Anna'");
    POSTGRES.execute("UPDATE customers SET id = 2, note = 'short'");
    POSTGRES.execute("DELETE FROM customers");
    POSTGRES.execute("TRUNCATE customers");
    POSTGRES.execute("ALTER TABLE customers ADD COLUMN city text");
    POSTGRES.execute("INSERT INTO customers VALUES (3, 'Bea', 'last', 'Bern')");

    List<ConsumerRecord<byte[], byte[]>> records = awaitLast("customers", "\"note\":\"last\"");

    assertThat(
        records.stream().map(DebeziumConnectorIT::brief).toList(),
        contains(
            "1 c {\"id\":1,\"name\":\"Ann\",\"note\":\"" + "x".repeat(9000) + "\"}",
            "1 u {\"id\":1,\"name\":\"Anna\",\"note\":\"__debezium_unavailable_value\"}",
            "1 d null",
            "1 tombstone",
            "2 c {\"id\":2,\"name\":\"Anna\",\"note\":\"short\"}",
            "2 d null",
            "2 tombstone",
            "null t null",
            "3 c {\"id\":3,\"name\":\"Bea\",\"note\":\"last\",\"city\":\"Bern\"}"));
  }

  @Test
  void losesNothingWhereServersAreKilled() {
    POSTGRES.execute("CREATE TABLE counted (id serial PRIMARY KEY, note text)");
    count(100);
    DEBEZIUM.kill();
    count(100);
    DEBEZIUM.restart();
    count(100);
    KAFKA.kill();
    count(100);
    KAFKA.restart();
    count(100);
    POSTGRES.kill();
    POSTGRES.restart();
    count(100);
    POSTGRES.execute("INSERT INTO counted (id, note) VALUES (10000, 'last')");

    List<Integer> seen =
        awaitLast("counted", "\"note\":\"last\"").stream()
            .map(record -> json(record.value()).get("after").get("id").asInt())
            .distinct()
            .toList();

    List<Integer> written =
        POSTGRES.rows("SELECT id FROM counted ORDER BY id").stream().map(Integer::valueOf).toList();
    assertThat(written.size(), is(601));
    // The connector repeats a stretch after a kill; what comes first is in order.
    assertThat(seen, is(written));
  }

  @Test
  void tellsSchemasAndBeginsWithWhatIsThere() {
    POSTGRES.execute(
        "CREATE TABLE prices (id int PRIMARY KEY, price numeric(9, 2))",
        "INSERT INTO prices VALUES (1, 2.50)");

    try (DebeziumConnector typed =
        DebeziumConnector.between(POSTGRES, KAFKA, "typed")
            .withSchemas()
            .withProperty("table.include.list", "public.prices")
            .withProperty("decimal.handling.mode", "string")) {
      typed.start();

      JsonNode value =
          json(KAFKA.topics().await(typed.topic("public", "prices"), "2.50").get(0).value());
      assertThat(value.at("/schema/name").asText(), is("typed.public.prices.Envelope"));
      assertThat(value.at("/payload/op").asText(), is("r"));
      assertThat(value.at("/payload/after/price").asText(), is("2.50"));
    }
  }

  /** The registry's part is played: that of a real one is to take schemas and to give ids. */
  @Test
  void writesAvroWithTheRegistrysIds() throws IOException {
    POSTGRES.execute("CREATE TABLE cities (id int PRIMARY KEY)", "INSERT INTO cities VALUES (7)");
    List<String> registered = new CopyOnWriteArrayList<>();
    HttpServer registry = HttpServer.create(new InetSocketAddress(Ports.LOOPBACK, 0), 0);
    registry.createContext(
        "/apis/registry/v2/groups/default/artifacts",
        exchange -> {
          registered.add(exchange.getRequestHeaders().getFirst("X-Registry-ArtifactId"));
          int id = registered.size();
          byte[] answer =
              "{\"id\":\"s\",\"version\":\"1\",\"type\":\"AVRO\",\"globalId\":9%1$d,\"contentId\":%1$d}"
                  .formatted(id)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    registry.start();
    try (DebeziumConnector avro =
        DebeziumConnector.between(POSTGRES, KAFKA, "avro")
            .withAvro(() -> "http://127.0.0.1:" + registry.getAddress().getPort() + "/apis/any")
            .withProperty("table.include.list", "public.cities")) {
      avro.start();

      String topic = avro.topic("public", "cities");
      ConsumerRecord<byte[], byte[]> record = KAFKA.topics().await(topic, "postgresql").get(0);
      assertThat(registered, contains(topic + "-key", topic + "-value"));
      // A zero, the schema's id, and the key 7 as Avro writes it.
      assertThat(HexFormat.of().formatHex(record.key()), is("00" + "00000001" + "0e"));
      assertThat(HexFormat.of().formatHex(record.value(), 0, 5), is("00" + "00000002"));
    } finally {
      registry.stop(0);
    }
  }

  @Test
  void tellsWhyItCannotStart() {
    try (DebeziumConnector wrong =
        DebeziumConnector.between(POSTGRES, KAFKA, "wrong")
            .withProperty("publication.autocreate.mode", "disabled")) {
      Throwable failure = assertThrows(IllegalStateException.class, wrong::start);
      assertThat(failure.getMessage(), containsString("Publication autocreation is disabled"));
    }
  }

  private static void count(int rows) {
    POSTGRES.execute(
        IntStream.range(0, rows)
            .mapToObj(i -> "INSERT INTO counted (note) VALUES ('some')")
            .toArray(String[]::new));
  }

  private static List<ConsumerRecord<byte[], byte[]>> awaitLast(String table, String last) {
    return KAFKA.topics().await(DEBEZIUM.topic("public", table), last);
  }

  private static String brief(ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "null" : json(record.key()).get("id").toString();
    if (record.value() == null) {
      return key + " tombstone";
    }
    JsonNode value = json(record.value());
    return key + " " + value.get("op").asText() + " " + value.get("after");
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
