package org.beamlakehouse.io.internal.bronze.offsets;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.kafka.OffsetRange;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What became of a {@link RangeTask}: data files that no snapshot has yet.
 *
 * @param plan in one of a request's
 * @param ranges what was read
 * @param dataFiles data files with their rows, as {@code FileJson} writes them
 * @param rows how many rows the files have
 * @param failure why the ranges could not be read or written; null where they were
 */
public record WrittenRanges(
    RunFacts run,
    @Nullable OffsetPlan plan,
    List<OffsetRange> ranges,
    List<String> dataFiles,
    long rows,
    long startedMillis,
    @Nullable String failure)
    implements Serializable {
  public WrittenRanges {
    ranges = List.copyOf(ranges);
    dataFiles = List.copyOf(dataFiles);
  }

  public WrittenRanges(
      RunFacts run,
      @Nullable OffsetPlan plan,
      List<OffsetRange> ranges,
      List<String> dataFiles,
      long rows,
      long startedMillis) {
    this(run, plan, ranges, dataFiles, rows, startedMillis, null);
  }

  public static WrittenRanges failed(RangeTask task, String failure) {
    return new WrittenRanges(
        task.run(), task.plan(), task.ranges(), List.of(), 0, task.startedMillis(), failure);
  }
}
