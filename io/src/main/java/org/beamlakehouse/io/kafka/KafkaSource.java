package org.beamlakehouse.io.kafka;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Topics of a Kafka cluster, and how to reach it.
 *
 * @param name of the source in the project
 * @param bootstrapServers {@code host:port,…}
 * @param topics to read; empty where there is a pattern
 * @param topicPattern regular expression that the whole name of a topic matches; null for none.
 *     Kafka's internal topics are never read
 * @param properties of Kafka's consumer, over {@code ConsumerSettings}' own; may hold secrets
 */
public record KafkaSource(
    String name,
    String bootstrapServers,
    List<String> topics,
    @Nullable String topicPattern,
    Map<String, String> properties)
    implements Serializable {
  public KafkaSource {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(bootstrapServers, "bootstrapServers");
    topics = List.copyOf(topics);
    properties = Map.copyOf(properties);
    if (topics.isEmpty() == (topicPattern == null)) {
      throw new IllegalArgumentException(
          "Cannot read the source " + name + ": it needs either topics or a pattern");
    }
  }

  /** True where the source reads a topic of that name. */
  public boolean reads(String topic) {
    return topicPattern == null
        ? topics.contains(topic)
        : Pattern.compile(topicPattern).matcher(topic).matches();
  }

  /** The name only: the rest may hold secrets. */
  @Override
  public String toString() {
    return "Kafka source " + name;
  }
}
