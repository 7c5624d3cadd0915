package org.beamlakehouse.transforms.internal.log;

import java.io.Serializable;

/**
 * A record's place in its source's log, its time there, and where it was received.
 *
 * @param major the position's first part, unsigned: file number, or the position
 * @param minor the position's second part, unsigned; 0 where there is none
 * @param millis time in the source, in milliseconds since the epoch
 * @param where {@code topic/partition}, or the file
 * @param at offset in the partition, or number in the file
 */
public record LogPoint(long major, long minor, long millis, String where, long at)
    implements Serializable {

  /** The place as messages name it: {@code orders/0@120}, {@code data/b.jsonl:17}. */
  static String place(String where, long at, boolean message) {
    return where + (message ? "@" : ":") + at;
  }
}
