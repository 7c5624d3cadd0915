package org.beamlakehouse.io.internal.bronze.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ScanTaskParser;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.DeleteFilter;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.encryption.EncryptingFileIO;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.schema.MessageType;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the records of a bronze table, with only the columns that a {@link RawRecord} has. */
public final class ReadBronze {
  private static final String[] COLUMNS = {
    BronzeTables.RAW_PAYLOAD,
    BronzeTables.MESSAGE_KEY,
    BronzeTables.SOURCE_SYSTEM,
    BronzeTables.SOURCE_TOPIC,
    BronzeTables.SOURCE_PARTITION,
    BronzeTables.SOURCE_OFFSET,
    BronzeTables.SOURCE_FILE,
    BronzeTables.SOURCE_POSITION,
    BronzeTables.INGESTION_TIMESTAMP,
    BronzeTables.SOURCE_TIMESTAMP
  };

  private ReadBronze() {}

  /**
   * The records of a piece, in the order they were written. Reading is lazy; the result must be
   * closed, and may be iterated again.
   *
   * @param table the bronze table that the piece was planned for
   */
  public static CloseableIterable<RawRecord> read(Table table, BronzeScan scan) {
    FileScanTask task = ScanTaskParser.fromJson(scan.task(), true);
    Schema wanted = wanted(table, COLUMNS);
    EncryptingFileIO files = EncryptingFileIO.combine(table.io(), table.encryption());
    if (task.deletes().isEmpty()) {
      return CloseableIterable.transform(open(files, task, wanted), new ToRecord(table));
    }
    DeleteFilter<StructLike> deletes = new Deletes(files, task, table.schema(), wanted);
    return CloseableIterable.transform(
        deletes.filter(open(files, task, deletes.requiredSchema())), new ToRecord(table));
  }

  /**
   * The {@code batch_id} of each record of a piece, in the order in which {@link #read} has them.
   */
  public static CloseableIterable<String> batchIds(Table table, BronzeScan scan) {
    FileScanTask task = ScanTaskParser.fromJson(scan.task(), true);
    Schema wanted = wanted(table, BronzeTables.BATCH_ID);
    EncryptingFileIO files = EncryptingFileIO.combine(table.io(), table.encryption());
    CloseableIterable<StructLike> rows;
    if (task.deletes().isEmpty()) {
      rows = open(files, task, wanted);
    } else {
      DeleteFilter<StructLike> deletes = new Deletes(files, task, table.schema(), wanted);
      rows = deletes.filter(open(files, task, deletes.requiredSchema()));
    }
    return CloseableIterable.transform(rows, row -> row.get(0, CharSequence.class).toString());
  }

  /**
   * The record right before a message in its partition; null where the table has none. Of several,
   * as those of a topic that was made anew, it is the last one that came before the message.
   */
  public static @Nullable RawRecord before(Table table, RawRecord message) {
    SourcePosition position = message.position();
    Expression there =
        Expressions.and(
            Expressions.equal(BronzeTables.SOURCE_TOPIC, position.topic()),
            Expressions.equal(BronzeTables.SOURCE_PARTITION, position.partition()),
            Expressions.equal(BronzeTables.SOURCE_OFFSET, position.offset() - 1));
    Schema wanted = wanted(table, COLUMNS);
    EncryptingFileIO files = EncryptingFileIO.combine(table.io(), table.encryption());
    RawRecord before = null;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().filter(there).planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterable<RawRecord> records =
            CloseableIterable.transform(open(files, task, wanted, there), new ToRecord(table))) {
          for (RawRecord record : records) {
            SourcePosition other = record.position();
            if (position.topic().equals(other.topic())
                && position.partition() == other.partition()
                && position.offset() - 1 == other.offset()
                && !record.ingestedAt().isAfter(message.ingestedAt())
                && (before == null || record.ingestedAt().isAfter(before.ingestedAt()))) {
              before = record;
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table.name() + ": " + e.getMessage(), e);
    }
    return before;
  }

