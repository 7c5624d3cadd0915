package org.beamlakehouse.transforms.internal.log;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.change.SourcePosition;

/** Collects the {@link LogTimes} of one table over one piece of bronze. Not thread-safe. */
public final class TableTimes {
  private final List<OfLog> logs = new ArrayList<>();
  private OfLog last;

  private static final class OfLog {
    final String log;
    final long number;
    long positioned = Long.MAX_VALUE;
    long timed = Long.MIN_VALUE;
    SourcePosition place;

    OfLog(String log, long number) {
      this.log = log;
      this.number = number;
    }
  }

  /** Takes a change. */
  void add(String log, long number, boolean positioned, long millis, SourcePosition place) {
    if (last == null || last.number != number || !last.log.equals(log)) {
      last = of(log, number);
    }
    if (positioned) {
      last.positioned = Math.min(last.positioned, millis);
    } else if (millis > last.timed) {
      last.timed = millis;
      last.place = place;
    }
  }

  private OfLog of(String log, long number) {
    for (OfLog known : logs) {
      if (known.number == number && known.log.equals(log)) {
        return known;
      }
    }
    logs.add(new OfLog(log, number));
    return logs.get(logs.size() - 1);
  }

  /** What was collected. */
  public List<LogTimes> all() {
    return logs.stream()
        .map(
            of ->
                new LogTimes(
                    of.log,
                    of.number,
                    of.positioned,
                    of.timed,
                    of.place == null ? "" : of.place.toString()))
        .toList();
  }
}
