package org.beamlakehouse.examples.shop;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A numbered series of JSON lines files: every second one plain, the others gzip and zstd in turn.
 *
 * <p>A file gets its name when it is complete; until then it stands beside the folder, so that a
 * run that is looking at the folder never sees half a file.
 */
final class JsonLinesFiles implements Closeable {
  private static final String[] EXTENSIONS = {".jsonl", ".jsonl.gz", ".jsonl", ".jsonl.zst"};

  private final Path folder;
  private final String prefix;
  private final int linesPerFile;
  private @Nullable BufferedWriter writer;
  private int files;
  private long lines;

  JsonLinesFiles(Path folder, String prefix, int linesPerFile) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.prefix = prefix;
    this.linesPerFile = linesPerFile;
  }

  void write(String line) {
    try {
      if (writer == null) {
        writer = open();
      }
      writer.write(line);
      writer.write('\n');
      lines++;
      if (lines % linesPerFile == 0) {
        finishFile();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int files() {
    return files;
  }

  long lines() {
    return lines;
  }

  /** Completes the last file. */
  @Override
  public void close() throws IOException {
    if (writer != null) {
      finishFile();
    }
  }

  private BufferedWriter open() throws IOException {
    OutputStream out = Files.newOutputStream(unfinished());
    String name = fileName();
    if (name.endsWith(".gz")) {
      out = new GZIPOutputStream(out);
    } else if (name.endsWith(".zst")) {
      out = new ZstdOutputStream(out);
    }
    return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  private void finishFile() throws IOException {
    writer.close();
    writer = null;
    Files.move(unfinished(), folder.resolve(fileName()), StandardCopyOption.REPLACE_EXISTING);
    files++;
  }

  private Path unfinished() {
    return folder.resolveSibling("." + prefix + ".unfinished");
  }

  private String fileName() {
    return String.format(
        Locale.ROOT, "%s-%05d%s", prefix, files, EXTENSIONS[files % EXTENSIONS.length]);
  }
}
