package org.beamlakehouse.io.internal.merge.stored;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.parquet.VectorizedReader;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.schema.MessageType;
import org.beamlakehouse.io.internal.merge.changes.KeyTable;
import org.beamlakehouse.io.internal.merge.table.ColumnValues;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.io.internal.parquet.FlatColumn;
import org.beamlakehouse.transforms.internal.codec.ByteOutput;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks for rows of wanted keys in a Parquet file by its columns: the key of each row is read as a
 * primitive or as bytes, all else only of rows that are found. Gives nothing but what it adds to
 * the found rows.
 */
public final class KeyScan implements VectorizedReader<KeyScan> {
  private final Target target;
  private final List<KeyColumn> keys;
  private final @Nullable LongKeys longs;
  private final FlatColumn sequence;
  private final @Nullable FlatColumn deletedAt;
  private final @Nullable FlatColumn rowId;
  private final ByteOutput keyBytes = new ByteOutput(64);
  private long position;

  /** What a scan looks for, in which file, and where it puts what it finds. */
  public record Target(StoredFile file, int fileIndex, WantedKeys wanted, FoundRows found) {}

  private KeyScan(
      Target target,
      List<KeyColumn> keys,
      FlatColumn sequence,
      @Nullable FlatColumn deletedAt,
      @Nullable FlatColumn rowId) {
    this.target = target;
    this.keys = keys;
    this.longs = target.wanted().areLong() ? new LongKeys() : null;
    this.sequence = sequence;
    this.deletedAt = deletedAt;
    this.rowId = rowId;
  }

  /**
   * A scan of a file, or null where the file does not have the columns as plain values.
   *
   * @param shape tells the deciding columns
   */
  static @Nullable KeyScan of(MessageType file, TargetShape shape, Target target) {
    List<KeyColumn> keys = new ArrayList<>();
    List<FlatColumn> others = new ArrayList<>();
    for (Types.NestedField field : shape.decidingSchema().columns()) {
      if (MetadataColumns.isMetadataColumn(field.fieldId())) {
        continue;
      }
      ColumnDescriptor column = FileColumns.find(file, field);
      if (column == null) {
        return null;
      }
      if (keys.size() < shape.keyCount()) {
        keys.add(new KeyColumn(field.type(), column));
      } else {
        others.add(new FlatColumn(column));
      }
    }
    ColumnDescriptor rowId = FileColumns.find(file, MetadataColumns.ROW_ID);
    return new KeyScan(
        target,
        keys,
        others.get(0),
        others.size() > 1 ? others.get(1) : null,
        rowId == null ? null : new FlatColumn(rowId));
  }

  @Override
  public void setRowGroupInfo(
      PageReadStore rowGroup, Map<ColumnPath, ColumnChunkMetaData> metadata) {
    position =
        rowGroup
            .getRowIndexOffset()
            .orElseThrow(() -> new IllegalStateException("Cannot tell the positions of rows"));
    keys.forEach(key -> key.values().start(rowGroup));
    sequence.start(rowGroup);
    if (deletedAt != null) {
      deletedAt.start(rowGroup);
    }
    if (rowId != null) {
      rowId.start(rowGroup);
    }
  }

  @Override
  public KeyScan read(KeyScan reuse, int rows) {
    if (target.found().isFull()) {
      return this;
    }
    if (longs != null) {
      for (int left = rows; left > 0; left -= LongKeys.MANY) {
        readLongKeys(longs, Math.min(left, LongKeys.MANY));
      }
      return this;
    }
    for (int i = 0; i < rows; i++, position++) {
      int key = nextKey();
      if (key != KeyTable.NONE && target.file().isLive(position)) {
        add(key);
      } else {
        skip(1);
      }
    }
    return this;
  }

  /** Reads some rows by a key that is one whole number. */
  private void readLongKeys(LongKeys key, int rows) {
    FlatColumn values = keys.get(0).values();
    int count = 0;
    for (int i = 0; i < rows; i++) {
      if (!values.isNull()) {
        key.numbers[count] = keys.get(0).readLong();
        key.rows[count++] = i;
      }
      values.next();
    }
    int hits = target.wanted().find(key.numbers, count, key.hits, key.found);
    long begin = position;
    for (int i = 0; i < hits; i++) {
      long row = begin + key.rows[key.hits[i]];
      if (target.file().isLive(row)) {
        skip((int) (row - position));
        position = row;
        add(key.found[i]);
        position++;
      }
    }
    skip((int) (begin + rows - position));
    position = begin + rows;
  }

  /** Goes past rows of which only the key was read. */
  private void skip(int rows) {
    sequence.skip(rows);
    if (deletedAt != null) {
      deletedAt.skip(rows);
    }
    if (rowId != null) {
      rowId.skip(rows);
    }
  }

  /** Keys that are looked up together. */
  private static final class LongKeys {
    /** Few enough for the processor's first cache. */
    static final int MANY = 512;

    final long[] numbers = new long[MANY];

    /** The row of each number, from the first of them on: not every row has a key. */
    final int[] rows = new int[MANY];

    final int[] hits = new int[MANY];
    final int[] found = new int[MANY];
  }

  private int nextKey() {
    boolean complete = true;
    keyBytes.reset();
    for (int i = 0; i < keys.size(); i += Byte.SIZE) {
      // The bits that mark nulls: a row without a key is nobody's.
      keyBytes.writeByte(0);
    }
    for (KeyColumn column : keys) {
      if (column.values().isNull()) {
        complete = false;
      } else {
        column.write(keyBytes);
      }
      column.values().next();
    }
    return complete ? target.wanted().find(keyBytes.array(), 0, keyBytes.size()) : KeyTable.NONE;
  }

  private void add(int key) {
    long deleted = TargetShape.NOT_DELETED;
    if (deletedAt != null) {
      deleted = deletedAt.isNull() ? TargetShape.NOT_DELETED : deletedAt.readLong();
      deletedAt.next();
    }
    if (sequence.isNull()) {
      throw new IllegalStateException(
          "Cannot merge: a row of " + target.file().file().location() + " has no _sequence");
    }
    ByteBuffer bytes = sequence.readBinary().toByteBuffer();
    if (!bytes.hasArray()) {
      bytes = ByteBuffer.wrap(ColumnValues.bytes(bytes));
    }
    target
        .found()
        .add(
            key,
            target.fileIndex(),
            position,
            rowId(),
            deleted,
            bytes.array(),
            bytes.arrayOffset() + bytes.position(),
            bytes.remaining());
    sequence.next();
  }

  /** The id of the current row: where the file does not store it, it follows from the position. */
  private long rowId() {
    Long first = target.file().file().firstRowId();
    long id = first == null ? TargetShape.NO_ROW_ID : first + position;
    if (rowId != null) {
      id = rowId.isNull() ? id : rowId.readLong();
      rowId.next();
    }
    return id;
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
