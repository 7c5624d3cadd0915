package org.beamlakehouse.io.internal.iceberg.side;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.internal.iceberg.datafile.RollingFiles;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;

/**
 * Writes rows into data files of a side table. No file is made before the first row. What {@link
 * #close} gives is for {@link AppendWithProgress}; what is not closed is to be {@link #abort
 * aborted}. Not thread-safe.
 */
public final class SideRowWriter {
  /** A Parquet page is cut after 100 records at the earliest: large ones must not fill memory. */
  private static final long FILE_BYTES = 256L << 20;

  private final long upstreamSequence;
  private final int[] positions;
  private final Object[] row;
  private final InternalRow view;
  private final RollingFiles files;
  private long bytes;

  private SideRowWriter(Table table, long upstreamSequence) {
    this.upstreamSequence = upstreamSequence;
    this.row = new Object[table.schema().columns().size()];
    this.view = InternalRow.over(row);
    this.positions = positions(table, SideTables.schema());
    this.files = new RollingFiles(table, () -> RowWriter.open(table));
  }

  /**
   * A writer for a side table, unpartitioned as {@link SideTables#ensure} makes it.
   *
   * @param upstreamSequence sequence number of the upstream snapshot that all rows came from
   */
  public static SideRowWriter open(Table table, long upstreamSequence) {
    return new SideRowWriter(table, upstreamSequence);
  }

  /** Appends a row. */
  public void write(SideRow side) {
    RawRecord record = side.record();
    SourcePosition from = record.position();
    boolean message = from.file() == null;
    fill(
        record.payload() == null ? null : ByteBuffer.wrap(record.payload()),
        side.failedRules(),
        side.error(),
        record.source(),
        from.topic(),
        message ? from.partition() : null,
        message ? from.offset() : null,
        from.file(),
        message ? null : from.offset(),
        InternalValues.micros(record.ingestedAt()),
        InternalValues.micros(side.recordedAt()),
        side.pipelineVersion(),
        side.batchId());
    if (bytes > FILE_BYTES) {
      files.roll();
      bytes = 0;
    }
    files.write(view);
    bytes += record.payload() == null ? 0 : record.payload().length;
  }

  /** Closes the files and gives them; none for no rows. */
  public List<SideFile> close() {
    return files.finish().stream().map(file -> new SideFile(file, upstreamSequence)).toList();
  }

  /** Deletes what was written and not {@linkplain #close given}. */
  public void abort() {
    files.abort();
  }

  private void fill(Object... values) {
    for (int i = 0; i < values.length; i++) {
      row[positions[i]] = values[i];
    }
  }

  private static int[] positions(Table table, Schema schema) {
    List<String> columns = table.schema().columns().stream().map(Types.NestedField::name).toList();
    int[] positions = new int[schema.columns().size()];
    for (int i = 0; i < positions.length; i++) {
      String name = schema.columns().get(i).name();
      positions[i] = columns.indexOf(name);
      if (positions[i] < 0) {
        throw new IllegalStateException(
            "Cannot write "
                + table.name()
                + ": it has no column "
                + name
                + "; rename or drop it, it is not a quarantine or dead letter table");
      }
    }
    return positions;
  }
}
