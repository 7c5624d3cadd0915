package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;

/**
 * What a table has taken in of one log.
 *
 * @param key the log
 * @param first the record with the earliest time
 * @param top the record with the latest time
 * @param high how far the log came
 * @param snapshot the highest position at which a snapshot was read; 0 for none
 */
public record LogMark(LogPiece.Key key, LogPoint first, LogPoint top, LogHigh high, long snapshot)
    implements Serializable {

  static LogMark of(LogPiece piece) {
    return new LogMark(piece.key(), piece.first(), piece.top(), piece.high(), piece.snapshot());
  }

  LogMark with(LogMark other) {
    return new LogMark(
        key,
        LogJudge.BY_TIME.compare(first, other.first) <= 0 ? first : other.first,
        LogJudge.BY_TIME.compare(top, other.top) >= 0 ? top : other.top,
        LogHigh.max(high, other.high),
        Math.max(snapshot, other.snapshot));
  }
}
