package org.beamlakehouse.io.internal.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a file holds, decompressed, and the checksum of the bytes it is stored as. */
public final class FileContent extends FilterInputStream {
  private final WholeFile stored;

  FileContent(InputStream content, WholeFile stored) {
    super(content);
    this.stored = stored;
  }

  /**
   * CRC-32C of the stored bytes, by which a later change of the file is noticed. To be asked for
   * after the end was reached.
   *
   * @throws IOException where what is behind the content cannot be read
   */
  public long checksum() throws IOException {
    byte[] rest = new byte[1];
    while (stored.read(rest, 0, 1) >= 0) {
      // A decompressor need not have looked whether anything follows.
    }
    return stored.checksum();
  }
}
