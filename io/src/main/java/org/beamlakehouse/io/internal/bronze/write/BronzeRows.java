package org.beamlakehouse.io.internal.bronze.write;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.avro.util.Utf8;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.iceberg.datafile.RollingFiles;
import org.beamlakehouse.io.internal.iceberg.datafile.RowWriter;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.transforms.internal.cdc.avro.SchemaId;

/**
 * Writes records of files, or messages, as rows of a bronze table, into as few data files as memory
 * allows.
 *
 * <p>Not thread-safe. {@link #abort} removes everything that was written; it must not be called
 * once the result of {@link #finish} was handed on.
 */
public final class BronzeRows {
  /** Uncompressed payload after which the next data file begins. */
  private static final long FILE_BYTES = 512L << 20;

  /** A Parquet page is cut after 100 records at the earliest: few large ones must not fill it. */
  private static final int LARGE_RECORD = 1 << 20;

  private static final long LARGE_BYTES = 128L << 20;

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Columns that are the same in all rows of a run: the table may be partitioned by these. */
  private static final Set<String> CONSTANT =
      Set.of(
          BronzeTables.SOURCE_SYSTEM,
          BronzeTables.INGESTION_TIMESTAMP,
          BronzeTables.INGESTION_DATE,
          BronzeTables.PIPELINE_VERSION,
          BronzeTables.BATCH_ID);

  private final Table table;
  private final Object[] row;
  private final InternalRow view;
  private final int payload;
  private final int checksum;
  private final int file;
  private final int position;
  private final int timestamp;
  private final int topic;
  private final int partition;
  private final int offset;
  private final int key;
  private final int headers;
  private final int schemaVersion;
  private final MessageDigest md5 = md5();
  private final byte[] digest = new byte[32];
  private final Utf8 digestText = new Utf8(digest);
  private final RollingFiles files;
  private long bytes;
  private long largeBytes;

  public BronzeRows(Table table, RunFacts run) {
    checkPartitioning(table);
    this.table = table;
    this.row = new Object[table.schema().columns().size()];
    this.view = InternalRow.over(row);
    this.files = new RollingFiles(table, () -> RowWriter.open(table, partition()));
    this.payload = column(BronzeTables.RAW_PAYLOAD);
    this.checksum = column(BronzeTables.CHECKSUM);
    this.file = column(BronzeTables.SOURCE_FILE);
    this.position = column(BronzeTables.SOURCE_POSITION);
    this.timestamp = column(BronzeTables.SOURCE_TIMESTAMP);
    this.topic = column(BronzeTables.SOURCE_TOPIC);
    this.partition = column(BronzeTables.SOURCE_PARTITION);
    this.offset = column(BronzeTables.SOURCE_OFFSET);
    this.key = column(BronzeTables.MESSAGE_KEY);
    this.headers = column(BronzeTables.HEADERS);
    this.schemaVersion = column(BronzeTables.SCHEMA_VERSION);
    long micros = run.ingestionMicros();
    // Texts that many rows share are encoded once.
    row[column(BronzeTables.SOURCE_SYSTEM)] = new Utf8(run.source());
    row[column(BronzeTables.INGESTION_TIMESTAMP)] = micros;
    row[column(BronzeTables.INGESTION_DATE)] =
        (int) Math.floorDiv(micros, TimeUnit.DAYS.toMicros(1));
    row[column(BronzeTables.PIPELINE_VERSION)] = new Utf8(run.pipelineVersion());
    row[column(BronzeTables.BATCH_ID)] = new Utf8(run.batchId());
  }

  /** The rows that follow come from this file. */
  public void from(SourceFile source) {
    row[file] = new Utf8(source.path());
    row[timestamp] = TimeUnit.MILLISECONDS.toMicros(source.modifiedMillis());
  }

  /** Writes one record, a slice of an array that may be reused afterwards. */
  public void write(long number, byte[] array, int start, int length) {
    row[position] = number;
    payload(array, start, length);
    append(length);
  }

  /** Writes one message; what it holds is not copied and must stay as it is. */
  public void write(ConsumerRecord<byte[], byte[]> message) {
    row[topic] = message.topic();
    row[partition] = message.partition();
    row[offset] = message.offset();
    row[timestamp] =
        message.timestamp() == ConsumerRecord.NO_TIMESTAMP
            ? null
            : TimeUnit.MILLISECONDS.toMicros(message.timestamp());
    row[headers] = MessageHeaders.of(message.headers());
    byte[] keyBytes = message.key();
    row[key] = keyBytes == null ? null : ByteBuffer.wrap(keyBytes);
    byte[] value = message.value();
    // No text begins with a zero byte, so that the source's format need not be asked for.
    row[schemaVersion] =
        value != null && SchemaId.leads(value) ? Integer.toString(SchemaId.of(value)) : null;
    if (value == null) {
      row[checksum] = null;
      row[payload] = null;
    } else {
      payload(value, 0, value.length);
    }
    append((keyBytes == null ? 0 : keyBytes.length) + (value == null ? 0 : value.length));
  }

  private void payload(byte[] array, int start, int length) {
    md5.update(array, start, length);
    byte[] sum = md5.digest();
    for (int i = 0; i < sum.length; i++) {
      digest[2 * i] = (byte) HEX[(sum[i] >> 4) & 0xf];
      digest[2 * i + 1] = (byte) HEX[sum[i] & 0xf];
    }
    row[checksum] = digestText;
    row[payload] = ByteBuffer.wrap(array, start, length);
  }

  /** Appends the row as it stands. */
  private void append(int length) {
    if (bytes > FILE_BYTES || largeBytes > LARGE_BYTES) {
      files.roll();
      bytes = 0;
      largeBytes = 0;
    }
    files.write(view);
    bytes += length;
    if (length > LARGE_RECORD) {
      largeBytes += length;
    }
  }

  /** Closes what was written; gives the data files in the form that a commit reads. */
  public List<String> finish() {
    return files.finish();
  }

  /** Deletes everything that was written. */
  public void abort() {
    files.abort();
  }

  private StructLike partition() {
    return table.spec().isUnpartitioned() ? null : RowWriter.partition(table, view);
  }

  private int column(String name) {
    List<Types.NestedField> columns = table.schema().columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException(
        "Cannot write "
            + table.name()
            + ": it has no column "
            + name
            + "; it is not a bronze table, choose another name for the bronze table");
  }

  private static void checkPartitioning(Table table) {
    for (PartitionField field : table.spec().fields()) {
      String column = table.schema().findColumnName(field.sourceId());
      if (!CONSTANT.contains(column)) {
        throw new IllegalStateException(
            "Cannot write "
                + table.name()
                + ": it is partitioned by "
                + column
                + "; a bronze table may be partitioned by "
                + CONSTANT.stream().sorted().toList());
      }
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot compute checksums: this Java has no MD5", e);
    }
  }
}
