package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was seen of one log in one stretch of a partition or file.
 *
 * @param key the log
 * @param stream what the records came one after the other in: {@code topic/partition}; of files the
 *     table, whose changes may go on in the next file
 * @param message whether the records are messages, whose order in the partition is that of the log
 * @param first the first record
 * @param top the record with the latest time; of several the one at the lowest position
 * @param high how far the log came
 * @param turns where the log would begin anew if the piece were all that there is, in the order of
 *     their times
 * @param snapshot the highest position at which a snapshot was read; 0 for none
 * @param open what a snapshot may hide; null for nothing
 */
public record LogPiece(
    Key key,
    String stream,
    boolean message,
    LogPoint first,
    LogPoint top,
    LogHigh high,
    List<Turn> turns,
    long snapshot,
    @Nullable Open open)
    implements Serializable {

  /**
   * A change of a transaction that was committed behind a snapshot and tells only its own place.
   * Where that lies below the place at which the snapshot was read, the transaction was open
   * meanwhile: the snapshot's row does not have the change, and comes after it in the order.
   *
   * @param record the lowest such change
   * @param snapshot where the last snapshot before it in the piece was read; 0 for none
   */
  public record Open(LogPoint record, long snapshot) implements Serializable {}

  /**
   * A record whose position falls below the highest before it in the piece, and whose time is later
   * than all before it.
   *
   * @param begin where the positions that led to it began to rise
   * @param record the record
   * @param before how far the log had come in the piece
   */
  public record Turn(LogPoint begin, LogPoint record, LogHigh before) implements Serializable {}

  /**
   * What tells a log from others.
   *
   * @param source name of the source in the project
   * @param log what the records call it: connector, server, database
   * @param kind how its positions are told
   * @param number 0, or that of the beginning after which the records stand
   */
  public record Key(String source, String log, LogKind kind, long number) implements Serializable {}
}
