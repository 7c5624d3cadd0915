package org.beamlakehouse.io.internal.bronze.offsets;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.junit.jupiter.api.Test;

class OffsetTrimTest {
  private static final String ID = "sameId";

  private static TopicProgress taken(String id, Long... next) {
    return TopicProgress.none().with("t", new TopicProgress.Topic(id, Arrays.asList(next)));
  }

  private static OffsetRange range(long from, long to) {
    return new OffsetRange("t", 0, from, to);
  }

  private static OffsetPlan plan(TopicProgress base, String id, OffsetRange... ranges) {
    return new OffsetPlan(
        base,
        false,
        id == null ? Map.of() : Map.of("t", id),
        List.of(ranges),
        List.of(),
        0,
        List.of());
  }

  private static OffsetTrim trim(OffsetPlan plan, TopicProgress recorded, OffsetRange... pieces) {
    return new OffsetTrim("bronze.t", plan, List.of(pieces), recorded);
  }

  private static void assertRefused(
      String reason, OffsetPlan plan, TopicProgress recorded, OffsetRange... pieces) {
    assertThat(
        assertThrows(IllegalStateException.class, () -> trim(plan, recorded, pieces)).getMessage(),
        containsString(reason));
  }

  @Test
  void takesEverythingWhereTheTableHasNotMoved() {
    OffsetTrim trim =
        trim(plan(taken(ID, 5L), ID, range(5, 20)), taken(ID, 5L), range(12, 20), range(5, 12));
    assertThat(trim.isNew(range(5, 12)), is(true));
    assertThat(trim.isOld(range(5, 12)), is(false));
    assertThat(trim.next(), is(taken(ID, 20L)));
  }

  @Test
  void leavesOutWhatWasCommittedBefore() {
    OffsetTrim trim =
        trim(plan(taken(ID, 5L), ID, range(5, 20)), taken(ID, 14L), range(5, 12), range(12, 20));
    assertThat(trim.isOld(range(5, 12)), is(true));
    assertThat(trim.isNew(range(12, 20)), is(false));
    assertThat(trim.isOld(range(12, 20)), is(false));
    assertThat(trim.isNew("t", 0, 13), is(false));
    assertThat(trim.isNew("t", 0, 14), is(true));
    assertThat(trim.next(), is(taken(ID, 20L)));
  }

  @Test
  void goesNotBackWhereAnotherRunHasReadFurther() {
    OffsetTrim trim = trim(plan(taken(ID, 5L), ID, range(5, 20)), taken(ID, 30L), range(5, 20));
    assertThat(trim.isOld(range(5, 20)), is(true));
    assertThat(trim.next(), is(taken(ID, 30L)));
  }

  /** Created anew, also after it was gone, or cut off. */
  @Test
  void tellsTopicsWhoseOffsetsBeginAgain() {
    TopicProgress gone = taken(ID, 5L).without("t");
    for (TopicProgress before : List.of(taken("oldId", 5L), taken(null, 5L), gone)) {
      OffsetPlan plan = plan(before, ID, range(0, 9));
      assertThat(trim(plan, before, range(0, 9)).anew(), is(Set.of("t")));
      assertThat("by another run", trim(plan, taken(ID, 9L), range(0, 9)).anew(), is(Set.of()));
    }
    TopicProgress before = taken(ID, 5L);
    assertThat(trim(plan(before, ID, range(3, 3)), before, range(3, 3)).anew(), is(Set.of("t")));
    assertThat(trim(plan(before, ID, range(5, 9)), before, range(5, 9)).anew(), is(Set.of()));
    assertThat(trim(plan(before, ID, range(8, 9)), before, range(8, 9)).anew(), is(Set.of()));
    TopicProgress none = TopicProgress.none();
    assertThat(trim(plan(none, ID, range(0, 9)), none, range(0, 9)).anew(), is(Set.of()));
  }

  @Test
  void keepsPartitionsThatAnotherRunHasFound() {
    OffsetTrim trim = trim(plan(taken(ID, 5L), ID, range(5, 20)), taken(ID, 5L, 7L), range(5, 20));
    assertThat(trim.next(), is(taken(ID, 20L, 7L)));
  }

  @Test
  void takesAPartitionOfATopicThatAnotherRunHasFoundWithoutIt() {
    OffsetRange second = new OffsetRange("t", 1, 0, 4);
    OffsetTrim trim =
        trim(
            plan(TopicProgress.none(), ID, range(0, 5), second),
            taken(ID, 5L),
            range(0, 5),
            second);
    assertThat(trim.isOld(range(0, 5)), is(true));
    assertThat(trim.isNew(second), is(true));
    assertThat(trim.next(), is(taken(ID, 5L, 4L)));
  }

