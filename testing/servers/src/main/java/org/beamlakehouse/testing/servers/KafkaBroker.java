package org.beamlakehouse.testing.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Kafka 3.9: one broker that is its own controller (KRaft). It keeps all records whatever their
 * timestamps say, until they are deleted by {@link KafkaTopics#deleteRecordsBefore}; what clients
 * were acknowledged survives {@link #kill}. Groups and transactions work.
 *
 * <p>{@link #topics} needs {@code kafka-clients} on the class path of the tests; the broker itself
 * does not. Not safe for use by several threads.
 */
public final class KafkaBroker extends RestartableServer {
  private static final String NAME = "kafka";

  private final Map<String, String> properties;
  private int port;
  private KafkaTopics topics;

  private KafkaBroker(Map<String, String> properties) {
    super("Kafka");
    this.properties = properties;
  }

  /** A broker to be started. */
  public static KafkaBroker create() {
    return new KafkaBroker(Map.of());
  }

  /** The same broker with one of Kafka's broker properties. */
  public KafkaBroker withProperty(String key, String value) {
    Map<String, String> all = new TreeMap<>(properties);
    all.put(key, value);
    return new KafkaBroker(all);
  }

  @Override
  void prepare() {
    port = Ports.free();
    Folders.writeProperties(folder().resolve("server.properties"), settings(Ports.free()));
  }

  private Map<String, String> settings(int controllerPort) {
    Map<String, String> all = new TreeMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.quorum.voters", "1@" + Ports.LOOPBACK + ":" + controllerPort);
    all.put("controller.listener.names", "CONTROLLER");
    all.put(
        "listeners",
        "PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d"
            .formatted(Ports.LOOPBACK, port, controllerPort));
    all.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers());
    all.put("log.dirs", folder().resolve("data").toString());
    all.put("log.retention.ms", "-1");
    all.put("log.cleaner.dedupe.buffer.size", "2097152");
    all.put("num.partitions", "1");
    all.put("offsets.topic.num.partitions", "1");
    all.put("offsets.topic.replication.factor", "1");
    all.put("transaction.state.log.num.partitions", "1");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.put("group.initial.rebalance.delay.ms", "0");
    // A restarted broker is let in when the session of the killed one is over; one that is only
    // slow, as on a busy machine, must not lose its own.
    all.put("broker.session.timeout.ms", "8000");
    all.put("broker.heartbeat.interval.ms", "200");
    all.putAll(properties);
    return all;
  }

  @Override
  ServerProcess launch() {
    return process(
        NAME,
        folder(),
        KafkaMain.class.getName(),
        folder().resolve("server.properties").toString());
  }

  /** Starts a class on Kafka's class path, which has Kafka Connect and Debezium as well. */
  static ServerProcess process(String name, Path folder, String... mainAndArguments) {
    return ServerProcess.java(
        name,
        folder,
        ClassPaths.of(NAME),
        List.of("-Xmx320m", "-XX:+UseSerialGC", "-Dlog4j.configuration=servers-log4j.properties"),
        List.of(mainAndArguments));
  }

  @Override
  boolean answers() {
    return Ports.answers(port);
  }

  /** Where clients find the broker: {@code host:port}, the same after a restart. */
  public String bootstrapServers() {
    return Ports.LOOPBACK + ":" + port;
  }

  /** Topics and records of the broker; stays usable over restarts. */
  public KafkaTopics topics() {
    if (topics == null) {
      topics = new KafkaTopics(bootstrapServers());
    }
    return topics;
  }

  @Override
  public void close() {
    if (topics != null) {
      topics.close();
      topics = null;
    }
    super.close();
  }
}
