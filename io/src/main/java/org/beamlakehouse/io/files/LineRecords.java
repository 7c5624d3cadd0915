package org.beamlakehouse.io.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

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
  private static final int MAX_RECORD = 1 << 30;

  private final InputStream in;
  private byte[] buffer;
  private int position;
  private int limit;
  private boolean ended;
  private boolean started;
  private int start;
  private int length;

  /**
   * Splits what a stream gives.
   *
   * @param capacity size of the buffer to begin with, in bytes
   */
  public LineRecords(InputStream in, int capacity) {
    this.in = in;
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

  /** Moves to the next record; false at the end. */
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

  private void record(int end) {
    start = position;
    length = end - position;
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

  private void makeRoom() throws IOException {
    int kept = limit - position;
    if (position > 0 && kept <= buffer.length / 2) {
      System.arraycopy(buffer, position, buffer, 0, kept);
    } else if (buffer.length < MAX_RECORD) {
      byte[] larger = new byte[(int) Math.min(MAX_RECORD, 2L * buffer.length)];
      System.arraycopy(buffer, position, larger, 0, kept);
      buffer = larger;
    } else if (position > 0) {
      buffer = Arrays.copyOfRange(buffer, position, position + buffer.length);
    } else {
      throw new IOException(
          "a record is larger than " + MAX_RECORD + " bytes; split the file into lines");
    }
    position = 0;
    limit = kept;
  }
}
