package org.beamlakehouse.io.internal.files;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
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
   * follows it, and where the file has not the size it was listed with or was changed meanwhile: it
   * is still being written.
   *
   * @param store opens files with a scheme; not called for local files
   */
  public static FileContent open(SourceFile file, Supplier<? extends FileIO> store)
      throws IOException {
    WholeFile raw = new WholeFile(openRaw(file, store), file);
    try {
      String name = file.path().toLowerCase(Locale.ROOT);
      if (name.endsWith(".gz")) {
        return new FileContent(new GzipInput(raw), raw);
      }
      if (name.endsWith(".zst")) {
        if (file.size() == 0) {
          throw new IOException("it is empty, which is not a zstd file");
        }
        return new FileContent(
            new ZstdInputStreamNoFinalizer(new BufferedInputStream(raw, CHUNK)), raw);
      }
      return new FileContent(raw, raw);
    } catch (IOException | RuntimeException e) {
      try {
        raw.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * The checksum of a file as it is stored now.
   *
   * @see FileContent#checksum
   */
  public static long checksum(SourceFile file, Supplier<? extends FileIO> store)
      throws IOException {
    try (WholeFile raw = new WholeFile(openRaw(file, store), file)) {
      byte[] chunk = new byte[CHUNK];
      while (raw.read(chunk, 0, CHUNK) >= 0) {
        // Reading is what is wanted.
      }
      return raw.checksum();
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
}
