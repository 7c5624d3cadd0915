package org.beamlakehouse.io.internal.bronze.files;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.snapshot.ManifestThreads;
import org.beamlakehouse.io.internal.iceberg.snapshot.SnapshotReader;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The table {@code <bronze>__files}: which files each commit of a bronze table has ingested. Each
 * of them appends its own right after it was made.
 *
 * <p>A commit names the one before it, so that the commits which made the current snapshot are
 * known whatever snapshots were expired since; those that were rolled back are not among them. What
 * was read is kept in this process, and only what came later is read again.
 */
final class FilesIndex {
  private static final Schema SCHEMA =
      new Schema(
          required(1, "source_system", Types.StringType.get(), "Name of the source"),
          required(2, "source_file", Types.StringType.get(), "Path of the file"),
          optional(3, "size_bytes", Types.LongType.get(), "Size as it was stored"),
          optional(4, "modified_at", Types.TimestampType.withZone(), "Last change of the file"),
          optional(5, "checksum", Types.LongType.get(), "CRC-32C of the stored bytes"),
          required(6, "bronze_uuid", Types.StringType.get(), "The bronze table that has it"),
          required(7, "bronze_snapshot", Types.LongType.get(), "The commit that brought it"),
          optional(8, "after_snapshot", Types.LongType.get(), "The commit before that one"),
          required(9, "batch_id", Types.StringType.get(), "The run that wrote this"));

  /** What was read of an index up to one of its snapshots. */
  private record Contents(long snapshot, Map<String, Map<Long, IndexedCommit>> ofTables) {}

  private static final Map<UUID, SoftReference<Contents>> READ = new ConcurrentHashMap<>();

  private FilesIndex() {}

  /** Name of the table with the files of a bronze table. */
  static String tableOf(String bronzeTable) {
    return bronzeTable + "__files";
  }

  /** What is written down of a bronze table's commits, by snapshot; not to be changed. */
  static Map<Long, IndexedCommit> read(CatalogConfig catalog, String bronzeTable, UUID bronze) {
    Table index = Catalogs.find(catalog, tableOf(bronzeTable)).orElse(null);
    Snapshot current = index == null ? null : index.currentSnapshot();
    if (current == null) {
      return Map.of();
    }
    SoftReference<Contents> reference = READ.get(index.uuid());
    Contents known = reference == null ? null : reference.get();
    if (known == null || known.snapshot() != current.snapshotId()) {
      known = read(index, current, known);
      READ.put(index.uuid(), new SoftReference<>(known));
    }
    return known.ofTables().getOrDefault(bronze.toString(), Map.of());
  }

  private static Contents read(Table index, Snapshot to, @Nullable Contents known) {
    SnapshotReader reader = new SnapshotReader(index, index.schema());
    Map<String, Map<Long, IndexedCommit>> all = new HashMap<>();
    boolean more = known != null && isAppendedSince(index, known.snapshot());
    if (more) {
      known.ofTables().forEach((table, commits) -> all.put(table, new HashMap<>(commits)));
    }
    try (CloseableIterable<FileScanTask> tasks =
        more
            ? index
                .newIncrementalAppendScan()
                .fromSnapshotExclusive(known.snapshot())
                .toSnapshot(to.snapshotId())
                .planFiles()
            : index.newScan().useSnapshot(to.snapshotId()).planFiles()) {
      for (FileScanTask task : tasks) {
        reader.read(task, row -> add(row, all));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + index.name() + ": " + e.getMessage(), e);
    }
    return new Contents(to.snapshotId(), all);
  }

  private static boolean isAppendedSince(Table index, long snapshot) {
    for (Snapshot one : TableHistory.of(index).known()) {
      if (one.snapshotId() == snapshot) {
        return true;
      }
      if (!one.operation().equals(DataOperations.APPEND)) {
        return false;
      }
    }
    return false;
  }

  private static void add(Record row, Map<String, Map<Long, IndexedCommit>> all) {
    long snapshot = (Long) row.getField("bronze_snapshot");
    OffsetDateTime modified = (OffsetDateTime) row.getField("modified_at");
    all.computeIfAbsent((String) row.getField("bronze_uuid"), table -> new HashMap<>())
        .computeIfAbsent(
            snapshot, id -> new IndexedCommit(id, (Long) row.getField("after_snapshot")))
        .add(
            (String) row.getField("source_system"),
            (String) row.getField("source_file"),
            new IngestedFiles.Entry(
                known((Long) row.getField("size_bytes")),
                known(modified == null ? null : modified.toInstant().toEpochMilli()),
                known((Long) row.getField("checksum"))));
  }

  private static long known(@Nullable Long value) {
    return value == null ? IngestedFiles.UNKNOWN : value;
  }

  private static @Nullable Long orNull(long value) {
    return value == IngestedFiles.UNKNOWN ? null : value;
  }

  /** Writes commits down that are not there yet; twice does no harm. */
  static void append(
      CatalogConfig catalog,
      String bronzeTable,
      UUID bronze,
      String batchId,
      List<IndexedCommit> commits) {
    Table index =
        Catalogs.loadOrCreate(
            catalog,
            tableOf(bronzeTable),
            SCHEMA,
            PartitionSpec.unpartitioned(),
            Map.of(
                TableProperties.FORMAT_VERSION, "3",
                TableProperties.PARQUET_COMPRESSION, "zstd"));
    DataFile file;
    try (RowWriter writer = RowWriter.open(index)) {
      for (IndexedCommit commit : commits) {
        commit
            .files()
            .forEach(
                (source, files) ->
                    files.forEach(
                        (path, entry) ->
                            writer.write(
                                source,
                                path,
                                orNull(entry.size()),
                                entry.modifiedMillis() == IngestedFiles.UNKNOWN
                                    ? null
                                    : entry.modifiedMillis() * 1000,
                                orNull(entry.checksum()),
                                bronze.toString(),
                                commit.snapshot(),
                                commit.after(),
                                batchId)));
      }
      file = writer.finish();
    }
    index.newAppend().scanManifestsWith(ManifestThreads.of(index)).appendFile(file).commit();
  }
}
