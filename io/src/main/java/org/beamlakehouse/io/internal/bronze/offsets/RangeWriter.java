package org.beamlakehouse.io.internal.bronze.offsets;

import java.util.List;
import java.util.function.LongConsumer;
import org.apache.iceberg.Table;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.beamlakehouse.io.internal.bronze.write.BronzeRows;
import org.beamlakehouse.io.internal.kafka.RangeReader;

/** Reads ranges of offsets and writes their records into data files of a bronze table. */
public final class RangeWriter {
  private static final int PROGRESS = 10_000;

  private final Table table;
  private final RangeReader reader;
  private final LongConsumer progress;

  /**
   * @param progress told now and then how many more records were written
   */
  public RangeWriter(Table table, RangeReader reader, LongConsumer progress) {
    this.table = table;
    this.reader = reader;
    this.progress = progress;
  }

  /** Reads and writes; leaves no file behind where it fails. */
  public WrittenRanges write(RangeTask task) {
    Rows rows = new Rows(new BronzeRows(table, task.run()));
    try {
      reader.read(task.ranges(), rows::write);
      List<String> files = rows.files.finish();
      progress.accept(rows.count % PROGRESS);
      return new WrittenRanges(
          task.run(), task.plan(), task.ranges(), files, rows.count, task.startedMillis());
    } catch (RuntimeException e) {
      rows.abort(e);
      throw e;
    }
  }

  private final class Rows {
    private final BronzeRows files;
    private long count;

    Rows(BronzeRows files) {
      this.files = files;
    }

    void write(ConsumerRecord<byte[], byte[]> message) {
      files.write(message);
      count++;
      if (count % PROGRESS == 0) {
        progress.accept(PROGRESS);
      }
    }

    void abort(RuntimeException cause) {
      try {
        files.abort();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
