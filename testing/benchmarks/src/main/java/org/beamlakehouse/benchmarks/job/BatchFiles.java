package org.beamlakehouse.benchmarks.job;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Batches of changes as files of JSON lines, several per batch so that they are read in parallel.
 */
final class BatchFiles {
  static final int FILES = 8;

  private BatchFiles() {}

  /** Writes a batch to new files of a folder, in the order it is delivered. */
  static void write(Path folder, int batch, List<OrderChange> changes) {
    int perFile = (changes.size() + FILES - 1) / FILES;
    try {
      Files.createDirectories(folder);
      for (int file = 0; file < FILES; file++) {
        int from = Math.min(changes.size(), file * perFile);
        int to = Math.min(changes.size(), from + perFile);
        write(folder.resolve(name(batch, file)), changes.subList(from, to));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write batch " + batch + ": " + e.getMessage(), e);
    }
  }

  private static void write(Path path, List<OrderChange> changes) throws IOException {
    StringBuilder json = new StringBuilder(1024);
    try (BufferedWriter out = Files.newBufferedWriter(path, StandardCharsets.UTF_8)) {
      for (OrderChange change : changes) {
        json.setLength(0);
        change.appendJson(json);
        out.append(json.append('\n'));
      }
    }
  }

  /** Matches the names of a batch's files. */
  static String glob(int batch) {
    return String.format(Locale.ROOT, "batch-%04d-*.jsonl", batch);
  }

  private static String name(int batch, int file) {
    return String.format(Locale.ROOT, "batch-%04d-%d.jsonl", batch, file);
  }
}
