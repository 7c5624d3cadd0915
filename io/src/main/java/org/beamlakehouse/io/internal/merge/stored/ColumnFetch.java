package org.beamlakehouse.io.internal.merge.stored;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.VectorizedReader;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.schema.MessageType;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the wanted rows of a Parquet file by its columns. The values of the rows in between are
 * passed over without being decoded: a few redelivered changes want a few rows of every file.
 */
final class ColumnFetch implements VectorizedReader<ColumnFetch> {
  private final List<ValueColumn> columns;
  private final WantedRows wanted;
  private final Object[] values;
  private final InternalRow row;
  private long position;

  private ColumnFetch(List<ValueColumn> columns, WantedRows wanted) {
    this.columns = columns;
    this.wanted = wanted;
    this.values = new Object[columns.size() + 1];
    this.row = InternalRow.over(values);
  }

  /**
   * A reader of some columns and the position behind them, or null where the file does not have
   * each column as plain values.
   */
  static @Nullable ColumnFetch of(MessageType file, Schema schema, WantedRows wanted) {
    List<ValueColumn> columns = new ArrayList<>();
    for (Types.NestedField field : schema.columns()) {
      if (MetadataColumns.isMetadataColumn(field.fieldId())) {
        continue;
      }
      ColumnDescriptor column = FileColumns.find(file, field);
      if (column == null) {
        return null;
      }
      columns.add(new ValueColumn(field.type(), column));
    }
    return new ColumnFetch(columns, wanted);
  }

  @Override
  public void setRowGroupInfo(
      PageReadStore rowGroup, Map<ColumnPath, ColumnChunkMetaData> metadata) {
    position =
        rowGroup
            .getRowIndexOffset()
            .orElseThrow(() -> new IllegalStateException("Cannot tell the positions of rows"));
    columns.forEach(column -> column.values().start(rowGroup));
  }

  @Override
  public ColumnFetch read(ColumnFetch reuse, int rows) {
    long end = position + rows;
    while (wanted.position() < end) {
      int between = (int) (wanted.position() - position);
      for (int i = 0; i < columns.size(); i++) {
        columns.get(i).values().skip(between);
        values[i] = columns.get(i).read();
      }
      position += between;
      values[columns.size()] = position;
      wanted.accept(row);
      position++;
    }
    int rest = (int) (end - position);
    columns.forEach(column -> column.values().skip(rest));
    position = end;
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