  @Test
  void refusesAGapThatARollbackHasMade() {
    assertRefused(
        "its progress was moved",
        plan(taken(ID, 5L), ID, range(5, 20)),
        taken(ID, 3L),
        range(5, 20));
    assertRefused(
        "its progress was moved",
        plan(taken(ID, 5L), ID, range(5, 20)),
        TopicProgress.none(),
        range(5, 20));
  }

  @Test
  void jumpsOverGivenUpOffsetsOnlyFromWhereThePlanWasMade() {
    OffsetPlan jump = plan(taken(ID, 5L), ID, range(10, 20));
    assertThat(trim(jump, taken(ID, 5L), range(10, 20)).next(), is(taken(ID, 20L)));
    assertThat(trim(jump, taken(ID, 20L), range(10, 20)).isOld(range(10, 20)), is(true));
    assertRefused("its progress was moved", jump, taken(ID, 7L), range(10, 20));
  }

  @Test
  void beginsATopicThatWasCreatedAnew() {
    OffsetPlan anew = plan(taken("oldId", 50L), "newId", range(0, 20));
    OffsetTrim first = trim(anew, taken("oldId", 50L), range(0, 20));
    assertThat(first.isNew("t", 0, 0), is(true));
    assertThat(first.next(), is(taken("newId", 20L)));
    // The same once more, and after another run that came further.
    assertThat(trim(anew, taken("newId", 20L), range(0, 20)).isOld(range(0, 20)), is(true));
    assertThat(trim(anew, taken("newId", 25L), range(0, 20)).next(), is(taken("newId", 25L)));
    assertRefused("its progress was moved", anew, taken("oldId", 60L), range(0, 20));
  }

  @Test
  void beginsATopicThatWasCreatedAnewWithOtherPartitions() {
    OffsetRange second = new OffsetRange("t", 1, 0, 4);
    OffsetPlan more = plan(taken("oldId", 50L), "newId", range(0, 20), second);
    OffsetTrim first = trim(more, taken("oldId", 50L), range(0, 20), second);
    assertThat(first.isNew("t", 0, 0), is(true));
    assertThat(first.isNew(second), is(true));
    assertThat(first.next(), is(taken("newId", 20L, 4L)));
    assertThat(trim(more, taken("newId", 20L, 4L), range(0, 20), second).isOld(second), is(true));
    assertRefused("its progress was moved", more, taken("oldId", 60L), range(0, 20), second);

    OffsetPlan fewer = plan(taken("oldId", 50L, 60L), "newId", range(0, 20));
    assertThat(trim(fewer, taken("oldId", 50L, 60L), range(0, 20)).next(), is(taken("newId", 20L)));
    assertRefused("its progress was moved", fewer, taken("oldId", 51L, 60L), range(0, 20));
  }

  @Test
  void remembersThatASourceWasLookedAtBeforeItHadATopic() {
    OffsetPlan plan =
        new OffsetPlan(TopicProgress.none(), true, Map.of(), List.of(), List.of(), 0, List.of());
    assertThat(plan.hasNews(), is(true));
    assertThat(trim(plan, TopicProgress.none()).next(), is(TopicProgress.none().begin()));
    assertThat(trim(plan, taken(ID, 6L)).next(), is(taken(ID, 6L)));
    TopicProgress read = TopicProgress.parse("t", TopicProgress.none().begin().toJson());
    assertThat(read.begun(), is(true));
  }

  @Test
  void forgetsTopicsThatAreGone() {
    OffsetPlan plan =
        new OffsetPlan(taken(ID, 5L), false, Map.of(), List.of(), List.of("t"), 0, List.of());
    assertThat(trim(plan, taken(ID, 5L)).next(), is(taken(ID, 5L).without("t")));
    assertThat(trim(plan, taken(ID, 6L)).next(), is(taken(ID, 6L)));
  }

  @Test
  void refusesWhatIsNotWhole() {
    OffsetPlan plan = plan(taken(ID, 5L), ID, range(5, 20));
    assertRefused("not whole", plan, taken(ID, 5L), range(5, 12));
    assertRefused("not whole", plan, taken(ID, 5L), range(12, 20));
    assertRefused("not whole", plan, taken(ID, 5L), range(5, 12), range(13, 20));
    assertRefused("not whole", plan, taken(ID, 5L));
  }
}