  private static Schema wanted(Table table, String... columns) {
    Schema schema = table.schema();
    return new Schema(
        Arrays.stream(columns)
            .map(
                name -> {
                  var field = schema.findField(name);
                  if (field == null) {
                    throw new IllegalArgumentException(
                        "Cannot read "
                            + table.name()
                            + ": it has no column "
                            + name
                            + "; it is not a bronze table");
                  }
                  return field;
                })
            .toList());
  }

  private static CloseableIterable<StructLike> open(
      EncryptingFileIO files, FileScanTask task, Schema schema) {
    return open(files, task, schema, null);
  }

  /** Rows of all row groups that may have some that are wanted. */
  private static CloseableIterable<StructLike> open(
      EncryptingFileIO files, FileScanTask task, Schema schema, @Nullable Expression filter) {
    DataFile file = task.file();
    if (file.format() != FileFormat.PARQUET) {
      throw new IllegalArgumentException(
          "Cannot read "
              + file.location()
              + ": bronze is read from Parquet only, and it is "
              + file.format());
    }
    Parquet.ReadBuilder reader =
        Parquet.read(files.newInputFile(file))
            .project(schema)
            .split(task.start(), task.length())
            .createReaderFunc((Schema s, MessageType t) -> InternalReader.create(s, t));
    return (filter == null ? reader : reader.filter(filter)).build();
  }

  /** Makes records of rows whose first columns are {@link #COLUMNS}. */
  private static final class ToRecord implements Function<StructLike, RawRecord> {
    private String source = "";
    private String topic = "";
    private String file = "";
    private final Table table;
    private @Nullable TopicProgress progress;
    private TopicProgress.@Nullable Topic ofTopic;

    ToRecord(Table table) {
      this.table = table;
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public RawRecord apply(StructLike row) {
      source = same(source, row.get(2, CharSequence.class));
      String before = topic;
      topic = same(topic, row.get(3, CharSequence.class));
      if (topic != null && topic != before) {
        progress = progress == null ? TopicProgress.of(table) : progress;
        ofTopic = progress.topic(topic);
      }
      file = same(file, row.get(6, CharSequence.class));
      long ingested = row.get(8, Long.class);
      SourcePosition position =
          file != null
              ? SourcePosition.inFile(file, row.get(7, Long.class))
              : SourcePosition.inTopic(
                  topic,
                  ofTopic == null ? 0 : ofTopic.era(ingested),
                  row.get(4, Integer.class),
                  row.get(5, Long.class));
      byte[] payload = bytes(row.get(0, ByteBuffer.class));
      byte[] key = bytes(row.get(1, ByteBuffer.class));
      Instant ingestedAt = InternalValues.instant(ingested);
      if (payload != null) {
        return RawRecord.of(source, payload, key, position, ingestedAt);
      }
      Long sent = row.get(9, Long.class);
      return RawRecord.tombstone(
          source, key, position, ingestedAt, sent == null ? null : InternalValues.instant(sent));
    }

    /** Neighbouring rows mostly come from the same place: they share one String. */
    private static String same(String before, CharSequence now) {
      if (now == null) {
        return null;
      }
      return before != null && before.contentEquals(now) ? before : now.toString();
    }

    /**
     * The reader makes an array per value: it is taken, not copied, where it has the right size.
     */
    private static byte[] bytes(ByteBuffer buffer) {
      if (buffer == null) {
        return null;
      }
      if (buffer.hasArray()
          && buffer.arrayOffset() == 0
          && buffer.position() == 0
          && buffer.remaining() == buffer.array().length) {
        return buffer.array();
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
  }

  private static final class Deletes extends DeleteFilter<StructLike> {
    private final EncryptingFileIO files;

    Deletes(EncryptingFileIO files, FileScanTask task, Schema tableSchema, Schema wanted) {
      super(task.file().location(), task.deletes(), tableSchema, wanted);
      this.files = files;
    }

    @Override
    protected StructLike asStructLike(StructLike row) {
      return row;
    }

    @Override
    protected InputFile getInputFile(String location) {
      return files.newInputFile(location);
    }
  }
}
