package org.beamlakehouse.io.internal.merge.write;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes rows of one partition, in their order, into as many files as the table's target size asks
 * for. Closed without having been finished, it deletes the file it is at.
 */
final class RollingWriter implements Closeable {
  private static final int ROWS_BETWEEN_CHECKS = 1000;
  private static final long MAX_SAMPLE_BYTES = 4L << 20;

  private final Table table;
  private final Schema schema;
  private final PartitionSpec spec;
  private final StructLike partition;
  private final Consumer<DataFile> finished;
  private final long targetSize;
  private final List<StructLike> first = new ArrayList<>();
  private long firstWeight;
  private final List<DataFile> files = new ArrayList<>();
  private @Nullable RowWriter writer;

  /**
   * A writer that has no file yet.
   *
   * @param finished is told of each file that is complete
   */
  RollingWriter(
      Table table,
      Schema schema,
      PartitionSpec spec,
      StructLike partition,
      Consumer<DataFile> finished) {
    this.table = table;
    this.schema = schema;
    this.spec = spec;
    this.partition = partition;
    this.finished = finished;
    this.targetSize =
        PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
  }

  /** Takes a row, which must not be changed any more. */
  void write(StructLike row) {
    if (writer == null) {
      first.add(row);
      firstWeight += RowWeight.of(row);
      if (first.size() == DictionaryChoice.SAMPLE || firstWeight > MAX_SAMPLE_BYTES) {
        open();
      }
      return;
    }
    writer.write(row);
    if (writer.rows() % ROWS_BETWEEN_CHECKS == 0 && writer.length() >= targetSize) {
      roll();
    }
  }

  private void open() {
    Map<String, String> settings = DictionaryChoice.of(schema, first, table.properties());
    writer = RowWriter.open(table, schema, spec, partition, settings);
    first.forEach(writer::write);
    first.clear();
    firstWeight = 0;
  }

  private void roll() {
    RowWriter full = writer;
    writer = null;
    DataFile file = full.finish();
    finished.accept(file);
    files.add(file);
  }

  /** The files of all rows; none where there were none. */
  List<DataFile> finish() {
    if (!first.isEmpty()) {
      open();
    }
    if (writer != null) {
      roll();
    }
    return files;
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }
}
