package org.beamlakehouse.testing.history;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A public data set over some years: its changes as Debezium messages, in order, and the table as
 * it was published at some points in time. In both, all values are text and nothing is empty text.
 *
 * @param name of the table
 * @param columns its columns; the first, {@code id}, is the key
 * @param messages all changes
 * @param checkpoints the published rows, with null for nothing, by the time of the last change in
 *     them
 */
record PublishedHistory(
    String name,
    List<String> columns,
    List<String> messages,
    SortedMap<Instant, Set<List<@Nullable String>>> checkpoints) {

  static PublishedHistory load(Path folder, String name, List<String> columns) {
    TreeMap<Instant, Set<List<String>>> checkpoints = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve(name + ".checkpoints"))) {
      for (Path file : files.toList()) {
        // <transaction>-<seconds since 1970>-<commit>.csv.gz
        long seconds = Long.parseLong(file.getFileName().toString().split("-")[1]);
        checkpoints.put(Instant.ofEpochSecond(seconds), rows(file, columns));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PublishedHistory(
        name,
        columns,
        SharedFiles.unzippedLines(folder.resolve(name + ".changes.jsonl.gz")),
        checkpoints);
  }

  private static Set<List<String>> rows(Path file, List<String> columns) throws IOException {
    Set<List<String>> rows = new HashSet<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
        MappingIterator<Map<String, String>> lines =
            new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(in)) {
      while (lines.hasNext()) {
        Map<String, String> line = lines.next();
        rows.add(columns.stream().map(line::get).map(PublishedHistory::emptyToNull).toList());
      }
    }
    return rows;
  }

  private static @Nullable String emptyToNull(@Nullable String value) {
    return value == null || value.isEmpty() ? null : value;
  }

  /** The messages as if they were of another table. */
  List<String> messagesOf(String table) {
    return messages.stream()
        .map(
            message ->
                message.replace("\"table\": \"" + name + "\"", "\"table\": \"" + table + "\""))
        .toList();
  }
}
