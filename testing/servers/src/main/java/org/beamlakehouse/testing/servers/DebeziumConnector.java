package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Debezium's PostgreSQL connector in a standalone worker of Kafka Connect: reads the changes of all
 * tables by {@code pgoutput} and writes them to topics named {@code <prefix>.<schema>.<table>}, as
 * JSON without schemas. Both servers must run when it starts or restarts. While it runs it waits
 * for one that is away.
 *
 * <p>Debezium's defaults hold, with one exception: truncates are written as well ({@code
 * skipped.operations=none}). So it begins with a snapshot of what is there, and creates the slot
 * and the publication, which are named by the prefix, unless they exist. It follows the changes
 * when {@link #start} or {@link #restart} returns, its snapshot being done. After {@link #kill} it
 * writes again what it had not noted as written: nothing is missing, some may be there twice. Not
 * safe for use by several threads.
 */
public final class DebeziumConnector extends RestartableServer {
  private static final String NAME = "debezium";

  // By its name: the class itself needs Kafka Connect, which tests do not have.
  private static final String MAIN = DebeziumConnector.class.getPackageName() + ".ConnectMain";

  private final PostgresServer source;
  private final KafkaBroker target;
  private final String prefix;
  private final Map<String, Supplier<String>> properties;
  private int port;

  private DebeziumConnector(
      PostgresServer source,
      KafkaBroker target,
      String prefix,
      Map<String, Supplier<String>> properties) {
    super("Debezium");
    this.source = source;
    this.target = target;
    this.prefix = prefix;
    this.properties = properties;
  }

  /**
   * A connector to be started.
   *
   * @param prefix what the names of topics begin with; letters, digits and underscores
   */
  public static DebeziumConnector between(
      PostgresServer source, KafkaBroker target, String prefix) {
    return new DebeziumConnector(source, target, prefix, Map.of());
  }

  /**
   * The same connector with one of Debezium's or Kafka Connect's properties of connectors, such as
   * {@code snapshot.mode} or {@code value.converter}.
   */
  public DebeziumConnector withProperty(String key, String value) {
    return withProperty(key, () -> value);
  }

  /** The same connector with a property whose value is asked for when it starts. */
  public DebeziumConnector withProperty(String key, Supplier<String> value) {
    Map<String, Supplier<String>> all = new TreeMap<>(properties);
    all.put(key, value);
    return new DebeziumConnector(source, target, prefix, all);
  }

  /** The same connector, whose JSON has an envelope {@code schema} and {@code payload}. */
  public DebeziumConnector withSchemas() {
    return withProperty("key.converter.schemas.enable", "true")
        .withProperty("value.converter.schemas.enable", "true");
  }

  /**
   * The same connector, which writes keys and values in Avro, in Confluent's wire format, and their
   * schemas to an Apicurio registry (tried with 3.0), with subjects {@code <topic>-key} and {@code
   * <topic>-value}.
   *
   * @param registry address of the registry or of one of its interfaces, asked for when the
   *     connector starts
   */
  public DebeziumConnector withAvro(Supplier<String> registry) {
    DebeziumConnector connector = this;
    for (String converter : List.of("key.converter", "value.converter")) {
      String settings = converter + ".apicurio.registry.";
      connector =
          connector
              .withProperty(converter, "io.apicurio.registry.utils.converter.AvroConverter")
              .withProperty(
                  settings + "url",
                  () -> registry.get().replaceFirst("/apis/.*", "") + "/apis/registry/v2")
              .withProperty(settings + "auto-register", "true")
              // Confluent's format has the id before the record, in four bytes.
              .withProperty(settings + "as-confluent", "true")
              .withProperty(settings + "headers.enabled", "false")
              .withProperty(settings + "use-id", "contentId");
    }
    return connector;
  }

  @Override
  void prepare() {
    port = Ports.free();
    Folders.writeProperties(folder().resolve("worker.properties"), worker());
    Folders.writeProperties(folder().resolve("connector.properties"), connector());
  }

  private Map<String, String> worker() {
    Map<String, String> all = new TreeMap<>();
    all.put("bootstrap.servers", target.bootstrapServers());
    all.put("listeners", "http://" + Ports.LOOPBACK + ":" + port);
    all.put("plugin.discovery", "service_load");
    all.put("offset.storage.file.filename", folder().resolve("offsets").toString());
    all.put("offset.flush.interval.ms", "500");
    all.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    all.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    return all;
  }

  private Map<String, String> connector() {
    Map<String, String> all = new TreeMap<>();
    all.put("name", prefix);
    all.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    all.put("database.hostname", source.host());
    all.put("database.port", Integer.toString(source.port()));
    all.put("database.user", source.user());
    all.put("database.dbname", "postgres");
    all.put("topic.prefix", prefix);
    all.put("plugin.name", "pgoutput");
    all.put("slot.name", prefix);
    all.put("publication.name", prefix);
    all.put("skipped.operations", "none");
    all.put("poll.interval.ms", "50");
    all.put("retriable.restart.connector.wait.ms", "500");
    // Converters named here are configured by these properties alone.
    all.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    all.put("key.converter.schemas.enable", "false");
    all.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    all.put("value.converter.schemas.enable", "false");
    properties.forEach((key, value) -> all.put(key, value.get()));
    return all;
  }

  @Override
  ServerProcess launch() {
    return KafkaBroker.process(
        NAME,
        folder(),
        MAIN,
        folder().resolve("worker.properties").toString(),
        folder().resolve("connector.properties").toString());
  }

  @Override
  boolean answers() {
    String status = status();
    if (status.contains("\"FAILED\"")) {
      throw new IllegalStateException("Cannot start Debezium: Kafka Connect says " + status);
    }
    String slot = connector().get("slot.name");
    // The slot alone is active while the snapshot goes on.
    return source
        .rows(
            "SELECT state FROM pg_stat_replication JOIN pg_replication_slots ON pid = active_pid"
                + " WHERE slot_name = '"
                + slot
                + "'")
        .contains("streaming");
  }

  /** The connector's state as Kafka Connect tells it; empty while it does not answer. */
  private String status() {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://" + Ports.LOOPBACK + ":" + port + "/connectors/" + prefix + "/status"))
            .build();
    try {
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot ask Kafka Connect: interrupted", e);
    }
  }

  /** The topic that changes of a table are written to. */
  public String topic(String schema, String table) {
    return prefix + "." + schema + "." + table;
  }
}
