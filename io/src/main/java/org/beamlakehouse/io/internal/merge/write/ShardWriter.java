package org.beamlakehouse.io.internal.merge.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.DVFileWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;

/**
 * Writes the files of one shard and knows them all.
 *
 * <p>What it wrote is in no table. {@link #abort} removes it again.
 */
public final class ShardWriter {
  private final int shard;
  private final Map<String, Table> written = new HashMap<>();

  public ShardWriter(int shard) {
    this.shard = shard;
  }

  /** Writers of rows of any partitions. */
  PartitionWriters partitions(Table table, Schema schema) {
    return new PartitionWriters(table, schema, file -> written.put(file.location(), table));
  }

  /**
   * Writes one deletion vector per data file, which holds what was deleted before as well.
   *
   * @param storedFiles files of which some rows stay
   */
  List<DeleteFile> writeVectors(Table table, Collection<StoredFile> storedFiles) {
    Map<String, StoredFile> byLocation = new HashMap<>();
    storedFiles.forEach(file -> byLocation.put(file.file().location(), file));
    DVFileWriter writer =
        new BaseDVFileWriter(
            OutputFileFactory.builderFor(table, shard, 0).format(FileFormat.PUFFIN).build(),
            path -> byLocation.get(path).deletedBefore());
    try (writer) {
      for (StoredFile file : storedFiles) {
        file.forEachDeletedNow(
            position ->
                writer.delete(
                    file.file().location(), position, file.task().spec(), file.file().partition()));
      }
    } catch (IOException e) {
      throw unwritable(table, e);
    }
    List<DeleteFile> vectors = writer.result().deleteFiles();
    vectors.forEach(file -> written.put(file.location(), table));
    return vectors;
  }

  /** Writes what is deleted from one data file, now and before, to one file of positions. */
  DeleteFile writePositions(Table table, StoredFile storedFile) {
    PartitionSpec spec = storedFile.task().spec();
    StructLike partition = spec.isUnpartitioned() ? null : storedFile.file().partition();
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, shard, 0)
            .format(FileFormat.PARQUET)
            .suffix("deletes")
            .build();
    EncryptedOutputFile output =
        partition == null ? files.newOutputFile() : files.newOutputFile(spec, partition);
    String location = output.encryptingOutputFile().location();
    written.put(location, table);
    try {
      PositionDeleteWriter<StructLike> writer =
          Parquet.writeDeletes(output)
              .forTable(table)
              // Positions only: the deleted rows themselves are not kept.
              .rowSchema(null)
              .metricsConfig(MetricsConfig.forPositionDelete())
              .withSpec(spec)
              .withPartition(partition)
              .withKeyMetadata(output.keyMetadata())
              .overwrite()
              .buildPositionWriter();
      try (writer) {
        PositionDelete<StructLike> delete = PositionDelete.create();
        storedFile
            .deleted()
            .forEach(position -> writer.write(delete.set(storedFile.file().location(), position)));
      }
      return FileMetadata.deleteFileBuilder(spec)
          .copy(writer.toDeleteFile())
          .withReferencedDataFile(storedFile.file().location())
          .build();
    } catch (IOException e) {
      throw unwritable(table, e);
    }
  }

  /** Removes all files written so far; to be called only where no commit can hold them. */
  public void abort(RuntimeException cause) {
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
  public static List<String> toJson(Table table, Collection<? extends ContentFile<?>> files) {
    return files.stream().map(file -> FileJson.write(table, file)).toList();
  }

  private static UncheckedIOException unwritable(Table table, IOException e) {
    return new UncheckedIOException(
        "Cannot write files of " + table.name() + ": " + e.getMessage(), e);
  }
}
