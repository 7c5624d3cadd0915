package org.beamlakehouse.io.bronze.plan;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.beamlakehouse.io.kafka.TopicOffsets;
import org.junit.jupiter.api.Test;

class OffsetPlannerTest {
  private static final String OLD = "oldTopicId";
  private static final String NEW = "newTopicId";

  private final Map<String, TopicOffsets> topics = new TreeMap<>();
  private TopicProgress progress = TopicProgress.none();
  private boolean beginsAtEnd;

  /** A partition that holds offsets from one to another, all of them readable. */
  private static TopicOffsets.Partition holding(long begin, long end) {
    return new TopicOffsets.Partition(begin, end, end);
  }

  private void topic(String name, String id, TopicOffsets.Partition... partitions) {
    topics.put(name, new TopicOffsets(name, id, List.of(partitions)));
  }

  private void taken(String name, String id, Long... next) {
    progress = progress.with(name, new TopicProgress.Topic(id, Arrays.asList(next)));
  }

  private OffsetPlan plan(MissingOffsets policy) {
    KafkaSource source = new KafkaSource("shop", "k:1", List.of(), "[a-m].*", Map.of());
    return new OffsetPlanner("bronze.shop", source, beginsAtEnd, policy).plan(progress, topics);
  }

  private List<String> ranges(MissingOffsets policy) {
    List<String> shown = new ArrayList<>();
    for (OffsetRange range : plan(policy).ranges()) {
      shown.add(range.topic() + "/" + range.partition() + " " + range.from() + ".." + range.to());
    }
    return shown;
  }

  private String refused() {
    return assertThrows(IllegalStateException.class, () -> plan(MissingOffsets.FAIL)).getMessage();
  }

  @Test
  void beginsWithTheFirstOffsetsThatThereAre() {
    topic("a", OLD, holding(0, 10), holding(5, 5));
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 0..10", "a/1 5..5"));
    assertThat(plan(MissingOffsets.FAIL).hasNews(), is(true));
    assertThat(plan(MissingOffsets.FAIL).offsets(), is(10L));
  }

  @Test
  void beginsAtTheEndOnlyWhereNothingWasReadBefore() {
    beginsAtEnd = true;
    topic("a", OLD, holding(0, 10));
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 10..10"));

    taken("a", OLD, 10L);
    topic("b", OLD, holding(3, 7));
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 10..10", "b/0 3..7"));
  }

  @Test
  void aTopicThatComesAfterTheFirstLookIsReadFromItsBeginning() {
    beginsAtEnd = true;
    OffsetPlan first = plan(MissingOffsets.FAIL);
    assertThat("to be remembered", first.hasNews(), is(true));
    progress = first.begin(progress);
    assertThat(plan(MissingOffsets.FAIL).hasNews(), is(false));
    topic("b", OLD, holding(0, 3));
    assertThat(ranges(MissingOffsets.FAIL), contains("b/0 0..3"));
  }

  @Test
  void theEndIsBeforeTheFirstOpenTransaction() {
    beginsAtEnd = true;
    topic("a", OLD, new TopicOffsets.Partition(0, 6, 10));
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 6..6"));
    taken("a", "other", 3L);
    assertThat(ranges(MissingOffsets.LATEST), contains("a/0 6..6"));
    taken("a", null, 12L);
    topic("a", null, new TopicOffsets.Partition(0, 6, 10));
    assertThat(ranges(MissingOffsets.LATEST), contains("a/0 6..6"));
    topic("a", OLD, new TopicOffsets.Partition(5, 6, 10));
    taken("a", OLD, 1L);
    assertThat(ranges(MissingOffsets.LATEST), contains("a/0 6..6"));
  }

  @Test
  void countsWhatIsSkippedOfATopicThatWasCreatedAnew() {
    topic("a", NEW, holding(0, 50), holding(10, 14));
    taken("a", OLD, 10L);
    assertThat(plan(MissingOffsets.EARLIEST).lost(), is(0L));
    assertThat(plan(MissingOffsets.LATEST).lost(), is(54L));
    assertThat(
        plan(MissingOffsets.LATEST).messages().get(0),
        containsString("the 54 offsets of the new one are skipped"));
    topic("a", null, holding(2, 5));
    taken("a", null, 10L);
    assertThat(plan(MissingOffsets.EARLIEST).lost(), is(0L));
    assertThat(plan(MissingOffsets.LATEST).lost(), is(3L));
    assertThat(
        plan(MissingOffsets.LATEST).messages().get(0),
        containsString("3 offsets are skipped, reading goes on at 5"));
  }

  @Test
  void readsOnAtTheProgress() {
    topic("a", OLD, holding(0, 10), holding(4, 8));
    taken("a", OLD, 10L, 4L);
    OffsetPlan plan = plan(MissingOffsets.FAIL);
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 10..10", "a/1 4..8"));
    assertThat(plan.messages(), is(empty()));
    assertThat(plan.hasNews(), is(true));
  }

  @Test
  void hasNoNewsWhereEverythingWasRead() {
    topic("a", OLD, holding(2, 10));
    taken("a", OLD, 10L);
    taken("z", OLD, 3L);
    assertThat(plan(MissingOffsets.FAIL).hasNews(), is(false));
  }

  @Test
  void readsAnAddedPartitionFromItsBeginning() {
    topic("a", OLD, holding(0, 10), holding(0, 3));
    taken("a", OLD, 10L);
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 10..10", "a/1 0..3"));
  }

