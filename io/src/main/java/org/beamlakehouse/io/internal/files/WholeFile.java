package org.beamlakehouse.io.internal.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The bytes of a file as they are stored, with their checksum. Fails at the end where they are not
 * exactly as many as were listed, or where a local file was changed since.
 */
final class WholeFile extends FilterInputStream {
  private final SourceFile file;
  private final CRC32C checksum = new CRC32C();
  private long count;
  private boolean ended;

  WholeFile(InputStream in, SourceFile file) {
    super(in);
    this.file = file;
  }

  /** The checksum of all bytes, once they were read to the end. */
  long checksum() {
    if (!ended) {
      throw new IllegalStateException(
          "Cannot tell the checksum of " + file.path() + ": it was not read to its end");
    }
    return checksum.getValue();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int read = in.read(bytes, offset, length);
      if (read > 0) {
        checksum.update(bytes, offset, read);
      }
      return check(read);
    } catch (RuntimeException e) {
      // Clients of object stores throw their own kinds.
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public long skip(long bytes) throws IOException {
    // Every byte counts for the checksum.
    byte[] skipped = new byte[(int) Math.min(bytes, 1 << 13)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private int check(int read) throws IOException {
    if (read > 0) {
      count += read;
    }
    if (count > file.size() || read < 0 && count != file.size()) {
      throw new IOException(
          "it had "
              + file.size()
              + " bytes when it was listed and has "
              + (count > file.size() ? "more" : count)
              + " now; write files elsewhere and move them in when they are complete");
    }
    if (read < 0 && !ended) {
      ended = true;
      checkUnchanged();
    }
    return read;
  }

  /**
   * A store gives an object as it was at one time; a local file may be written while it is read.
   */
  private void checkUnchanged() throws IOException {
    if (!GlobPath.hasScheme(file.location())
        && Files.getLastModifiedTime(Path.of(file.location())).toMillis()
            != file.modifiedMillis()) {
      throw new IOException(
          "it was changed since it was listed; write files elsewhere and move them in when they"
              + " are complete");
    }
  }
}
