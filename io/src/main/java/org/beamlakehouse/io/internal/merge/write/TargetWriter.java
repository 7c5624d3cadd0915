package org.beamlakehouse.io.internal.merge.write;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
import org.apache.iceberg.util.PartitionMap;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.merge.stored.FileRows;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes what a merge does to one shard of a table: new rows, and the deletes of rows that go or
 * the files without them.
 *
 * <p>A file of which no row is left is dropped whatever the table's mode. Deletes that belong to
 * one of the files touched are folded into the new ones and dropped; those for a whole partition,
 * which other writers make in format version 2, stay where they are.
 *
 * <p>Which files are written anew {@link RewriteChoice} says. A rewritten file stays in its
 * partition and spec, and its rows in their order. Rewritten files of one partition are joined with
 * its new rows, so that small files do not pile up. On tables with row lineage, rows that are only
 * carried along keep their id and the sequence number of their last update.
 *
 * <p>Memory is bounded: rows are held back in batches, where they have to be, and files are copied
 * row by row.
 */
public final class TargetWriter implements Closeable {
  private final TableState state;
  private final ShardWriter writer;
  private final Table table;
  private final RowRemoval removal;
  private final RewriteChoice choice;
  private final CarriedFromStored inheritance;
  private final Schema schema;
  private final PartitionWriters partitions;
  private final boolean straight;

  /** Where all rows go, if they do; no other partition is asked for before all are written. */
  private @Nullable RollingWriter onlyPartition;

  private final List<NewRow> batch = new ArrayList<>();
  private final long maxWeight;
  private long weight;

  /**
   * What was written for the commit.
   *
   * @param dataFiles new and carried rows
   * @param deletes new deletes
   * @param replacedDeletes deletes that the new ones stand for, or whose data file goes
   * @param removedFiles data files that go
   * @param referencedFiles locations of data files that the new deletes delete from
   */
  public record Written(
      List<DataFile> dataFiles,
      List<DeleteFile> deletes,
      List<DeleteFile> replacedDeletes,
      List<DataFile> removedFiles,
      List<String> referencedFiles) {}

  /**
   * A writer of no rows yet.
   *
   * @param memory bytes that rows may take that are held back
   */
  public TargetWriter(TableState state, TargetShape shape, ShardWriter writer, long memory) {
    this.state = state;
    this.writer = writer;
    this.table = state.target();
    this.removal = RowRemoval.of(table);
    this.choice = RewriteChoice.of(table);
    this.inheritance = new CarriedFromStored(state, shape);
    this.schema =
        TableUtil.supportsRowLineage(table)
            ? MetadataColumns.schemaWithRowLineage(table.schema())
            : table.schema();
    this.partitions = writer.partitions(table, schema);
    this.straight = state.sharding().isOnePartition() && inheritance.isIdOnly();
    this.maxWeight = memory;
  }

  /** Takes a row that is new or changed. */
  public void add(NewRow row) {
    inheritance.fillId(row);
    if (straight) {
      if (onlyPartition == null) {
        onlyPartition = partitions.of(table.spec(), RowWriter.partition(table, row.values()));
      }
      onlyPartition.write(row.values());
      return;
    }
    batch.add(row);
    weight += RowWeight.of(row.values());
    if (weight > maxWeight) {
      flush();
    }
  }

  /** Writes the rows that were held back, partition by partition. */
  private void flush() {
    if (!inheritance.isIdOnly()) {
      inheritance.fillColumns(batch);
    }
    PartitionMap<List<NewRow>> byPartition = PartitionMap.create(table.specs());
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    for (NewRow row : batch) {
      key.partition(row.values());
      List<NewRow> samePartition = byPartition.get(table.spec().specId(), key);
      if (samePartition == null) {
        samePartition = new ArrayList<>();
        byPartition.put(table.spec().specId(), key.copy(), samePartition);
      }
      samePartition.add(row);
    }
    byPartition.forEach((partition, rows) -> write(rows, partition.second()));
    batch.clear();
    weight = 0;
  }

  private void write(List<NewRow> rows, StructLike partition) {
    RollingWriter to = partitions.of(table.spec(), partition);
    for (NewRow row : rows) {
      to.write(row.values());
    }
  }

  /**
   * Writes what is left to write, once.
   *
   * @param files the files of the shard that were read, with the rows that go
   */
  public Written finish(List<StoredFile> files) {
    flush();
    Set<StoredFile> removed = new LinkedHashSet<>();
    List<StoredFile> touched = new ArrayList<>();
    List<DeleteFile> replaced = new ArrayList<>();
    for (StoredFile file : files) {
      if (file.deletedNowCount() > 0) {
        (file.isEmptied() ? removed : touched).add(file);
        file.task().deletes().stream().filter(ContentFileUtil::isFileScoped).forEach(replaced::add);
      }
    }
    PartitionMap<List<StoredFile>> rewritten = choice.among(touched);
    rewritten.values().forEach(removed::addAll);
    touched.removeAll(removed);
    List<DeleteFile> deletes = removal.remove(writer, table, touched);
    carry(rewritten);
    return new Written(
        partitions.finish(),
        deletes,
        replaced,
        removed.stream().map(StoredFile::file).toList(),
        deletes.stream().map(ContentFileUtil::referencedDataFileLocation).toList());
  }

  /** Copies the rows of files that stay, one partition after the other to hold little of each. */
  private void carry(PartitionMap<List<StoredFile>> files) {
    files.forEach(
        (partition, samePartition) -> {
          PartitionSpec spec = table.specs().get(partition.first());
          RollingWriter to = partitions.of(spec, partition.second());
          samePartition.forEach(file -> carry(file, to));
          partitions.finish(spec, partition.second());
        });
  }

  private void carry(StoredFile file, RollingWriter to) {
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

  /** Removes files that are not finished; {@link ShardWriter#abort} removes the others. */
  @Override
  public void close() {
    partitions.close();
  }
}
