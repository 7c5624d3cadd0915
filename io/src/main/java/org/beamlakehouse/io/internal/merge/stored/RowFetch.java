package org.beamlakehouse.io.internal.merge.stored;

import java.util.Map;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.parquet.VectorizedReader;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.beamlakehouse.io.internal.merge.table.TargetShape;

/**
 * Does what {@link ColumnFetch} does for files that it cannot read: those with nested columns, or
 * with columns in another form than Iceberg writes them. Every row is read by Iceberg.
 */
final class RowFetch implements VectorizedReader<RowFetch> {
  private final ParquetValueReader<StructLike> reader;
  private final WantedRows wanted;
  private StructLike row;

  /** A reader of whole rows with their positions. */
  RowFetch(ParquetValueReader<StructLike> reader, WantedRows wanted) {
    this.reader = reader;
    this.wanted = wanted;
  }

  @Override
  public void setRowGroupInfo(
      PageReadStore rowGroup, Map<ColumnPath, ColumnChunkMetaData> metadata) {
    reader.setPageSource(rowGroup);
  }

  @Override
  public RowFetch read(RowFetch reuse, int rows) {
    for (int i = 0; i < rows && !wanted.isDone(); i++) {
      row = reader.read(row);
      if (TargetShape.positionOf(row) == wanted.position()) {
        wanted.accept(row);
      }
    }
    return this;
  }

  @Override
  public void setBatchSize(int size) {
    // Rows are looked at one by one.
  }

  @Override
  public void close() {
    // The file is the reader's.
  }
}
