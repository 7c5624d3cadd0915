package org.beamlakehouse.io.bronze;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.encryption.EncryptingFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.MessageType;
import org.beamlakehouse.io.iceberg.RowWriter;

/** A data file of bronze, written again without the rows that its table has already. */
final class TrimmedFile {
  private TrimmedFile() {}

  /**
   * Writes a file of messages.
   *
   * @param file as this run has written it, in the table's current schema and spec
   * @return empty where no row is new
   */
  static Optional<DataFile> of(Table table, DataFile file, OffsetTrim trim) {
    int topic = index(table.schema(), BronzeTables.SOURCE_TOPIC);
    int partition = index(table.schema(), BronzeTables.SOURCE_PARTITION);
    int offset = index(table.schema(), BronzeTables.SOURCE_OFFSET);
    return of(
        table,
        file,
        row ->
            trim.isNew(
                row.get(topic, CharSequence.class).toString(),
                row.get(partition, Integer.class),
                row.get(offset, Long.class)));
  }

  /**
   * Writes a file of records that come from files of a source.
   *
   * @param taken paths of the files whose records the table has
   */
  static Optional<DataFile> of(Table table, DataFile file, Set<String> taken) {
    int path = index(table.schema(), BronzeTables.SOURCE_FILE);
    return of(table, file, row -> !taken.contains(row.get(path, CharSequence.class).toString()));
  }

  private static Optional<DataFile> of(Table table, DataFile file, Predicate<StructLike> isNew) {
    Schema schema = table.schema();
    EncryptingFileIO files = EncryptingFileIO.combine(table.io(), table.encryption());
    try (CloseableIterable<StructLike> rows =
            Parquet.read(files.newInputFile(file))
                .project(schema)
                .createReaderFunc((Schema s, MessageType t) -> InternalReader.create(s, t))
                .build();
        RowWriter writer =
            RowWriter.open(table, table.specs().get(file.specId()), file.partition())) {
      for (StructLike row : rows) {
        if (isNew.test(row)) {
          writer.write(row);
        }
      }
      return writer.rows() == 0 ? Optional.empty() : Optional.of(writer.finish());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file.location() + ": " + e.getMessage(), e);
    }
  }

  private static int index(Schema schema, String column) {
    Types.NestedField field = schema.findField(column);
    return schema.columns().indexOf(field);
  }
}
