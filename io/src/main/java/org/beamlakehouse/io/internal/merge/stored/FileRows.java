package org.beamlakehouse.io.internal.merge.stored;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.PartitionUtil;
import org.beamlakehouse.io.internal.iceberg.datafile.NameMappings;

/** The rows of a data file, deleted ones included, in their order; values are internal ones. */
public final class FileRows implements Closeable, Iterator<StructLike> {
  private final CloseableIterable<StructLike> rows;
  private final Iterator<StructLike> iterator;

  private FileRows(Table table, FileScanTask task, Schema columns) {
    Map<Integer, ?> constants = PartitionUtil.constantsMap(task);
    this.rows =
        Parquet.read(table.io().newInputFile(task.file()))
            .withNameMapping(NameMappings.of(table))
            .project(columns)
            .createReaderFunc(inFile -> InternalReader.create(columns, inFile, constants))
            .build();
    this.iterator = rows.iterator();
  }

  /**
   * Opens a file, of which no more than the footer is read until the first row is asked for.
   *
   * @param columns of the table, or of Iceberg's metadata columns
   */
  public static FileRows open(Table table, FileScanTask task, Schema columns) {
    return new FileRows(table, task, columns);
  }

  @Override
  public boolean hasNext() {
    return iterator.hasNext();
  }

  /** The next row, which is the caller's to keep. */
  @Override
  public StructLike next() {
    return iterator.next();
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
