package org.beamlakehouse.io.internal.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * Splits a stream of bytes into records, one per line.
 *
 * <p>A line ends at {@code \n}; a {@code \r} right before it belongs to the end as well. Everything
 * else is kept as it is, whatever its encoding. The last line counts without a {@code \n}; an empty
 * line is a record with no bytes. A UTF-8 byte order mark at the very start marks the file, not its
 * first record, and is skipped.
 *
 * <p>A record is a slice of one growing buffer, valid until the next call, so that nothing is
 * copied and no String is made. Not thread-safe.
 */
public final class LineRecords implements Closeable {
  private final InputStream in;
  private final int maxRecord;
  private long number;
  private byte[] buffer;
  private int position;
  private int limit;
  private boolean ended;
  private boolean started;
  private int start;
  private int length;

  /** Splits what a stream gives, whatever the size of its records. */
  public LineRecords(InputStream in, int capacity) {
    this(in, capacity, 1 << 30);
  }

  /**
   * Splits what a stream gives.
   *
   * @param capacity size of the buffer to begin with, in bytes
   * @param maxRecord bytes that a record may have; the buffer grows to twice as many at most
   */
  public LineRecords(InputStream in, int capacity, int maxRecord) {
    this.in = in;
    this.maxRecord = maxRecord;
    this.buffer = new byte[Math.max(capacity, 64)];
  }

  /**
   * Reads ahead until the end of the stream, or until so many bytes are buffered.
   *
   * @return true where the stream has ended: nothing that follows can fail any more, and the slices
   *     of all records stay valid
   */
  public boolean buffer(int bytes) throws IOException {
    while (!ended && limit < bytes) {
      read();
    }
    return ended;
  }

  /**
   * Moves to the next record; false at the end.
   *
   * @throws RecordTooLargeException where the record is larger than the limit
   */
  public boolean next() throws IOException {
    if (!started) {
      started = true;
      skipByteOrderMark();
    }
    int scan = position;
    while (true) {
      for (int i = scan; i < limit; i++) {
        if (buffer[i] == '\n') {
          record(i > position && buffer[i - 1] == '\r' ? i - 1 : i);
          position = i + 1;
          return true;
        }
      }
      if (ended) {
        if (position == limit) {
          return false;
        }
        record(limit);
        position = limit;
        return true;
      }
      int scanned = limit - position;
      read();
      scan = position + scanned;
    }
  }

  /** The bytes that {@link #start} and {@link #length} refer to. */
  public byte[] bytes() {
    return buffer;
  }

  /** Where the record starts in {@link #bytes}. */
  public int start() {
    return start;
  }

  /** How many bytes the record has. */
  public int length() {
    return length;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void record(int end) throws RecordTooLargeException {
    start = position;
    length = end - position;
    if (length > maxRecord) {
      throw new RecordTooLargeException(number, maxRecord);
    }
    number++;
  }

  private void skipByteOrderMark() throws IOException {
    buffer(3);
    if (limit >= 3
        && buffer[0] == (byte) 0xEF
        && buffer[1] == (byte) 0xBB
        && buffer[2] == (byte) 0xBF) {
      position = 3;
    }
  }

  private void read() throws IOException {
    if (limit == buffer.length) {
      makeRoom();
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count < 0) {
      ended = true;
    } else {
      limit += count;
    }
  }

  private void makeRoom() throws RecordTooLargeException {
    int kept = limit - position;
    if (kept > maxRecord + 1L) {
      // One byte may be the \r of its end.
      throw new RecordTooLargeException(number, maxRecord);
    }
    if (position > 0 && kept <= buffer.length / 2) {
      System.arraycopy(buffer, position, buffer, 0, kept);
    } else {
      byte[] larger = new byte[(int) Math.min(Integer.MAX_VALUE - 64L, 2L * buffer.length)];
      System.arraycopy(buffer, position, larger, 0, kept);
      buffer = larger;
    }
    position = 0;
    limit = kept;
  }
}
