package org.beamlakehouse.io.internal.bronze.offsets;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.OffsetPlanner;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.io.kafka.TopicOffsets;

/**
 * However runs overlap, and however often each commits, a table without storage ends with every
 * offset once.
 */
class OffsetTrimPropertyTest {
  private static final KafkaSource SOURCE = new KafkaSource("s", "k:1", List.of(), ".*", Map.of());

  /** A run that has read its offsets and may commit at any time, also again. */
  private record Run(OffsetPlan plan, List<List<OffsetRange>> tasks) {}

  private final Map<String, long[]> ends = new TreeMap<>();
  private final List<String> rows = new ArrayList<>();
  private TopicProgress recorded = TopicProgress.none();

  @Property(tries = 300)
  void everyOffsetIsThereOnce(@ForAll long seed) {
    Random random = new Random(seed);
    ends.clear();
    rows.clear();
    recorded = TopicProgress.none();
    List<Run> runs = new ArrayList<>();
    for (int step = 0; step < 30; step++) {
      grow(random);
      if (random.nextInt(3) == 0) {
        runs.add(plan(random));
      } else if (!runs.isEmpty()) {
        commit(runs.get(random.nextInt(runs.size())));
      }
    }
    commit(plan(random));

    TreeSet<String> expected = new TreeSet<>();
    ends.forEach(
        (topic, partitions) -> {
          for (int i = 0; i < partitions.length; i++) {
            for (long offset = 0; offset < partitions[i]; offset++) {
              expected.add(topic + "/" + i + "@" + offset);
            }
          }
        });
    assertThat(rows.size(), is(expected.size()));
    assertThat(new TreeSet<>(rows), is(expected));
  }

  /** More records, partitions and topics. */
  private void grow(Random random) {
    String topic = "t" + random.nextInt(2);
    long[] before = ends.getOrDefault(topic, new long[0]);
    long[] after = new long[Math.max(before.length, 1 + random.nextInt(3))];
    System.arraycopy(before, 0, after, 0, before.length);
    after[random.nextInt(after.length)] += random.nextInt(12);
    ends.put(topic, after);
  }

  private Run plan(Random random) {
    Map<String, TopicOffsets> topics = new TreeMap<>();
    ends.forEach(
        (topic, partitions) -> {
          List<TopicOffsets.Partition> offsets = new ArrayList<>();
          for (long end : partitions) {
            offsets.add(new TopicOffsets.Partition(0, end, end));
          }
          topics.put(topic, new TopicOffsets(topic, "id of " + topic, offsets));
        });
    OffsetPlan plan =
        new OffsetPlanner("bronze.s", SOURCE, false, MissingOffsets.FAIL).plan(recorded, topics);
    return new Run(plan, RangeTask.split(plan.ranges(), 1 + random.nextInt(9)));
  }

  private void commit(Run run) {
    OffsetTrim trim =
        new OffsetTrim(
            "bronze.s", run.plan(), run.tasks().stream().flatMap(List::stream).toList(), recorded);
    for (List<OffsetRange> task : run.tasks()) {
      boolean isNew = task.stream().allMatch(trim::isNew);
      boolean isOld = task.stream().allMatch(trim::isOld);
      for (OffsetRange range : task) {
        for (long offset = range.from(); offset < range.to(); offset++) {
          if (isNew || !isOld && trim.isNew(range.topic(), range.partition(), offset)) {
            rows.add(range.topic() + "/" + range.partition() + "@" + offset);
          }
        }
      }
    }
    recorded = trim.next();
  }
}
