package org.beamlakehouse.io.internal.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.TopicOffsets;
import org.beamlakehouse.io.kafka.TopicOffsets.Partition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the topics of a source and the offsets that they hold now, with one connection for any
 * number of questions. It connects again by itself; nothing is opened before the first question.
 * Not thread-safe.
 */
public final class TopicListing implements AutoCloseable {
  private final KafkaSource source;
  private final Duration patience;
  private @Nullable Admin admin;

  /** For somebody who asks again where the cluster, or its name, is not there. */
  public TopicListing(KafkaSource source) {
    this(source, Duration.ZERO);
  }

  private TopicListing(KafkaSource source, Duration patience) {
    this.source = source;
    this.patience = patience;
  }

  /** The topics by name, asked for once; see {@link #topics}. */
  public static Map<String, TopicOffsets> of(KafkaSource source) {
    try (TopicListing listing = new TopicListing(source, KafkaClients.patience(source))) {
      return listing.topics();
    }
  }

  /**
   * The topics by name, as they are now. With a pattern there may be none.
   *
   * @throws IllegalArgumentException where the cluster lacks a topic that the source names, or a
   *     property is wrong
   * @throws SourceUnavailableException where the cluster does not answer within {@code
   *     default.api.timeout.ms}, or no host of it can be resolved
   * @throws IllegalStateException where it refuses to
   */
  public Map<String, TopicOffsets> topics() {
    try {
      if (admin == null) {
        admin =
            KafkaClients.open(source, patience, () -> Admin.create(ConsumerSettings.admin(source)));
      }
      return list(admin);
    } catch (ExecutionException e) {
      throw KafkaFailures.of(source, "", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot read the source " + source.name() + ": the run was interrupted", e);
    } catch (RuntimeException e) {
      throw KafkaFailures.of(source, "", e);
    }
  }

  private Map<String, TopicOffsets> list(Admin admin)
      throws ExecutionException, InterruptedException {
    Collection<String> names = source.topics();
    if (source.topicPattern() != null) {
      names = new TreeSet<>(admin.listTopics().names().get());
      names.removeIf(name -> !source.reads(name));
    }
    List<TopicDescription> topics = new ArrayList<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(names).topicNameValues().entrySet()) {
      try {
        topics.add(topic.getValue().get());
      } catch (ExecutionException e) {
        // A topic that matched the pattern may be gone by now.
        if (source.topicPattern() == null
            || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw KafkaFailures.of(source, topic.getKey(), e.getCause());
        }
      }
    }
    // The last offsets are asked for first: what is deleted meanwhile is then found missing.
    Map<TopicPartition, Long> readable =
        offsets(admin, topics, OffsetSpec.latest(), ConsumerSettings.isolation(source));
    Map<TopicPartition, Long> end =
        offsets(admin, topics, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, Long> begin =
        offsets(admin, topics, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
    Map<String, TopicOffsets> listed = new TreeMap<>();
    for (TopicDescription topic : topics) {
      List<Partition> partitions = new ArrayList<>();
      for (TopicPartition partition : partitions(topic)) {
        partitions.add(
            new Partition(begin.get(partition), readable.get(partition), end.get(partition)));
      }
      Uuid id = topic.topicId();
      listed.put(
          topic.name(),
          new TopicOffsets(
              topic.name(),
              id == null || id.equals(Uuid.ZERO_UUID) ? null : id.toString(),
              partitions));
    }
    return listed;
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicDescription> topics, OffsetSpec wanted, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> request = new HashMap<>();
    topics.forEach(topic -> partitions(topic).forEach(p -> request.put(p, wanted)));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found :
        admin.listOffsets(request, new ListOffsetsOptions(isolation)).all().get().entrySet()) {
      offsets.put(found.getKey(), found.getValue().offset());
    }
    return offsets;
  }

  private static List<TopicPartition> partitions(TopicDescription topic) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < topic.partitions().size(); i++) {
      partitions.add(new TopicPartition(topic.name(), i));
    }
    return partitions;
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }
}
