package org.beamlakehouse.io.internal.merge.stored;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.parquet.VectorizedReader;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.beamlakehouse.io.internal.merge.changes.KeyTable;
import org.beamlakehouse.io.internal.merge.table.ColumnValues;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;

/**
 * Does what {@link KeyScan} does for files that it cannot read: those with nested keys, or with
 * columns in another form than Iceberg writes them, or that follow from the partition. Rows are
 * read by Iceberg, at several times the cost.
 */
final class RowScan implements VectorizedReader<RowScan> {
  private final ParquetValueReader<StructLike> reader;
  private final TargetShape shape;
  private final ChangeCodec codec;
  private final KeyScan.Target target;
  private StructLike row;

  /** A scan by a reader of the deciding columns. */
  RowScan(
      ParquetValueReader<StructLike> reader,
      TargetShape shape,
      ChangeCodec codec,
      KeyScan.Target target) {
    this.reader = reader;
    this.shape = shape;
    this.codec = codec;
    this.target = target;
  }

  @Override
  public void setRowGroupInfo(
      PageReadStore rowGroup, Map<ColumnPath, ColumnChunkMetaData> metadata) {
    reader.setPageSource(rowGroup);
  }

  @Override
  public RowScan read(RowScan reuse, int rows) {
    for (int i = 0; i < rows && !target.found().isFull(); i++) {
      row = reader.read(row);
      long position = TargetShape.positionOf(row);
      byte[] keyBytes = codec.keyBytes(shape.keyOf(row));
      int key = target.wanted().find(keyBytes, 0, keyBytes.length);
      if (key != KeyTable.NONE && target.file().isLive(position)) {
        byte[] sequence = ColumnValues.bytes(row.get(shape.keyCount(), ByteBuffer.class));
        target
            .found()
            .add(
                key,
                target.fileIndex(),
                position,
                TargetShape.rowIdOf(row),
                shape.deletedAt(row),
                sequence,
                0,
                sequence.length);
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
