package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.StructLikeMap;
import org.beamlakehouse.io.iceberg.RowWriter;

/**
 * Somebody else who writes to a table with Iceberg's own means, checked as Spark checks its writes:
 * compacts files, deletes rows by copy-on-write.
 */
final class OtherWriter {
  private final Table table;

  OtherWriter(Table table) {
    this.table = table;
  }

  /** Rewrites all files into one per partition, without deletes. */
  void compact() {
    table.refresh();
    if (table.currentSnapshot() == null) {
      return;
    }
    RewriteFiles rewrite =
        table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
    for (FileScanTask task : TestTables.files(table)) {
      rewrite.deleteFile(task.file());
      task.deletes().forEach(rewrite::deleteFile);
    }
    rows(record -> true).values().forEach(rows -> rewrite.addFile(write(rows)));
    rewrite.commit();
  }

  /** Deletes rows, rewriting the partitions that hold any of them. */
  void delete(Predicate<Record> gone) {
    table.refresh();
    if (table.currentSnapshot() == null) {
      return;
    }
    Map<StructLike, List<Record>> touched = rows(gone);
    if (touched.isEmpty()) {
      return;
    }
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .validateFromSnapshot(table.currentSnapshot().snapshotId())
            .conflictDetectionFilter(Expressions.alwaysTrue())
            .validateNoConflictingData()
            .validateNoConflictingDeletes();
    for (FileScanTask task : TestTables.files(table)) {
      if (touched.containsKey(task.file().partition())) {
        overwrite.deleteFile(task.file());
      }
    }
    rows(gone.negate())
        .forEach(
            (partition, rows) -> {
              if (touched.containsKey(partition)) {
                overwrite.addFile(write(rows));
              }
            });
    overwrite.commit();
  }

  private Map<StructLike, List<Record>> rows(Predicate<Record> wanted) {
    Map<StructLike, List<Record>> rows = StructLikeMap.create(table.spec().partitionType());
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    InternalRecordWrapper internal = new InternalRecordWrapper(table.schema().asStruct());
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      for (Record record : records) {
        if (wanted.test(record)) {
          key.partition(internal.wrap(record));
          rows.computeIfAbsent(key.copy(), k -> new ArrayList<>()).add(record.copy());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private DataFile write(List<Record> rows) {
    InternalRecordWrapper internal = new InternalRecordWrapper(table.schema().asStruct());
    StructLike partition = RowWriter.partition(table, internal.wrap(rows.get(0)));
    try (RowWriter writer =
        table.spec().isPartitioned() ? RowWriter.open(table, partition) : RowWriter.open(table)) {
      rows.forEach(row -> writer.write(internal.wrap(row)));
      return writer.finish();
    }
  }
}
