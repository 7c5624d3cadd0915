package org.beamlakehouse.transforms.log;

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

  /** What both know together. */
  static LogHigh max(@Nullable LogHigh one, LogHigh other) {
    if (one == null) {
      return other;
    }
    int order = Long.compareUnsigned(one.major, other.major);
    order = order == 0 ? Long.compareUnsigned(one.minor, other.minor) : order;
    LogHigh higher = order >= 0 ? one : other;
    return new LogHigh(higher.major, higher.minor, Math.max(one.millis, other.millis));
  }
}
