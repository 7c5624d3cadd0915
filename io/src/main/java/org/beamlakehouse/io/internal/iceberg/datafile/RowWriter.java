package org.beamlakehouse.io.internal.iceberg.datafile;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.parquet.InternalWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;

/**
 * Writes one Parquet data file of a table, with the table's schema, partitioning and properties.
 *
 * <p>The file belongs to no snapshot until somebody commits what {@link #finish} gives. A writer
 * that is closed without having been finished, or that fails, deletes its file. Not thread-safe.
 *
 * <pre>{@code
 * try (RowWriter writer = RowWriter.open(table, partition)) {
 *   writer.write(row);
 *   DataFile file = writer.finish();
 * }
 * }</pre>
 */
public final class RowWriter implements Closeable {
  private final Table table;
  private final EncryptedOutputFile file;
  private final DataWriter<StructLike> writer;
  private long rows;
  private boolean finished;
  private boolean closed;

  private RowWriter(Table table, EncryptedOutputFile file, DataWriter<StructLike> writer) {
    this.table = table;
    this.file = file;
    this.writer = writer;
  }

  /** Opens a file of an unpartitioned table. */
  public static RowWriter open(Table table) {
    return open(table, table.spec(), null);
  }

  /** Opens a file in a partition (internal values) of the table's current spec. */
  public static RowWriter open(Table table, StructLike partition) {
    return open(table, table.spec(), partition);
  }

  /**
   * Opens a file in a partition of any of the table's specs.
   *
   * @param partition internal values of the partition; null for an unpartitioned spec
   */
  public static RowWriter open(Table table, PartitionSpec spec, StructLike partition) {
    return open(table, table.schema(), spec, partition, Map.of());
  }

  /**
   * Opens a file of other columns than the table's, for example with row ids.
   *
   * @param schema columns in the order in which rows have them; a row may have more
   * @param partition internal values of the partition; not looked at for an unpartitioned spec
   * @param settings table properties of this file alone
   */
  public static RowWriter open(
      Table table,
      Schema schema,
      PartitionSpec spec,
      StructLike partition,
      Map<String, String> settings) {
    StructLike values = spec.isUnpartitioned() ? null : partition;
    EncryptedOutputFile file = newFile(table, spec, values);
    try {
      DataWriter<StructLike> writer =
          Parquet.writeData(file)
              .forTable(table)
              .schema(schema)
              .setAll(settings)
              .createWriterFunc(InternalWriter::createWriter)
              .withSpec(spec)
              .withPartition(values)
              .withKeyMetadata(file.keyMetadata())
              .overwrite()
              .build();
      return new RowWriter(table, file, writer);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write a data file of " + table.name() + ": " + e.getMessage(), e);
    }
  }

  private static EncryptedOutputFile newFile(
      Table table, PartitionSpec spec, StructLike partition) {
    // A random operation id makes names unique whatever runs beside us or ran before.
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, 0, 0)
            .operationId(UUID.randomUUID().toString())
            .format(FileFormat.PARQUET)
            .build();
    return spec.isUnpartitioned() ? files.newOutputFile() : files.newOutputFile(spec, partition);
  }

  /** The partition (internal values) of a row in the table's current spec; a copy of its own. */
  public static StructLike partition(Table table, StructLike row) {
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    key.partition(row);
    return key;
  }

  /** Appends a row: internal values in column order. They may be reused after the call. */
  public void write(Object... values) {
    write(InternalRow.over(values));
  }

  /** Appends a row of internal values in column order. */
  public void write(StructLike row) {
    writer.write(row);
    rows++;
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  /** Bytes of the file so far, with an estimate of what is not yet encoded. */
  public long length() {
    return writer.length();
  }

  /** Where the file lies. */
  public String location() {
    return file.encryptingOutputFile().location();
  }

  /** Closes the file and gives what a commit needs; deletes the file where closing fails. */
  public DataFile finish() {
    try {
      writer.close();
      closed = true;
      DataFile dataFile = writer.toDataFile();
      finished = true;
      return dataFile;
    } catch (IOException | RuntimeException e) {
      UncheckedIOException failure =
          new UncheckedIOException(
              "Cannot write a data file of " + table.name() + ": " + e.getMessage(),
              e instanceof IOException io ? io : new IOException(e));
      abort(failure);
      throw failure;
    }
  }

  /** Deletes the file unless it was finished; otherwise does nothing. */
  @Override
  public void close() {
    if (!finished) {
      abort(null);
    }
  }

  private void abort(Exception cause) {
    finished = true;
    try {
      if (!closed) {
        closed = true;
        writer.close();
      }
    } catch (IOException | RuntimeException e) {
      suppress(cause, e);
    }
    try {
      table.io().deleteFile(location());
    } catch (RuntimeException e) {
      suppress(cause, e);
    }
  }

  private static void suppress(Exception cause, Exception e) {
    // Without a cause the file stays behind: an orphan that maintenance removes.
    if (cause != null) {
      cause.addSuppressed(e);
    }
  }
}
