package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.DVFileWriter;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.util.PropertyUtil;
import org.beamlakehouse.io.iceberg.FileJson;
import org.beamlakehouse.io.iceberg.RowWriter;

/**
 * Writes the files of one shard: rows into one data file per partition (more where they outgrow the
 * table's target size), deletes into one deletion vector per data file.
 *
 * <p>What it wrote is in no table. {@link #abort} removes it again.
 */
final class ShardWriter {
  private static final int ROWS_BETWEEN_CHECKS = 1000;

  private final int shard;
  private final Map<String, Table> written = new HashMap<>();

  ShardWriter(int shard) {
    this.shard = shard;
  }

  /**
   * Writes rows of a table's schema.
   *
   * @param rows internal values in column order
   */
  List<DataFile> writeRows(Table table, List<StructLike> rows) {
    PartitionKey partition = new PartitionKey(table.spec(), table.schema());
    Map<PartitionKey, List<StructLike>> partitions = new LinkedHashMap<>();
    for (StructLike row : rows) {
      partition.partition(row);
      List<StructLike> samePartition = partitions.get(partition);
      if (samePartition == null) {
        samePartition = new ArrayList<>();
        partitions.put(partition.copy(), samePartition);
      }
      samePartition.add(row);
    }
    List<DataFile> files = new ArrayList<>();
    partitions.forEach((key, values) -> files.addAll(writePartition(table, key, values)));
    return files;
  }

  /** Writes rows that are known to be all of one partition. */
  List<DataFile> writeRowsOfOnePartition(Table table, List<StructLike> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    PartitionKey partition = new PartitionKey(table.spec(), table.schema());
    partition.partition(rows.get(0));
    return writePartition(table, partition, rows);
  }

  private List<DataFile> writePartition(
      Table table, PartitionKey partition, List<StructLike> rows) {
    long targetSize =
        PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    List<DataFile> files = new ArrayList<>();
    Iterator<StructLike> rest = rows.iterator();
    while (rest.hasNext()) {
      try (RowWriter writer =
          table.spec().isPartitioned() ? RowWriter.open(table, partition) : RowWriter.open(table)) {
        while (rest.hasNext()
            && (writer.rows() % ROWS_BETWEEN_CHECKS != 0 || writer.length() < targetSize)) {
          writer.write(rest.next());
        }
        DataFile file = writer.finish();
        written.put(file.location(), table);
        files.add(file);
      }
    }
    return files;
  }

  /** Writes the deletes of files of which some rows stay. */
  DeleteWriteResult writeVectors(Table table, Collection<StoredFile> storedFiles) {
    Map<String, StoredFile> byLocation = new HashMap<>();
    storedFiles.forEach(file -> byLocation.put(file.file().location(), file));
    DVFileWriter writer =
        new BaseDVFileWriter(
            OutputFileFactory.builderFor(table, shard, 0).format(FileFormat.PUFFIN).build(),
            path -> byLocation.get(path).deletedBefore());
    try (writer) {
      for (StoredFile file : storedFiles) {
        for (long position : file.deletedNow()) {
          writer.delete(
              file.file().location(), position, file.task().spec(), file.file().partition());
        }
      }
    } catch (IOException e) {
      throw unwritable(table, e);
    }
    DeleteWriteResult result = writer.result();
    result.deleteFiles().forEach(file -> written.put(file.location(), table));
    return result;
  }

  /** Removes all files written so far; to be called only where no commit can hold them. */
  void abort(RuntimeException cause) {
    written.forEach(
        (location, table) -> {
          try {
            table.io().deleteFile(location);
          } catch (RuntimeException e) {
            cause.addSuppressed(e);
          }
        });
  }

  /** The form in which files travel to the commit. */
  static List<String> toJson(Table table, Collection<? extends ContentFile<?>> files) {
    return files.stream().map(file -> FileJson.write(table, file)).toList();
  }

  private static UncheckedIOException unwritable(Table table, IOException e) {
    return new UncheckedIOException(
        "Cannot write files of " + table.name() + ": " + e.getMessage(), e);
  }
}
