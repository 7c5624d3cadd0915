package org.beamlakehouse.io.bronze.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.kafka.ConsumerSettings;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.io.kafka.TopicOffsets;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which offsets a run takes into a bronze table: those between the table's progress and what Kafka
 * had when the plan was made.
 */
public final class OffsetPlan implements Serializable {
  private final TopicProgress base;
  private final boolean marksBeginning;
  private final Map<String, String> ids;
  private final List<OffsetRange> ranges;
  private final List<String> gone;
  private final long lost;
  private final List<String> messages;

  /**
   * A plan.
   *
   * @param base the table's progress that it was made on
   * @param marksBeginning whether it is to be remembered that the source was looked at, though it
   *     has no topic yet: what comes later is read from its beginning then
   * @param ids of the topics that are read, where Kafka told one
   * @param ranges one per partition of each topic, be it empty; where one does not begin at the
   *     partition's progress, what lies between is given up
   * @param gone topics to be forgotten, which Kafka no longer has
   * @param lost how many offsets are given up, where that is known
   * @param messages what a person should know
   */
  public OffsetPlan(
      TopicProgress base,
      boolean marksBeginning,
      Map<String, String> ids,
      List<OffsetRange> ranges,
      List<String> gone,
      long lost,
      List<String> messages) {
    this.base = base;
    this.marksBeginning = marksBeginning;
    this.ids = new LinkedHashMap<>(ids);
    this.ranges = List.copyOf(ranges);
    this.gone = List.copyOf(gone);
    this.lost = lost;
    this.messages = List.copyOf(messages);
  }

  /**
   * Compares what the topics of a source hold with the progress of a table, which need not exist.
   * Changes nothing.
   *
   * <p>Other runs may write to the table meanwhile. The progress is read before the topics are
   * asked for, so that it is never ahead of what they tell; and offsets are missing only where no
   * other run has taken them in before they were deleted.
   *
   * @param topics asks for the topics of the source, by name
   * @throws IllegalStateException where Kafka no longer has offsets that the table has not taken in
   *     and that is not to be passed over
   */
  public static OffsetPlan of(
      CatalogConfig catalog,
      String table,
      KafkaSource source,
      Supplier<Map<String, TopicOffsets>> topics,
      MissingOffsets missing) {
    TopicProgress progress = progress(catalog, table);
    while (true) {
      try {
        return new OffsetPlanner(table, source, ConsumerSettings.beginsAtEnd(source), missing)
            .plan(progress, topics.get());
      } catch (MissingOffsetsException e) {
        TopicProgress now = progress(catalog, table);
        if (now.equals(progress)) {
          throw e;
        }
        progress = now;
      }
    }
  }

  private static TopicProgress progress(CatalogConfig catalog, String table) {
    return Catalogs.find(catalog, table).map(TopicProgress::of).orElseGet(TopicProgress::none);
  }

  /** True where a run would take in records, or note that there are none. */
  public boolean hasNews() {
    return !target().equals(base);
  }

  /** True where a table has taken in all that the plan is about. */
  public boolean isTakenInBy(CatalogConfig catalog, String table) {
    TopicProgress progress = progress(catalog, table);
    return (!marksBeginning || progress.begun())
        && ranges.stream().allMatch(range -> isTakenIn(range, progress.topic(range.topic())));
  }

  private static boolean isTakenIn(OffsetRange range, TopicProgress.@Nullable Topic progress) {
    return progress != null && progress.next(range.partition()) >= range.to();
  }

  /**
   * The beginning of this plan: of each partition its share of so many offsets, at least one where
   * there are any. What is left comes with the next plan.
   */
  public OffsetPlan atMost(long offsets) {
    long all = offsets();
    if (all <= offsets) {
      return this;
    }
    List<OffsetRange> shares = new ArrayList<>();
    for (OffsetRange range : ranges) {
      long share = (long) Math.ceil((double) range.length() / all * offsets);
      shares.add(
          new OffsetRange(range.topic(), range.partition(), range.from(), range.from() + share));
    }
    return new OffsetPlan(base, marksBeginning, ids, shares, gone, lost, messages);
  }

  /** How many offsets are to be read: at least as many as records. */
  public long offsets() {
    return ranges.stream().mapToLong(OffsetRange::length).sum();
  }

  /** What a person should know: offsets that are lost. */
  public List<String> messages() {
    return messages;
  }

  public TopicProgress base() {
    return base;
  }

  public List<OffsetRange> ranges() {
    return ranges;
  }

  public List<String> gone() {
    return gone;
  }

  public long lost() {
    return lost;
  }

  /** A progress with the mark that the source was looked at, where that is wanted. */
  public TopicProgress begin(TopicProgress progress) {
    return marksBeginning ? progress.begin() : progress;
  }

  /** Id of a topic; null where Kafka told none. */
  public @Nullable String id(String topic) {
    return ids.get(topic);
  }

  /** The ranges by topic, then by partition. */
  public Map<String, List<OffsetRange>> byTopic() {
    Map<String, List<OffsetRange>> topics = new LinkedHashMap<>();
    for (OffsetRange range : ranges) {
      topics.computeIfAbsent(range.topic(), unused -> new ArrayList<>()).add(range);
    }
    return topics;
  }

  private TopicProgress target() {
    TopicProgress target = begin(base);
    for (String topic : gone) {
      target = target.without(topic);
    }
    for (Map.Entry<String, List<OffsetRange>> topic : byTopic().entrySet()) {
      TopicProgress.Topic known = base.topic(topic.getKey());
      target =
          target.with(
              topic.getKey(),
              new TopicProgress.Topic(
                  id(topic.getKey()),
                  topic.getValue().stream().map(OffsetRange::to).toList(),
                  known == null ? List.of() : known.begun()));
    }
    return target;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OffsetPlan that
        && base.equals(that.base)
        && marksBeginning == that.marksBeginning
        && ids.equals(that.ids)
        && ranges.equals(that.ranges)
        && gone.equals(that.gone)
        && lost == that.lost
        && messages.equals(that.messages);
  }

  @Override
  public int hashCode() {
    return Objects.hash(base, marksBeginning, ids, ranges, gone, lost, messages);
  }

  /** What is read, for messages. */
  @Override
  public String toString() {
    return "plan of " + ranges;
  }
}
