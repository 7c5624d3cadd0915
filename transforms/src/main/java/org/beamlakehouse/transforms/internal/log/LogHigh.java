package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How far a log came: the highest position and the latest time, which need not be of one record.
 *
 * @param major as in {@link LogPoint}
 * @param minor as in {@link LogPoint}
 * @param millis the latest time
 */
public record LogHigh(long major, long minor, long millis) implements Serializable {

  static LogHigh of(LogPoint point) {
    return new LogHigh(point.major(), point.minor(), point.millis());
  }

  /** What both know together. */
  static LogHigh max(@Nullable LogHigh one, LogHigh other) {
    if (one == null) {
      return other;
    }
    LogHigh higher = other.isAbove(one) ? other : one;
    return new LogHigh(higher.major, higher.minor, Math.max(one.millis, other.millis));
  }

  /** As a record that was received where another was. */
  LogPoint at(LogPoint other) {
    return new LogPoint(major, minor, millis, other.where(), other.at());
  }

  /** Whether it has a higher position. */
  boolean isAbove(LogHigh other) {
    int order = Long.compareUnsigned(major, other.major);
    return order != 0 ? order > 0 : Long.compareUnsigned(minor, other.minor) > 0;
  }
}
