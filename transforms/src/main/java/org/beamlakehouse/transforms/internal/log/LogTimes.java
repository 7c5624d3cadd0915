package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the changes of one table told their order: by a position in their source's log, or by a time
 * only, as rows of a snapshot do where the connector leaves the position empty.
 *
 * <p>A change with a time only comes before all with a position. That is right for rows of a
 * snapshot that was taken before any change of the log was read, and for copies of them. It is
 * wrong for one that was taken later: its rows would lose to changes that they are newer than, so a
 * table that gets such cannot tell its order. The times compared are those at which the connector
 * handled the changes, because those of one connector rise while it reads; the times in the source
 * of a snapshot and of what changed meanwhile overlap. So what is found out depends on the set of
 * changes only, not on how they arrive.
 *
 * @param log name of the log
 * @param number 0, or that of the beginning after which the changes stand
 * @param positioned when the earliest change with a position was handled; {@link Long#MAX_VALUE}
 *     where there is none
 * @param timed when the latest change with a time only was handled; {@link Long#MIN_VALUE} where
 *     there is none
 * @param place where that one was received
 */
public record LogTimes(String log, long number, long positioned, long timed, String place)
    implements Serializable {
  /** Clocks of one connector's processes may differ by so much. */
  private static final long TOLERATED_MILLIS = 1_000;

  /** Whether rows that were read after changes of the log tell no place among these. */
  public boolean leavesOrderUntold() {
    return positioned != Long.MAX_VALUE && timed > positioned + TOLERATED_MILLIS;
  }

  /** What two know together, of one log. */
  LogTimes with(LogTimes other) {
    LogTimes later =
        timed > other.timed || (timed == other.timed && place.compareTo(other.place) <= 0)
            ? this
            : other;
    return new LogTimes(
        log, number, Math.min(positioned, other.positioned), later.timed, later.place);
  }

  /** What several know together, by log. */
  public static List<LogTimes> merged(List<LogTimes> all) {
    Map<String, LogTimes> byLog = new TreeMap<>();
    all.forEach(times -> byLog.merge(times.log + "\n" + times.number, times, LogTimes::with));
    return List.copyOf(byLog.values());
  }
}
