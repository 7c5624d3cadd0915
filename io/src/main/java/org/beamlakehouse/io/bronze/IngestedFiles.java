package org.beamlakehouse.io.bronze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.files.SourceFile;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The files a bronze table has ingested, all of them, by source and path.
 *
 * <p>Each ingesting commit writes the whole set into a new compressed JSON file beside the table's
 * metadata and names it in its snapshot's summary under {@link #KEY}; the file is never changed.
 * The set in force is that of the nearest ancestor of the current snapshot that names one, so a
 * rollback of the table takes its files back as well. Where snapshots were expired together with
 * the newest name, the set is recovered from the rows: the same files, their sizes unknown.
 */
final class IngestedFiles {
  /** Key of the snapshot summary: location of the file that holds the set. */
  static final String KEY = "beam-lakehouse.files";

  /** A size or checksum that nobody recorded. */
  static final long UNKNOWN = -1;

  private static final JsonFactory JSON = new JsonFactory();
  private static final int VERSION = 1;

  /**
   * A file as it was when it was ingested.
   *
   * @param size bytes as it was stored
   * @param modifiedMillis last modification, epoch milliseconds
   * @param checksum CRC-32C of the stored bytes
   */
  record Entry(long size, long modifiedMillis, long checksum) {}

  private final Map<String, Map<String, Entry>> sources = new TreeMap<>();
  private @Nullable String location;

  private IngestedFiles() {}

  /** No files at all. */
  static IngestedFiles none() {
    return new IngestedFiles();
  }

  /** The files that a table's current snapshot has ingested. */
  static IngestedFiles of(Table table) {
    Snapshot oldest = null;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      String location = snapshot.summary().get(KEY);
      if (location != null) {
        return read(table, location);
      }
      oldest = snapshot;
    }
    // A parent that is no longer in the metadata means the history is cut off.
    return oldest != null && oldest.parentId() != null ? recover(table) : none();
  }

  /** Location named by the nearest of some snapshots, newest first; null where none names one. */
  static @Nullable String location(Iterable<Snapshot> ancestry) {
    for (Snapshot snapshot : ancestry) {
      String location = snapshot.summary().get(KEY);
      if (location != null) {
        return location;
      }
    }
    return null;
  }

  /** The file this set was read from; null for none. */
  @Nullable String location() {
    return location;
  }

  /** What is known of a file; null where it was not ingested. */
  @Nullable Entry get(String source, String path) {
    Map<String, Entry> files = sources.get(source);
    return files == null ? null : files.get(path);
  }

  boolean contains(String source, String path) {
    return get(source, path) != null;
  }

  void add(String source, TakenFile taken) {
    SourceFile file = taken.file();
    add(source, file.path(), new Entry(file.size(), file.modifiedMillis(), taken.checksum()));
  }

  private void add(String source, String path, Entry entry) {
    sources.computeIfAbsent(source, s -> new TreeMap<>()).put(path, entry);
  }

  /** Writes the set into a new file of the table and gives its location. */
  String write(Table table) {
    String name = "beam-lakehouse-files-" + UUID.randomUUID() + ".json.gz";
    String target = ((HasTableOperations) table).operations().metadataFileLocation(name);
    try (OutputStream out =
            new GZIPOutputStream(table.io().newOutputFile(target).create(), 1 << 16);
        JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeObjectFieldStart("sources");
      for (Map.Entry<String, Map<String, Entry>> source : sources.entrySet()) {
        json.writeObjectFieldStart(source.getKey());
        for (Map.Entry<String, Entry> file : source.getValue().entrySet()) {
          json.writeArrayFieldStart(file.getKey());
          json.writeNumber(file.getValue().size());
          json.writeNumber(file.getValue().modifiedMillis());
          json.writeNumber(file.getValue().checksum());
          json.writeEndArray();
        }
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + target + ": " + e.getMessage(), e);
    }
    return target;
  }

  private static IngestedFiles read(Table table, String location) {
    IngestedFiles files = new IngestedFiles();
    files.location = location;
    try (InputStream in =
            new GZIPInputStream(table.io().newInputFile(location).newStream(), 1 << 16);
        JsonParser json = JSON.createParser(in)) {
      expect(json.nextToken() == JsonToken.START_OBJECT);
      expect("version".equals(json.nextFieldName()) && json.nextIntValue(0) == VERSION);
      expect("sources".equals(json.nextFieldName()));
      expect(json.nextToken() == JsonToken.START_OBJECT);
      for (String source = json.nextFieldName(); source != null; source = json.nextFieldName()) {
        expect(json.nextToken() == JsonToken.START_OBJECT);
        for (String path = json.nextFieldName(); path != null; path = json.nextFieldName()) {
          expect(json.nextToken() == JsonToken.START_ARRAY);
          files.add(source, path, entry(json));
        }
      }
      return files;
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(
          "Cannot read which files "
              + table.name()
              + " has ingested: "
              + location
              + ": "
              + e.getMessage()
              + "; restore the file, or roll the table back to a snapshot before it",
          e);
    }
  }

  private static Entry entry(JsonParser json) throws IOException {
    long size = json.nextLongValue(0);
    long modified = json.nextLongValue(0);
    // Earlier versions kept no checksum.
    long checksum = UNKNOWN;
    if (json.nextToken() != JsonToken.END_ARRAY) {
      checksum = json.getLongValue();
      expect(json.nextToken() == JsonToken.END_ARRAY);
    }
    return new Entry(size, modified, checksum);
  }

  private static void expect(boolean condition) throws IOException {
    if (!condition) {
      throw new IOException("it is not a list of ingested files of version " + VERSION);
    }
  }

  private static IngestedFiles recover(Table table) {
    IngestedFiles files = new IngestedFiles();
    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(table)
            .select(BronzeTables.SOURCE_SYSTEM, BronzeTables.SOURCE_FILE)
            .build()) {
      for (Record row : rows) {
        Object path = row.getField(BronzeTables.SOURCE_FILE);
        if (path != null) {
          files.add(
              (String) row.getField(BronzeTables.SOURCE_SYSTEM),
              (String) path,
              new Entry(UNKNOWN, UNKNOWN, UNKNOWN));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read which files " + table.name() + " has ingested: " + e.getMessage(), e);
    }
    return files;
  }

  /** How many files there are, for messages and tests. */
  int size() {
    return new ArrayList<>(sources.values()).stream().mapToInt(Map::size).sum();
  }
}
