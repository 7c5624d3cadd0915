package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;

/** What other engines do to a table between two merges. */
final class ForeignEngine {
  private final Table table;

  ForeignEngine(Table table) {
    this.table = table;
  }

  /** Deletes a position from some files of one partition, in one file of positions. */
  DeleteFile deletePosition(long position, List<FileScanTask> files) {
    FileScanTask first = files.get(0);
    PositionDeleteWriter<Record> writer;
    try {
      writer =
          Parquet.writeDeletes(newFile(first))
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
  void rewrite(Consumer<Record> change) {
    OverwriteFiles overwrite = table.newOverwrite();
    for (FileScanTask task : TestTables.files(table)) {
      overwrite.deleteFile(task.file());
      List<Record> rows = rows(task);
      rows.forEach(change);
      overwrite.addFile(write(task, rows));
    }
    overwrite.commit();
  }

  /** The live rows of a file in their order. */
  List<Record> rows(FileScanTask task) {
    GenericDeleteFilter deletes =
        new GenericDeleteFilter(table.io(), task, table.schema(), table.schema());
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> all =
        FormatModelRegistry.<Record, Object>readBuilder(
                FileFormat.PARQUET, Record.class, table.io().newInputFile(task.file()))
            .project(deletes.requiredSchema())
            .build()) {
      deletes.filter(all).forEach(rows::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private DataFile write(FileScanTask like, List<Record> rows) {
    try {
      DataWriter<Record> writer =
          Parquet.writeData(newFile(like))
              .forTable(table)
              .withSpec(like.spec())
              .withPartition(like.file().partition())
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

  private EncryptedOutputFile newFile(FileScanTask like) {
    return OutputFileFactory.builderFor(table, 0, 0)
        .operationId(UUID.randomUUID().toString())
        .format(FileFormat.PARQUET)
        .build()
        .newOutputFile(like.spec(), like.file().partition());
  }

  /** The files of the table, oldest first. */
  static List<FileScanTask> files(Table table) {
    List<FileScanTask> files = TestTables.files(table);
    files.sort(Comparator.comparing(file -> file.file().fileSequenceNumber()));
    return files;
  }
}