  @Test
  void noticesWhatAnAddedPartitionHasLostSinceItWasAdded() {
    topic("a", OLD, holding(0, 10), holding(2, 3));
    taken("a", OLD, 10L);
    assertThat(refused(), containsString("a/1: 2 offsets from 0 on are deleted"));
  }

  @Test
  void readsOnlyUpToAnOpenTransaction() {
    topic("a", OLD, new TopicOffsets.Partition(0, 6, 10));
    taken("a", OLD, 4L);
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 4..6"));
    // Where uncommitted records were read before there is nothing to read yet, and nothing missing.
    taken("a", OLD, 8L);
    assertThat(ranges(MissingOffsets.FAIL), contains("a/0 8..8"));
    assertThat(plan(MissingOffsets.FAIL).hasNews(), is(false));
  }

  @Test
  void refusesDeletedOffsetsWithTheWayOut() {
    topic("a", OLD, holding(15, 20));
    taken("a", OLD, 10L);
    assertThat(
        refused(),
        allOf(
            containsString("the source shop"),
            containsString("bronze.shop"),
            containsString("a/0: 5 offsets from 10 on are deleted"),
            containsString("--onMissingOffsets=earliest"),
            containsString("latest")));
  }

  @Test
  void goesOnBehindDeletedOffsetsAndTellsHowManyAreLost() {
    topic("a", OLD, holding(15, 20));
    taken("a", OLD, 10L);
    assertThat(ranges(MissingOffsets.EARLIEST), contains("a/0 15..20"));
    assertThat(plan(MissingOffsets.EARLIEST).lost(), is(5L));
    assertThat(plan(MissingOffsets.EARLIEST).messages().get(0), containsString("goes on at 15"));
    assertThat(ranges(MissingOffsets.LATEST), contains("a/0 20..20"));
    assertThat(plan(MissingOffsets.LATEST).lost(), is(10L));
    assertThat(plan(MissingOffsets.LATEST).messages().get(0), containsString("goes on at 20"));
  }

  @Test
  void noticesATopicThatWasCreatedAnewWhateverItsOffsets() {
    topic("a", NEW, holding(0, 50));
    taken("a", OLD, 10L);
    assertThat(refused(), containsString("a was deleted and created anew"));
    assertThat(ranges(MissingOffsets.EARLIEST), contains("a/0 0..50"));
    assertThat(ranges(MissingOffsets.LATEST), contains("a/0 50..50"));
  }

  @Test
  void noticesSmallerOffsetsWhereKafkaTellsNoId() {
    topic("a", null, holding(0, 5));
    taken("a", null, 10L);
    assertThat(refused(), containsString("a/0 ends at offset 5, before offset 10"));
    assertThat(ranges(MissingOffsets.EARLIEST), contains("a/0 0..5"));
    assertThat(ranges(MissingOffsets.LATEST), contains("a/0 5..5"));
  }

  @Test
  void readsNothingTwiceOfATopicThatWasCutOff() {
    topic("a", OLD, holding(0, 5));
    taken("a", OLD, 10L);
    assertThat(refused(), containsString("it was cut off"));
    assertThat(ranges(MissingOffsets.EARLIEST), contains("a/0 5..5"));
  }

  @Test
  void noticesFewerPartitions() {
    topic("a", null, holding(0, 5));
    taken("a", null, 5L, 5L);
    assertThat(refused(), containsString("created anew"));
  }

  @Test
  void forgetsADeletedTopicWhenTold() {
    taken("a", OLD, 10L);
    assertThat(refused(), containsString("a was deleted"));
    OffsetPlan plan = plan(MissingOffsets.EARLIEST);
    assertThat(plan.gone(), contains("a"));
    assertThat(plan.hasNews(), is(true));
  }

  @Test
  void doesNotMissTopicsThatItNoLongerReads() {
    taken("z", OLD, 10L);
    assertThat(plan(MissingOffsets.FAIL).gone(), is(empty()));
    assertThat(plan(MissingOffsets.FAIL).hasNews(), is(false));
  }

  @Test
  void tellsThatNoTopicMatches() {
    assertThat(plan(MissingOffsets.FAIL).messages(), contains(containsString("No topic matches")));
    assertThat(plan(MissingOffsets.FAIL).hasNews(), is(false));
  }

  @Test
  void namesOnlySomeOfManyPartitions() {
    TopicOffsets.Partition[] partitions = new TopicOffsets.Partition[8];
    Long[] next = new Long[8];
    Arrays.fill(partitions, holding(5, 6));
    Arrays.fill(next, 1L);
    topic("a", OLD, partitions);
    taken("a", OLD, next);
    assertThat(
        refused(),
        allOf(containsString("a/4:"), not(containsString("a/5:")), containsString("3 more")));
    assertThat(plan(MissingOffsets.EARLIEST).lost(), is(32L));
  }

  @Test
  void givesEachPartitionItsShareOfACommit() {
    topic("a", OLD, holding(0, 900), holding(50, 150), holding(7, 7), holding(0, 1));
    OffsetPlan all = plan(MissingOffsets.FAIL);
    OffsetPlan part = all.atMost(100);
    List<String> shares = part.ranges().stream().map(OffsetRange::toString).toList();
    assertThat(shares, contains("a/0@0-89", "a/1@50-59", "a/2@7-6", "a/3@0-0"));
    assertThat("enough for all", all.atMost(1_001), is(all));
  }
}
