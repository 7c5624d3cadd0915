package org.beamlakehouse.io.internal.bronze.offsets;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.junit.jupiter.api.Test;

class RangeTaskTest {
  @Property(tries = 500)
  void listsHoldEveryOffsetOnceAndAPartitionOnce(
      @ForAll @Size(max = 12) List<@IntRange(max = 300) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 60) int size) {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) {
      ranges.add(new OffsetRange("t", i, 100, 100 + lengths.get(i)));
    }
    long[] next = new long[lengths.size()];
    for (List<OffsetRange> list : RangeTask.split(ranges, size)) {
      Set<Integer> partitions = new HashSet<>();
      long length = 0;
      for (OffsetRange piece : list) {
        assertThat(partitions.add(piece.partition()), is(true));
        assertThat(piece.from(), is(100 + next[piece.partition()]));
        next[piece.partition()] += piece.length();
        length += piece.length();
      }
      assertThat(length, is(lessThanOrEqualTo((long) size)));
    }
    for (int i = 0; i < next.length; i++) {
      assertThat(next[i], is((long) lengths.get(i)));
    }
  }

  @Test
  void aLargeRangeKeepsSeveralWorkersBusy() {
    List<List<OffsetRange>> lists = RangeTask.split(List.of(new OffsetRange("t", 0, 0, 1_000_000)));
    assertThat(lists.size(), is(greaterThanOrEqualTo(16)));
  }

  @Test
  void manySmallRangesAreReadTogether() {
    List<OffsetRange> ranges = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      ranges.add(new OffsetRange("t", i, 0, 10));
    }
    assertThat(RangeTask.split(ranges), hasSize(1));
  }

  @Test
  void thereIsNothingToDoForEmptyRanges() {
    assertThat(RangeTask.split(List.of(new OffsetRange("t", 0, 5, 5))), is(empty()));
  }
}
