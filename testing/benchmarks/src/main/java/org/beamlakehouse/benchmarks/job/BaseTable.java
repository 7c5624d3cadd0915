package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.FanoutDataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Type;
import org.beamlakehouse.transforms.change.Sequence;

/**
 * Fills a new table with the rows that an {@link OrderLog} begins with, in one append and in the
 * order of their keys, as an initial load leaves them. Written with Iceberg's generic writer for
 * all systems alike.
 */
final class BaseTable {
  private static final long TARGET_FILE_BYTES = 512L << 20;
  private static final OffsetDateTime LOADED =
      OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private BaseTable() {}

  /** Writes the rows 0 to {@code rows - 1}. */
  static void fill(Table table, int rows) {
    FanoutDataWriter<Record> writer =
        new FanoutDataWriter<>(
            new GenericFileWriterFactory.Builder(table).build(),
            OutputFileFactory.builderFor(table, 1, 1)
                .format(FileFormat.PARQUET)
                .operationId(UUID.randomUUID().toString())
                .build(),
            table.io(),
            TARGET_FILE_BYTES);
    PartitionKey partition = new PartitionKey(table.spec(), table.schema());
    InternalRecordWrapper internal = new InternalRecordWrapper(table.schema().asStruct());
    GenericRecord template = GenericRecord.create(table.schema());
    try (writer) {
      for (int key = 0; key < rows; key++) {
        // Each row is an object of its own: writers keep the least and the greatest values.
        GenericRecord row = template.copy();
        set(row, OrderChange.base(key));
        partition.partition(internal.wrap(row));
        writer.write(row, table.spec(), partition);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the base table: " + e.getMessage(), e);
    }
    AppendFiles append = table.newAppend();
    writer.result().dataFiles().forEach(append::appendFile);
    append.commit();
  }

  /** Fills a row with what a change leaves in it. */
  static void set(GenericRecord row, OrderChange change) {
    OrderValues values = OrderValues.of(change.key(), change.valuesLsn());
    row.setField("id", values.id());
    row.setField("customer_id", values.customerId());
    row.setField("status", values.status());
    row.setField("email", values.email());
    row.setField("city", values.city());
    row.setField("note", values.note());
    row.setField("amount", values.amount());
    row.setField("weight", values.weight());
    row.setField("quantity", values.quantity());
    row.setField("gift", values.gift());
    row.setField("created_at", utc(values.createdAt()));
    row.setField("updated_at", utc(values.updatedAt()));
    row.setField("is_deleted", change.isDelete());
    row.setField("deleted_at", change.isDelete() ? utc(OrderValues.timeOf(change.lsn())) : null);
    row.setField("ingested_at", LOADED);
    row.setField("dq_passed", true);
    row.setField("pipeline_version", "base");
    // Ours keeps the order in bytes, others as the number that it is.
    boolean inBytes = row.struct().fieldType("_sequence").typeId() == Type.TypeID.BINARY;
    row.setField(
        "_sequence",
        inBytes ? ByteBuffer.wrap(Sequence.of(change.lsn()).bytes()) : (Object) change.lsn());
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
