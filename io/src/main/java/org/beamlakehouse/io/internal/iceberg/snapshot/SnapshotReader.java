package org.beamlakehouse.io.internal.iceberg.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.types.TypeUtil;
import org.beamlakehouse.io.internal.iceberg.datafile.NameMappings;

/** Reads rows of a table's snapshots, and the rows in which two snapshots differ. */
public final class SnapshotReader {
  private final Table table;
  private final Schema projection;
  private final NameMapping names;

  /** A reader of the columns of a projection of the table's schema. */
  public SnapshotReader(Table table, Schema projection) {
    this.table = table;
    this.projection = projection;
    this.names = NameMappings.of(table);
  }

  /**
   * The files of a snapshot with their deletes; files that cannot match the filter are left out.
   */
  public List<FileScanTask> plan(long snapshotId, Expression filter) {
    TableScan scan =
        table.newScan().planWith(ManifestThreads.of(table)).useSnapshot(snapshotId).filter(filter);
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      List<FileScanTask> files = new ArrayList<>();
      tasks.forEach(files::add);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan the scan of " + table.name(), e);
    }
  }

  /** Hands every live row of a file to the consumer; values are found by name. */
  public void read(FileScanTask task, Consumer<Record> consumer) throws IOException {
    GenericDeleteFilter deletes =
        new GenericDeleteFilter(table.io(), task, table.schema(), projection);
    try (CloseableIterable<Record> rows = open(task, deletes.requiredSchema())) {
      deletes.filter(rows).forEach(consumer);
    }
  }

  /**
   * Hands every row to the consumer that is in one of two snapshots only. A row that was rewritten
   * in between without a change may be handed over as well.
   */
  public void readChanges(long fromSnapshot, long toSnapshot, Consumer<Record> consumer)
      throws IOException {
    Map<String, FileScanTask> before = new HashMap<>();
    for (FileScanTask task : plan(fromSnapshot, Expressions.alwaysTrue())) {
      before.put(task.file().location(), task);
    }
    for (FileScanTask task : plan(toSnapshot, Expressions.alwaysTrue())) {
      FileScanTask old = before.remove(task.file().location());
      if (old == null) {
        read(task, consumer);
      } else if (!locations(old).equals(locations(task))) {
        readDeletedBetween(old, task, consumer);
      }
    }
    for (FileScanTask gone : before.values()) {
      read(gone, consumer);
    }
  }

  private void readDeletedBetween(FileScanTask old, FileScanTask task, Consumer<Record> consumer)
      throws IOException {
    PositionDeleteIndex deletedBefore = positions(old);
    PositionDeleteIndex deletedNow = positions(task);
    Schema withPosition = TypeUtil.join(projection, new Schema(MetadataColumns.ROW_POSITION));
    try (CloseableIterable<Record> rows = open(task, withPosition)) {
      for (Record row : rows) {
        long position = (Long) row.getField(MetadataColumns.ROW_POSITION.name());
        if (deletedNow.isDeleted(position) != deletedBefore.isDeleted(position)) {
          consumer.accept(row);
        }
      }
    }
  }

  private PositionDeleteIndex positions(FileScanTask task) {
    if (task.deletes().isEmpty()) {
      return PositionDeleteIndex.empty();
    }
    return new BaseDeleteLoader(table.io()::newInputFile)
        .loadPositionDeletes(task.deletes(), task.file().location());
  }

  private static Set<String> locations(FileScanTask task) {
    return task.deletes().stream()
        .map(delete -> delete.location() + "@" + offset(delete))
        .collect(Collectors.toSet());
  }

  private static long offset(DeleteFile delete) {
    return delete.contentOffset() == null ? 0 : delete.contentOffset();
  }

  private CloseableIterable<Record> open(FileScanTask task, Schema schema) {
    return FormatModelRegistry.<Record, Schema>readBuilder(
            FileFormat.PARQUET, Record.class, table.io().newInputFile(task.file()))
        .withNameMapping(names)
        .project(schema)
        .split(task.start(), task.length())
        .build();
  }
}
