package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where a log begins anew: what was known of the log before, and the places at which records of
 * another stand.
 *
 * @param source name of the source in the project
 * @param log what the records call the log
 * @param kind how the positions are told
 * @param number the new log's; higher than that of the log before
 * @param before how far the log before came
 * @param begin the earliest record of the new log
 * @param messages whether the places are offsets of messages
 * @param places offset by {@code topic/partition}, or record by file
 */
public record LogBeginning(
    String source,
    String log,
    LogKind kind,
    long number,
    LogHigh before,
    LogPoint begin,
    boolean messages,
    Map<String, Long> places)
    implements Serializable {
  private static final int TOLD = 10;

  public LogBeginning {
    // A tree map, so that equal places are written as equal texts.
    places = new TreeMap<>(places);
  }

  LogBeginning with(LogHigh otherBefore, LogPoint otherBegin) {
    return new LogBeginning(source, log, kind, number, otherBefore, otherBegin, messages, places);
  }

  /** Whether a record stands at one of the places or behind it. */
  boolean holds(LogPoint record) {
    Long from = places.get(record.where());
    return from != null && record.at() >= from;
  }

  /** The places as a message names them. */
  public String describe() {
    String told =
        places.entrySet().stream()
            .limit(TOLD)
            .map(place -> LogPoint.place(place.getKey(), place.getValue(), messages))
            .collect(Collectors.joining(", "));
    return places.size() > TOLD ? told + " and " + (places.size() - TOLD) + " more places" : told;
  }

  /**
   * Whether a record stands after the beginning. Not its place in topic or file says so: a copy of
   * an old record may come at any time. Its time in the source does, and where both logs have that
   * time (a clock that runs behind, an old server that wrote on) which of them it is nearer to.
   */
  boolean isAfter(LogReading record, String where, long at) {
    if (record.millis == LogReading.NO_TIME) {
      Long from = places.get(where);
      return from != null && at >= from;
    }
    if (record.millis < Math.min(before.millis(), begin.millis())) {
      return false;
    }
    if (record.millis > Math.max(before.millis(), begin.millis())) {
      return true;
    }
    LogKind told = record.has(kind) ? kind : likeCommits(record);
    return told == null
        ? record.millis > before.millis()
        : isNearerToBegin(record.major(told), record.minor(told));
  }

  /** PostgreSQL's first transactions tell no commit before them, but where they are themselves. */
  private @Nullable LogKind likeCommits(LogReading record) {
    return kind == LogKind.COMMIT && record.has(LogKind.CHANGE) ? LogKind.CHANGE : null;
  }

  private boolean isNearerToBegin(long major, long minor) {
    if (before.major() == begin.major()) {
      return Math.abs(minor - begin.minor()) < Math.abs(before.minor() - minor);
    }
    return Math.abs(major - begin.major()) < Math.abs(before.major() - major);
  }
}
