package org.beamlakehouse.benchmarks.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.io.FanoutDataWriter;
import org.apache.iceberg.io.FileWriterFactory;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * What a streaming upsert sink leaves to readers: per batch and partition one file of rows and one
 * of equality deletes by key. Such sinks have no guard against late changes; here a batch holds the
 * newest change of each key only, so that the rows are right.
 */
final class EqualityDeletes {
  private static final long TARGET_FILE_BYTES = 512L << 20;

  private final Table table;
  private final Map<Long, Long> newest = new HashMap<>();

  EqualityDeletes(Table table) {
    this.table = table;
  }

  /** Commits one batch. */
  void merge(Collection<OrderChange> changes) {
    Map<Long, OrderChange> last = new HashMap<>();
    for (OrderChange change : changes) {
      if (change.lsn() > newest.getOrDefault(change.key(), 0L)) {
        newest.put(change.key(), change.lsn());
        last.put(change.key(), change);
      }
    }
    Schema keys = table.schema().select("id");
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, 1, 1)
            .format(FileFormat.PARQUET)
            .operationId(UUID.randomUUID().toString())
            .build();
    FileWriterFactory<Record> writers =
        new GenericFileWriterFactory.Builder(table)
            .deleteFileFormat(FileFormat.PARQUET)
            .equalityFieldIds(new int[] {table.schema().findField("id").fieldId()})
            .equalityDeleteRowSchema(keys)
            .build();
    FanoutDataWriter<Record> rows =
        new FanoutDataWriter<>(writers, files, table.io(), TARGET_FILE_BYTES);
    Map<PartitionKey, EqualityDeleteWriter<Record>> deletes = new HashMap<>();
    InternalRecordWrapper internal = new InternalRecordWrapper(table.schema().asStruct());
    PartitionKey partition = new PartitionKey(table.spec(), table.schema());
    try (rows) {
      for (OrderChange change : last.values()) {
        GenericRecord row = GenericRecord.create(table.schema());
        BaseTable.set(row, change);
        partition.partition(internal.wrap(row));
        GenericRecord key = GenericRecord.create(keys);
        key.setField("id", change.key());
        EqualityDeleteWriter<Record> writer = deletes.get(partition);
        if (writer == null) {
          PartitionKey own = partition.copy();
          writer =
              writers.newEqualityDeleteWriter(
                  files.newOutputFile(table.spec(), own), table.spec(), own);
          deletes.put(own, writer);
        }
        writer.write(key);
        rows.write(row, table.spec(), partition);
      }
      for (EqualityDeleteWriter<Record> writer : deletes.values()) {
        writer.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write equality deletes: " + e.getMessage(), e);
    }
    RowDelta delta = table.newRowDelta();
    rows.result().dataFiles().forEach(delta::addRows);
    deletes.values().forEach(writer -> delta.addDeletes(writer.toDeleteFile()));
    delta.commit();
  }
}
