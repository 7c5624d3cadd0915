package org.beamlakehouse.io.internal.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip (RFC 1952) of any number of members, strictly.
 *
 * <p>Java's own stream takes broken or cut off data after the first member, and any member that
 * begins where the storage happens to pause, for the end of the file: records would be lost without
 * a word. Here everything up to the end of the stream must be whole members with the right
 * checksums. Not thread-safe.
 */
final class GzipInput extends InputStream {
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int position;
  private int limit;
  private boolean inMember;
  private boolean ended;

  /** Decompresses a stream that must hold at least one member. */
  GzipInput(InputStream in) throws IOException {
    this.in = in;
    if (!fill()) {
      throw new EOFException();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      if (!inMember) {
        if (!fill()) {
          ended = true;
          break;
        }
        header();
      }
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        return count;
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    ended = true;
    inflater.end();
    in.close();
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      if (inflater.needsInput()) {
        if (!fill()) {
          throw new EOFException();
        }
        inflater.setInput(buffer, position, limit - position);
        position = limit;
      }
      int count = inflater.inflate(bytes, offset, length);
      crc.update(bytes, offset, count);
      if (inflater.finished()) {
        position = limit - inflater.getRemaining();
        trailer();
      } else if (inflater.needsDictionary()) {
        throw new IOException("its gzip data is corrupt");
      }
      return count;
    } catch (DataFormatException e) {
      throw new IOException("its gzip data is corrupt: " + e.getMessage(), e);
    }
  }

  private void header() throws IOException {
    if (next() != 0x1f || next() != 0x8b || next() != 8) {
      throw new IOException("it is not gzip, or something follows the gzip data");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw new IOException("its gzip header is corrupt");
    }
    skip(6);
    if ((flags & EXTRA) != 0) {
      int low = next();
      skip(low | next() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    inMember = true;
  }

  private void trailer() throws IOException {
    // Count before reading: both are kept modulo 2^32.
    long length = inflater.getBytesWritten() & 0xffffffffL;
    if (number() != crc.getValue() || number() != length) {
      throw new IOException("its gzip data is corrupt: the checksum does not match");
    }
    inMember = false;
  }

  private long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      value |= (long) next() << shift;
    }
    return value;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    int value = next();
    while (value != 0) {
      value = next();
    }
  }

  private int next() throws IOException {
    if (!fill()) {
      throw new EOFException();
    }
    return buffer[position++] & 0xff;
  }

  /** True where the buffer holds a byte; false at the end of the stream. */
  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    position = 0;
    limit = 0;
    int count = in.read(buffer, 0, buffer.length);
    limit = Math.max(count, 0);
    return count > 0;
  }
}
