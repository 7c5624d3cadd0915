package org.beamlakehouse.io.internal.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.beamlakehouse.io.kafka.KafkaSource;

/** The properties of our Kafka clients: the user's, and what reading exact offsets needs. */
public final class ConsumerSettings {
  private static final String SERVERS = ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG;
  private static final String RESET = ConsumerConfig.AUTO_OFFSET_RESET_CONFIG;

  /** What the user may not set, and where it is decided instead. */
  private static final Map<String, String> OWN =
      Map.of(
          SERVERS,
          "is written as bootstrapServers of the source",
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          "cannot be set: bronze keeps bytes",
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          "cannot be set: bronze keeps bytes",
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          "cannot be set: progress is kept in the bronze table");

  private static final Set<String> RESETS = Set.of("earliest", "latest");

  private ConsumerSettings() {}

  /**
   * What is wrong with a user's properties, by name of the property; no values are told. Nothing is
   * connected to.
   */
  public static Map<String, String> problems(Map<String, String> properties) {
    Map<String, String> problems = new TreeMap<>();
    for (String name : properties.keySet()) {
      if (OWN.containsKey(name)) {
        problems.put(name, OWN.get(name));
      }
    }
    String reset = properties.get(RESET);
    if (reset != null && !RESETS.contains(reset)) {
      problems.put(RESET, "must be earliest or latest: where the first run begins");
    }
    Map<String, Object> known = new HashMap<>(defaults());
    known.put(SERVERS, "localhost:9092");
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (!problems.containsKey(property.getKey())) {
        Map<String, Object> one = new HashMap<>(known);
        one.put(property.getKey(), property.getValue());
        try {
          new ConsumerConfig(one);
        } catch (ConfigException e) {
          problems.put(property.getKey(), "is not valid" + reason(e));
        }
      }
    }
    return problems;
  }

  /** The part of Kafka's message behind the value. */
  static String reason(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    int name = message.lastIndexOf(" for configuration ");
    int colon = name < 0 ? -1 : message.indexOf(": ", name);
    return colon < 0 ? "" : ": " + message.substring(colon + 2);
  }

  /** Names of the properties that Kafka's clients know themselves, for hints. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(ConsumerConfig.configNames());
    names.removeAll(OWN.keySet());
    return names;
  }

  /** True where one of Kafka's clients knows a property. */
  public static boolean knows(String property) {
    return ConsumerConfig.configNames().contains(property)
        || AdminClientConfig.configNames().contains(property);
  }

  /** True where a source that was never read begins with what comes from now on. */
  public static boolean beginsAtEnd(KafkaSource source) {
    return "latest".equals(source.properties().get(RESET));
  }

  /** Properties of a consumer that fails, rather than jumps, where an offset is gone. */
  public static Map<String, Object> consumer(KafkaSource source) {
    Map<String, Object> all = new HashMap<>(defaults());
    all.putAll(source.properties());
    all.put(SERVERS, source.bootstrapServers());
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    all.put(RESET, "none");
    return all;
  }

  /** Properties of the client that looks for topics and offsets. */
  static Map<String, Object> admin(KafkaSource source) {
    Map<String, Object> all = new HashMap<>(source.properties());
    all.keySet().retainAll(adminNames(source));
    all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, source.bootstrapServers());
    return all;
  }

  /** What only a consumer knows is left out; what neither knows may be for a plug-in. */
  private static Set<String> adminNames(KafkaSource source) {
    Set<String> names = new HashSet<>(source.properties().keySet());
    names.removeAll(ConsumerConfig.configNames());
    names.addAll(AdminClientConfig.configNames());
    return names;
  }

  static IsolationLevel isolation(KafkaSource source) {
    String level =
        source
            .properties()
            .getOrDefault(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                (String) defaults().get(ConsumerConfig.ISOLATION_LEVEL_CONFIG));
    return IsolationLevel.valueOf(level.toUpperCase(Locale.ROOT));
  }

  /** How long to wait for an answer, in milliseconds. */
  static int patienceMillis(KafkaSource source) {
    return new ConsumerConfig(consumer(source))
        .getInt(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
  }

  private static Map<String, Object> defaults() {
    return Map.of(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
        ByteArrayDeserializer.class.getName(),
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
        ByteArrayDeserializer.class.getName(),
        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
        IsolationLevel.READ_COMMITTED.toString(),
        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
        "false",
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
        "5000",
        // One partition is read at a time and its end is known: more would be fetched in vain.
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
        Integer.toString(4 << 20),
        // The system's own size suits fast networks better than Kafka's 64 KB.
        ConsumerConfig.RECEIVE_BUFFER_CONFIG,
        "-1");
  }
}
