package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The logs of a source that follow each other, as operators have told: which of them a record
 * belongs to. The first has number 0, which orders as if there were no others; a later one has a
 * higher number. Numbers lie far apart, so that one can be put between two others.
 */
public final class LogNumbers implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final long STEP = 1L << 32;

  /** Beginnings by source and log, the latest first. */
  private final Map<String, List<LogBeginning>> beginnings = new HashMap<>();

  private LogNumbers() {}

  /** The numbers that follow from what was told. */
  public static LogNumbers of(List<LogBeginning> told) {
    LogNumbers numbers = new LogNumbers();
    for (LogBeginning beginning : told) {
      numbers
          .beginnings
          .computeIfAbsent(name(beginning.source(), beginning.log()), log -> new ArrayList<>())
          .add(beginning);
    }
    numbers
        .beginnings
        .values()
        .forEach(
            list -> {
              list.sort(Comparator.comparing(LogBeginning::number).reversed());
              learn(list);
            });
    return numbers;
  }

  /**
   * Where a word was given when a partition lagged behind, a log may have come between that it did
   * not know of, and what was told later tells of it: which of two logs a record is nearer to is
   * asked of those that follow each other.
   */
  private static void learn(List<LogBeginning> told) {
    for (int i = 0; i + 1 < told.size(); i++) {
      LogBeginning later = told.get(i);
      LogBeginning earlier = told.get(i + 1);
      if (later.holds(earlier.begin())) {
        // The place was taken for the beginning of the log that in truth ended before it.
        told.set(i + 1, earlier.with(earlier.before(), later.before().at(earlier.begin())));
      } else if (later.number() - earlier.number() < STEP) {
        // The log between begins behind what was known to come before the later one.
        told.set(i, later.with(LogHigh.of(earlier.begin()), later.begin()));
      }
    }
  }

  boolean isEmpty() {
    return beginnings.isEmpty();
  }

  /** The number of the log that a record belongs to. */
  long of(String source, String log, LogReading record, String where, long at) {
    for (LogBeginning beginning : beginnings.getOrDefault(name(source, log), List.of())) {
      if (beginning.isAfter(record, where, at)) {
        return beginning.number();
      }
    }
    return 0;
  }

  /** The number of the log that a known record belongs to by now. */
  long of(LogPiece.Key key, LogPoint point) {
    LogReading record = new LogReading();
    record.begin(null, null, null, null, point.millis(), true);
    record.position(key.kind(), point.major(), point.minor());
    return of(key.source(), key.log(), record, point.where(), point.at());
  }

  /** A number for a log that begins after that of a number and before the next. */
  long after(String source, String log, long number) {
    long next = Long.MAX_VALUE;
    for (LogBeginning beginning : beginnings.getOrDefault(name(source, log), List.of())) {
      next = beginning.number() > number ? Math.min(next, beginning.number()) : next;
    }
    return next == Long.MAX_VALUE ? number + STEP : number + (next - number) / 2;
  }

  private static String name(String source, String log) {
    return source + '\n' + log;
  }
}
