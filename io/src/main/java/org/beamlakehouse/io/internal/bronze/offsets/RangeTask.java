package org.beamlakehouse.io.internal.bronze.offsets;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Ranges of offsets for one worker to read and write.
 *
 * @param ranges at most one of a partition; none in the one task that carries the plan
 * @param plan in one task of a request, for the commit
 * @param startedMillis when the plan was taken up
 * @param failure why the request could not be taken up; null where it was
 */
public record RangeTask(
    RunFacts run,
    List<OffsetRange> ranges,
    @Nullable OffsetPlan plan,
    long startedMillis,
    @Nullable String failure)
    implements Serializable {
  /** Ranges of more offsets than this are cut. */
  private static final long LARGEST = 250_000;

  /** Ranges of fewer offsets are not worth a worker of their own. */
  private static final long SMALLEST = 25_000;

  /** Enough pieces that workers end at about the same time, if there is as much to read. */
  private static final int PIECES = 16;

  public RangeTask {
    ranges = List.copyOf(ranges);
  }

  public RangeTask(
      RunFacts run, List<OffsetRange> ranges, @Nullable OffsetPlan plan, long startedMillis) {
    this(run, ranges, plan, startedMillis, null);
  }

  /**
   * Cuts ranges into pieces and puts small ones together, so that each list is about the same work.
   * How large records are is not known: offsets are counted.
   */
  public static List<List<OffsetRange>> split(List<OffsetRange> ranges) {
    long total = ranges.stream().mapToLong(OffsetRange::length).sum();
    return split(ranges, Math.max(SMALLEST, Math.min(LARGEST, total / PIECES + 1)));
  }

  /**
   * Likewise.
   *
   * @param size offsets of one list at most
   */
  public static List<List<OffsetRange>> split(List<OffsetRange> ranges, long size) {
    List<List<OffsetRange>> lists = new ArrayList<>();
    List<OffsetRange> list = new ArrayList<>();
    long length = 0;
    for (OffsetRange range : ranges) {
      for (OffsetRange piece : pieces(range, size)) {
        // Two pieces of one partition are always longer than the limit together.
        if (!list.isEmpty() && length + piece.length() > size) {
          lists.add(list);
          list = new ArrayList<>();
          length = 0;
        }
        list.add(piece);
        length += piece.length();
      }
    }
    if (!list.isEmpty()) {
      lists.add(list);
    }
    return lists;
  }

  /** Pieces of the same length, give or take one offset; none of an empty range. */
  private static List<OffsetRange> pieces(OffsetRange range, long size) {
    List<OffsetRange> pieces = new ArrayList<>();
    long count = (range.length() + size - 1) / size;
    for (long i = 0; i < count; i++) {
      pieces.add(
          new OffsetRange(
              range.topic(),
              range.partition(),
              range.from() + range.length() * i / count,
              range.from() + range.length() * (i + 1) / count));
    }
    return pieces;
  }
}
