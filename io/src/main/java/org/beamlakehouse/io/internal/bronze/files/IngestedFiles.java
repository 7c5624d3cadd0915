package org.beamlakehouse.io.internal.bronze.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.iceberg.snapshot.SnapshotReader;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files a bronze table has ingested, all of them, by source and path.
 *
 * <p>Each ingesting commit has a name of its own in its snapshot's summary, under {@link #COMMIT},
 * and is then written down in the table's {@link FilesIndex}. In force are the commits that belong
 * to the history of the current snapshot, so a rollback of the table takes its files back as well.
 * Those that the index lacks, because a run was killed in between, are known from their rows. Where
 * nobody can tell which commits made the snapshot, all of its rows tell the files, their sizes
 * unknown.
 *
 * <p>Earlier versions wrote the whole set into a file that the summary named under {@link #KEY}; it
 * is taken over into the index.
 */
public final class IngestedFiles {
  /** Key of the snapshot summary: the name of an ingesting commit. */
  static final String COMMIT = "beam-lakehouse.files-commit";

  /** What it was in earlier versions: location of the file that holds the set. */
  static final String KEY = "beam-lakehouse.files";

  /** A size, time or checksum that nobody recorded. */
  static final long UNKNOWN = -1;

  private static final Logger LOG = LoggerFactory.getLogger(IngestedFiles.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final int VERSION = 1;

  /**
   * A file as it was when it was ingested.
   *
   * @param size bytes as it was stored
   * @param modifiedMillis last modification, epoch milliseconds
   * @param checksum CRC-32C of the stored bytes
   */
  record Entry(long size, long modifiedMillis, long checksum) {
    static final Entry OF_ROWS = new Entry(UNKNOWN, UNKNOWN, UNKNOWN);

    static Entry of(TakenFile taken) {
      SourceFile file = taken.file();
      return new Entry(file.size(), file.modifiedMillis(), taken.checksum());
    }
  }

  private final List<IndexedCommit> commits = new ArrayList<>();
  private final Map<String, Map<String, Entry>> bySource = new HashMap<>();
  private final List<IndexedCommit> unwritten = new ArrayList<>();
  private @Nullable String base;
  private @Nullable Long newest;

  private IngestedFiles() {}

  /** No files at all. */
  static IngestedFiles none() {
    return new IngestedFiles();
  }

  /** The files that a table's current snapshot has ingested. */
  public static IngestedFiles of(CatalogConfig catalog, String name, Table table) {
    IngestedFiles files = new IngestedFiles();
    TableHistory history = TableHistory.of(table);
    files.base = recorded(history.known());
    Map<Long, IndexedCommit> index = FilesIndex.read(catalog, name, table.uuid());
    List<Snapshot> missing = new ArrayList<>();
    Snapshot known =
        history.nearest(
            snapshot -> {
              if (index.containsKey(snapshot.snapshotId()) || snapshot.summary().containsKey(KEY)) {
                return snapshot;
              }
              if (snapshot.summary().containsKey(COMMIT)) {
                missing.add(0, snapshot);
              }
              return null;
            });
    boolean told = known == null ? history.isComplete() : files.addUpTo(known, table, index);
    for (Snapshot snapshot : missing) {
      told = told && table.snapshot(snapshot.snapshotId()) != null;
      if (told) {
        files.addUnwritten(ofRows(table, snapshot, files.newest));
      }
    }
    if (!told) {
      files.recover(table, index);
    }
    return files;
  }

  /** Adds a commit and those before it; false where somebody lost one of them. */
  private boolean addUpTo(Snapshot snapshot, Table table, Map<Long, IndexedCommit> index) {
    if (!index.containsKey(snapshot.snapshotId())) {
      addUnwritten(ofEarlierVersion(table, snapshot));
      return true;
    }
    for (Long next = snapshot.snapshotId(); next != null; ) {
      IndexedCommit commit = index.get(next);
      if (commit == null) {
        return false;
      }
      commits.add(commit);
      next = commit.after();
    }
    newest = snapshot.snapshotId();
    return true;
  }

  private void addUnwritten(IndexedCommit commit) {
    if (commit.files().isEmpty()) {
      // Nothing of it could be written down: empty files leave no row.
      return;
    }
    commits.add(commit);
    unwritten.add(commit);
    newest = commit.snapshot();
  }

  /** What all rows of the current snapshot tell, with what the index knows of these files. */
  private void recover(Table table, Map<Long, IndexedCommit> index) {
    commits.clear();
    unwritten.clear();
    long snapshot = table.currentSnapshot().snapshotId();
    newest = null;
    IndexedCommit all = new IndexedCommit(snapshot, null);
    addRows(
        table,
        new SnapshotReader(table, source(table)).plan(snapshot, Expressions.alwaysTrue()),
        all);
    index.values().forEach(all::addKnown);
    addUnwritten(all);
  }

  private static IndexedCommit ofRows(Table table, Snapshot snapshot, @Nullable Long after) {
    IndexedCommit commit = new IndexedCommit(snapshot.snapshotId(), after);
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newIncrementalAppendScan()
            .fromSnapshotInclusive(snapshot.snapshotId())
            .toSnapshot(snapshot.snapshotId())
            .planFiles()) {
      addRows(table, tasks, commit);
    } catch (IOException e) {
      throw cannotRead(table, e);
    }
    return commit;
  }

  private static Schema source(Table table) {
    return table.schema().select(BronzeTables.SOURCE_SYSTEM, BronzeTables.SOURCE_FILE);
  }

  private static void addRows(Table table, Iterable<FileScanTask> tasks, IndexedCommit commit) {
    SnapshotReader reader = new SnapshotReader(table, source(table));
    try {
      for (FileScanTask task : tasks) {
        reader.read(
            task,
            row -> {
              String path = (String) row.getField(BronzeTables.SOURCE_FILE);
              if (path != null) {
                commit.add((String) row.getField(BronzeTables.SOURCE_SYSTEM), path, Entry.OF_ROWS);
              }
            });
      }
    } catch (IOException e) {
      throw cannotRead(table, e);
    }
  }

  private static UncheckedIOException cannotRead(Table table, IOException e) {
    return new UncheckedIOException(
        "Cannot read which files " + table.name() + " has ingested: " + e.getMessage(), e);
  }

  /** The set that an earlier version wrote; what the rows tell where its file was removed. */
  private static IndexedCommit ofEarlierVersion(Table table, Snapshot snapshot) {
    String location = snapshot.summary().get(KEY);
    IndexedCommit commit = new IndexedCommit(snapshot.snapshotId(), null);
    try {
      read(table, location, commit);
    } catch (NotFoundException e) {
      LOG.warn("{} is gone; the rows of {} tell which files were ingested", location, table.name());
      long rows =
          table.snapshot(snapshot.snapshotId()) == null
              ? table.currentSnapshot().snapshotId()
              : snapshot.snapshotId();
      addRows(
          table,
          new SnapshotReader(table, source(table)).plan(rows, Expressions.alwaysTrue()),
          commit);
    }
    return commit;
  }

  /** Name of the nearest ingesting commit of some snapshots, newest first; null for none. */
  static @Nullable String recorded(Iterable<Snapshot> ancestry) {
    for (Snapshot snapshot : ancestry) {
      String name = snapshot.summary().getOrDefault(COMMIT, snapshot.summary().get(KEY));
      if (name != null) {
        return name;
      }
    }
    return null;
  }

  /** The {@link #recorded} of the table's snapshots when this set was read. */
  @Nullable String base() {
    return base;
  }

  /** Snapshot of the newest ingesting commit; null for none. */
  @Nullable Long newest() {
    return newest;
  }

  /** Commits that the index does not have yet, oldest first. */
  List<IndexedCommit> unwritten() {
    return unwritten;
  }

  /** What is known of a file; null where it was not ingested. */
  @Nullable Entry get(String source, String path) {
    return bySource.computeIfAbsent(source, this::ofSource).get(path);
  }

  private Map<String, Entry> ofSource(String source) {
    Map<String, Entry> all = new HashMap<>();
    commits.forEach(commit -> all.putAll(commit.files().getOrDefault(source, Map.of())));
    return all;
  }

  boolean contains(String source, String path) {
    return get(source, path) != null;
  }

  private static void read(Table table, String location, IndexedCommit files) {
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
    } catch (NotFoundException e) {
      throw e;
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

  /** How many files there are, for messages and tests. */
  public int size() {
    return commits.stream()
        .flatMap(commit -> commit.files().keySet().stream())
        .distinct()
        .mapToInt(source -> ofSource(source).size())
        .sum();
  }
}
