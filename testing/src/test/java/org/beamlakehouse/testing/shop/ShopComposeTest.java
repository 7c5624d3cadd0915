package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.beamlakehouse.pipelines.internal.contract.Contract;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * The containers of the live shop, their connector and the project agree on names, ports and
 * topics. That the containers run is not shown: it takes Docker and their images.
 */
class ShopComposeTest {
  private static final Path FOLDER = ShopFiles.sample().resolve("streaming");

  private static Map<String, Map<String, Object>> services;
  private static Map<String, String> connector;
  private static Project project;

  @BeforeAll
  static void read() throws IOException {
    Map<String, Map<String, Map<String, Object>>> compose =
        new Yaml().load(Files.readString(FOLDER.resolve("docker-compose.yml")));
    services = compose.get("services");
    connector =
        new ObjectMapper()
            .readValue(
                FOLDER.resolve("connector.json").toFile(),
                new TypeReference<Map<String, String>>() {});
    project = Project.load(FOLDER, Map.of());
  }

  @Test
  void imagesArePinned() {
    for (Map<String, Object> service : services.values()) {
      assertThat(service.get("image").toString(), matchesPattern("[a-z./]+:\\d+\\.\\d+.*"));
    }
  }

  @Test
  void servicesDependOnEachOtherByTheirNames() {
    for (Map<String, Object> service : services.values()) {
      Object needed = service.getOrDefault("depends_on", List.of());
      Collection<?> names =
          needed instanceof Map<?, ?> conditions ? conditions.keySet() : (List<?>) needed;
      assertThat(names.toString(), services.keySet().containsAll(names));
    }
  }

  @Test
  void theProjectReadsTheBrokerThatIsOpenToThisMachine() {
    Map<String, String> kafka = environment("kafka");
    String host = listener(kafka.get("KAFKA_ADVERTISED_LISTENERS"), "PLAINTEXT_HOST");
    for (SourceSettings source : project.sources().values()) {
      assertThat(source.bootstrapServers(), is(host));
    }
    String port = host.substring(host.indexOf(':') + 1);
    assertThat(listener(kafka.get("KAFKA_LISTENERS"), "PLAINTEXT_HOST"), is(":" + port));
    assertThat(list("kafka", "ports"), hasItem("127.0.0.1:" + port + ":" + port));
  }

  @Test
  void containersFindTheBrokerByItsName() {
    Map<String, String> kafka = environment("kafka");
    String inner = listener(kafka.get("KAFKA_ADVERTISED_LISTENERS"), "PLAINTEXT");
    assertThat(inner.replaceAll(":.*", ""), is(in(services.keySet())));
    assertThat(
        listener(kafka.get("KAFKA_LISTENERS"), "PLAINTEXT"), is(inner.replaceAll(".*:", ":")));
    assertThat(environment("connect").get("BOOTSTRAP_SERVERS"), is(inner));
    String voters = kafka.get("KAFKA_CONTROLLER_QUORUM_VOTERS");
    String controller = listener(kafka.get("KAFKA_LISTENERS"), "CONTROLLER");
    assertThat(voters, is(kafka.get("KAFKA_NODE_ID") + "@kafka" + controller));
  }

  @Test
  void theConnectorIsRegisteredWhereConnectListens() {
    assertThat(
        list("connector", "command"),
        hasItems("@/connector.json", "http://connect:8083/connectors/shop/config"));
    assertThat(list("connector", "volumes"), hasItem("./connector.json:/connector.json:ro"));
    assertThat(services, hasKey("connect"));
  }

  @Test
  void theConnectorFindsTheDatabase() {
    Map<String, String> postgres = environment("postgres");
    assertThat(connector.get("database.hostname"), is(in(services.keySet())));
    assertThat(connector.get("database.dbname"), is(postgres.get("POSTGRES_DB")));
    assertThat(connector.get("database.user"), is(postgres.get("POSTGRES_USER")));
    assertThat(connector.get("database.password"), is(postgres.get("POSTGRES_PASSWORD")));
    assertThat(list("postgres", "command"), hasItem("wal_level=logical"));
    assertThat(list("postgres", "volumes"), hasItem("./database:/docker-entrypoint-initdb.d:ro"));
  }

  @Test
  void theApplicationWritesToTheDatabase() throws IOException {
    assertThat(
        list("application", "command"),
        hasItems(
            "--host=" + connector.get("database.hostname"),
            "--dbname=" + connector.get("database.dbname"),
            "--username=" + connector.get("database.user"),
            "--command=CALL activity(3600)"));
    assertThat(
        environment("application").get("PGPASSWORD"), is(connector.get("database.password")));
    assertThat(
        Files.readString(FOLDER.resolve("database/2-activity.sql")).lines().toList(),
        hasItem(matchesPattern("CREATE PROCEDURE activity\\(seconds numeric\\).*")));
  }

  @Test
  void eachContractIsFedByATopicOfTheConnector() {
    List<String> tables = List.of(connector.get("table.include.list").split(","));
    SourceSettings changes = project.sources().get("shop_cdc");
    SourceSettings events = project.sources().get("shop_events");
    for (Contract contract : project.contracts()) {
      String table = contract.table().sourceTable();
      if (contract.table().source().equals(changes.name())) {
        assertThat(tables, hasItem(table));
        String topic = connector.get("topic.prefix") + "." + table;
        assertThat(topic, matchesPattern(changes.topicPattern()));
      } else {
        assertThat(contract.table().source(), is(events.name()));
        assertThat(table, matchesPattern(events.topicPattern()));
      }
    }
    String outbox = connector.get("topic.prefix") + ".public.outbox";
    assertThat(outbox, matchesPattern(connector.get("predicates.isOutbox.pattern")));
    assertThat(tables, hasItem("public.outbox"));
  }

  /** The address of a listener in a list of {@code NAME://address}. */
  private static String listener(String listeners, String name) {
    return Stream.of(listeners.split(","))
        .filter(listener -> listener.startsWith(name + "://"))
        .map(listener -> listener.substring(name.length() + 3))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> environment(String service) {
    Map<String, String> all = new TreeMap<>();
    ((Map<?, ?>) services.get(service).get("environment"))
        .forEach((key, value) -> all.put(key.toString(), value.toString()));
    return all;
  }

  private static List<String> list(String service, String key) {
    return ((List<?>) services.get(service).get(key)).stream().map(Object::toString).toList();
  }
}
