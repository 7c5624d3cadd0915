package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.Pair;
import org.apache.iceberg.util.PartitionMap;

/**
 * Writes what a merge does to one shard of a table: new rows, and the deletes of rows that go or
 * the files without them.
 *
 * <p>A file of which no row is left is dropped whatever the table's mode. Deletes that belong to
 * one of the files touched are folded into the new ones and dropped; those for a whole partition,
 * which other writers make in format version 2, stay where they are.
 *
 * <p>A rewritten file stays in its partition and spec, and its rows in their order. Rewritten files
 * of one partition are joined, with the new rows behind them, so that small files do not pile up.
 * On tables with row lineage, rows that are only carried along keep their id and the sequence
 * number of their last update.
 */
final class TargetWriter {
  private final TableState state;
  private final TargetShape shape;
  private final ShardWriter writer;
  private final Table table;
  private final RowRemoval removal;
  private final boolean lineage;

  /**
   * What was written for the commit.
   *
   * @param dataFiles new and carried rows
   * @param deletes new deletes
   * @param replacedDeletes deletes that the new ones stand for, or whose data file goes
   * @param removedFiles data files that go
   * @param referencedFiles locations of data files that the new deletes delete from
   */
  record Written(
      List<DataFile> dataFiles,
      List<DeleteFile> deletes,
      List<DeleteFile> replacedDeletes,
      List<DataFile> removedFiles,
      List<String> referencedFiles) {}

  /** Rows that go to one partition. */
  private record Content(List<StoredFile> rewritten, List<NewRow> rows) {}

  TargetWriter(TableState state, TargetShape shape, ShardWriter writer) {
    this.state = state;
    this.shape = shape;
    this.writer = writer;
    this.table = state.target();
    this.removal = RowRemoval.of(table);
    this.lineage = TableUtil.supportsRowLineage(table);
  }

  /**
   * Writes the files of a merge.
   *
   * @param rows what is new or changed
   * @param files the files of the shard that were read, with the rows that go
   */
  Written write(List<NewRow> rows, List<StoredFile> files) {
    List<StoredFile> emptied = new ArrayList<>();
    List<StoredFile> touched = new ArrayList<>();
    List<DeleteFile> replaced = new ArrayList<>();
    for (StoredFile file : files) {
      if (!file.deletedNow().isEmpty()) {
        (file.isEmptied() ? emptied : touched).add(file);
        file.task().deletes().stream().filter(ContentFileUtil::isFileScoped).forEach(replaced::add);
      }
    }
    new Inheritance(state, shape).fill(rows);
    List<DeleteFile> deletes = removal.remove(writer, table, touched);
    List<StoredFile> rewritten =
        removal == RowRemoval.REWRITTEN_FILES ? touched : List.<StoredFile>of();
    List<DataFile> dataFiles = new ArrayList<>();
    PartitionMap<Content> contents = byPartition(rewritten, rows);
    for (Map.Entry<Pair<Integer, StructLike>, Content> entry : contents.entrySet()) {
      dataFiles.addAll(write(entry.getKey().first(), entry.getKey().second(), entry.getValue()));
    }
    return new Written(
        dataFiles,
        deletes,
        replaced,
        Stream.concat(emptied.stream(), rewritten.stream()).map(StoredFile::file).toList(),
        deletes.stream().map(ContentFileUtil::referencedDataFileLocation).toList());
  }

  private PartitionMap<Content> byPartition(List<StoredFile> rewritten, List<NewRow> rows) {
    PartitionMap<Content> contents = PartitionMap.create(table.specs());
    for (StoredFile file : rewritten) {
      contents
          .computeIfAbsent(file.file().specId(), file.file().partition(), TargetWriter::nothing)
          .rewritten()
          .add(file);
    }
    PartitionSpec spec = table.spec();
    PartitionKey partition = new PartitionKey(spec, table.schema());
    Content content = null;
    for (NewRow row : rows) {
      if (content == null || !state.sharding().isOnePartition()) {
        partition.partition(row.values());
        content = contents.get(spec.specId(), partition);
        if (content == null) {
          content = nothing();
          contents.put(spec.specId(), partition.copy(), content);
        }
      }
      content.rows().add(row);
    }
    return contents;
  }

  private static Content nothing() {
    return new Content(new ArrayList<>(), new ArrayList<>());
  }

  private List<DataFile> write(int specId, StructLike partition, Content content) {
    boolean withLineage = lineage && (!content.rewritten().isEmpty() || anyId(content.rows()));
    Schema schema =
        withLineage ? MetadataColumns.schemaWithRowLineage(table.schema()) : table.schema();
    try (RollingWriter rows = writer.rolling(table, schema, table.specs().get(specId), partition)) {
      for (StoredFile file : content.rewritten()) {
        carry(file, schema, rows);
      }
      for (NewRow row : content.rows()) {
        rows.write(row.values());
      }
      return rows.finish();
    }
  }

  private boolean anyId(List<NewRow> rows) {
    return rows.stream()
        .anyMatch(row -> row.values().get(shape.rowIdColumn(), Object.class) != null);
  }

  private void carry(StoredFile file, Schema schema, RollingWriter to) {
    PositionDeleteIndex deleted = file.deleted();
    try (FileRows rows = FileRows.open(table, file.task(), schema)) {
      for (long position = 0; rows.hasNext(); position++) {
        StructLike row = rows.next();
        if (!deleted.isDeleted(position)) {
          to.write(row);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              "Cannot merge into %s: its file %s cannot be read: %s",
              state.definition().name(), file.file().location(), e.getMessage()),
          e);
    }
  }
}
