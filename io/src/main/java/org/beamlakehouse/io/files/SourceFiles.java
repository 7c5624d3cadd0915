package org.beamlakehouse.io.files;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.iceberg.io.FileIO;

/** Opens the files of a source: decompressed by suffix, and checked to be as they were listed. */
public final class SourceFiles {
  private static final int CHUNK = 1 << 16;

  private SourceFiles() {}

  /**
   * The content of a file: gzip (any number of members) for {@code .gz}, zstd for {@code .zst},
   * else as it is. Reading fails where the compressed form is broken or cut off, where anything
   * follows it, and where the file has not the size it was listed with: it is still being written.
   *
   * @param store opens files with a scheme; not called for local files
   */
  public static InputStream open(SourceFile file, Supplier<? extends FileIO> store)
      throws IOException {
    InputStream raw = new WholeFile(openRaw(file, store), file.size());
    try {
      String name = file.path().toLowerCase(Locale.ROOT);
      if (name.endsWith(".gz")) {
        return new GzipInput(raw);
      }
      if (name.endsWith(".zst")) {
        if (file.size() == 0) {
          throw new IOException("it is empty, which is not a zstd file");
        }
        return new ZstdInputStreamNoFinalizer(new BufferedInputStream(raw, CHUNK));
      }
      return raw;
    } catch (IOException | RuntimeException e) {
      try {
        raw.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** True where the file is stored compressed. */
  public static boolean compressed(String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return name.endsWith(".gz") || name.endsWith(".zst");
  }

  private static InputStream openRaw(SourceFile file, Supplier<? extends FileIO> store)
      throws IOException {
    if (GlobPath.hasScheme(file.location())) {
      try {
        return store.get().newInputFile(file.location()).newStream();
      } catch (RuntimeException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    Path path = Path.of(file.location());
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("it is not a regular file");
    }
    return Files.newInputStream(path);
  }

  /** Fails at the end of a stream that has not exactly the expected number of bytes. */
  private static final class WholeFile extends FilterInputStream {
    private final long expected;
    private long count;

    WholeFile(InputStream in, long expected) {
      super(in);
      this.expected = expected;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return check(in.read(bytes, offset, length));
      } catch (RuntimeException e) {
        // Clients of object stores throw their own kinds.
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = in.skip(bytes);
      count += skipped;
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private int check(int read) throws IOException {
      if (read > 0) {
        count += read;
      }
      if (count > expected || read < 0 && count != expected) {
        throw new IOException(
            "it had "
                + expected
                + " bytes when it was listed and has "
                + (count > expected ? "more" : count)
                + " now; write files elsewhere and move them in when they are complete");
      }
      return read;
    }
  }
}
