package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.PartitionUtil;
import org.apache.iceberg.util.StructLikeMap;

/**
 * Somebody else who writes to a table with Iceberg's own means, between two merges or during one,
 * and has it checked as Spark has.
 */
public final class OtherWriter {
  private final Table table;

  public OtherWriter(Table table) {
    this.table = table;
  }

  /**
   * Rewrites all files into one per partition of the current spec, without deletes; rows keep their
   * lineage, if they have one, as the format asks of everybody who moves rows.
   */
  public void compact() {
    table.refresh();
    if (files().isEmpty()) {
      return;
    }
    RewriteFiles rewrite =
        table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
    Schema schema =
        TableUtil.supportsRowLineage(table)
            ? MetadataColumns.schemaWithRowLineage(table.schema())
            : table.schema();
    Map<StructLike, List<Record>> rows = StructLikeMap.create(table.spec().partitionType());
    PartitionKey key = new PartitionKey(table.spec(), schema);
    InternalRecordWrapper internal = new InternalRecordWrapper(schema.asStruct());
    for (FileScanTask file : files()) {
      rewrite.deleteFile(file.file());
      file.deletes().forEach(rewrite::deleteFile);
      for (Record row : rows(file, schema)) {
        key.partition(internal.wrap(row));
        rows.computeIfAbsent(key.copy(), partition -> new ArrayList<>()).add(row);
      }
    }
    rows.forEach((partition, of) -> rewrite.addFile(write(table.spec(), partition, of, schema)));
    rewrite.commit();
  }

  /** Deletes rows, rewriting the files that hold any of them. */
  public void delete(Predicate<Record> gone) {
    table.refresh();
    if (table.currentSnapshot() == null) {
      return;
    }
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .validateFromSnapshot(table.currentSnapshot().snapshotId())
            .conflictDetectionFilter(Expressions.alwaysTrue())
            .validateNoConflictingData()
            .validateNoConflictingDeletes();
    boolean any = false;
    for (FileScanTask file : files()) {
      List<Record> rows = rows(file);
      if (rows.removeIf(gone)) {
        any = true;
        overwrite.deleteFile(file.file());
        if (!rows.isEmpty()) {
          overwrite.addFile(write(file.spec(), file.file().partition(), rows, table.schema()));
        }
      }
    }
    if (any) {
      overwrite.commit();
    }
  }

  /** Deletes a position from some files of one partition, in one file of positions. */
  public DeleteFile deletePosition(long position, List<FileScanTask> files) {
    FileScanTask first = files.get(0);
    PositionDeleteWriter<Record> writer;
    try {
      writer =
          Parquet.writeDeletes(newFile(first.spec(), first.file().partition()))
              .withSpec(first.spec())
              .withPartition(first.file().partition())
              .metricsConfig(MetricsConfig.forPositionDelete())
              .buildPositionWriter();
      try (writer) {
        PositionDelete<Record> delete = PositionDelete.create();
        files.stream()
            .map(file -> file.file().location())
            .sorted()
            .forEach(location -> writer.write(delete.set(location, position)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
    return writer.toDeleteFile();
  }

  /** Writes all files anew, with each row changed in place. */
  public void rewrite(Consumer<Record> change) {
    OverwriteFiles overwrite = table.newOverwrite();
    for (FileScanTask file : files()) {
      overwrite.deleteFile(file.file());
      List<Record> rows = rows(file);
      rows.forEach(change);
      overwrite.addFile(write(file.spec(), file.file().partition(), rows, table.schema()));
    }
    overwrite.commit();
  }

  /** The live rows of a file in their order. */
  public List<Record> rows(FileScanTask file) {
    return rows(file, table.schema());
  }

  private List<Record> rows(FileScanTask file, Schema schema) {
    GenericDeleteFilter deletes = new GenericDeleteFilter(table.io(), file, schema, schema);
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> all =
        FormatModelRegistry.<Record, Object>readBuilder(
                FileFormat.PARQUET, Record.class, table.io().newInputFile(file.file()))
            .project(deletes.requiredSchema())
            .idToConstant(PartitionUtil.constantsMap(file))
            .build()) {
      deletes.filter(all).forEach(rows::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** The files of the table, oldest first. */
  public List<FileScanTask> files() {
    List<FileScanTask> files = TestTables.files(table);
    files.sort(Comparator.comparing(file -> file.file().fileSequenceNumber()));
    return files;
  }

  private DataFile write(
      PartitionSpec spec, StructLike partition, List<Record> rows, Schema schema) {
    try {
      DataWriter<Record> writer =
          Parquet.writeData(newFile(spec, partition))
              .forTable(table)
              .schema(schema)
              .withSpec(spec)
              .withPartition(partition)
              .createWriterFunc(GenericParquetWriter::create)
              .build();
      try (writer) {
        rows.forEach(writer::write);
      }
      return writer.toDataFile();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EncryptedOutputFile newFile(PartitionSpec spec, StructLike partition) {
    return OutputFileFactory.builderFor(table, 0, 0)
        .operationId(UUID.randomUUID().toString())
        .format(FileFormat.PARQUET)
        .build()
        .newOutputFile(spec, partition);
  }
}
