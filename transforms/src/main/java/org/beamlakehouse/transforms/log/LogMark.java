package org.beamlakehouse.transforms.log;

import java.io.Serializable;

/**
 * What a table has taken in of one log.
 *
 * @param key the log
 * @param first the record with the earliest time
 * @param top the record with the latest time
 * @param high how far the log came
 */
public record LogMark(LogPiece.Key key, LogPoint first, LogPoint top, LogHigh high)
    implements Serializable {

  static LogMark of(LogPiece piece) {
    return new LogMark(piece.key(), piece.first(), piece.top(), piece.high());
  }

  LogMark with(LogMark other) {
    return new LogMark(
        key,
        first.millis() <= other.first.millis() ? first : other.first,
        top.millis() >= other.top.millis() ? top : other.top,
        LogHigh.max(high, other.high));
  }
}
