package org.beamlakehouse.io.internal.iceberg.datafile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.encryption.EncryptingFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.schema.MessageType;

/**
 * A data file that is not yet committed, and of which the table has some rows by now: it is written
 * again without them.
 */
public final class FileTrim {
  private FileTrim() {}

  /**
   * Writes the file again.
   *
   * @param file as this run has written it, in the table's current schema and spec
   * @param isNew whether a row, in the table's columns, is not in the table yet
   * @return empty where no row is new
   */
  public static Optional<DataFile> of(Table table, DataFile file, Predicate<StructLike> isNew) {
    try (CloseableIterable<StructLike> rows = rows(table, file);
        RowWriter writer =
            RowWriter.open(table, table.specs().get(file.specId()), file.partition())) {
      for (StructLike row : rows) {
        if (isNew.test(row)) {
          writer.write(row);
        }
      }
      return writer.rows() == 0 ? Optional.empty() : Optional.of(writer.finish());
    } catch (IOException e) {
      throw cannotRead(file, e);
    }
  }

  /** Whether all rows of a file meet a condition. */
  public static boolean isAll(Table table, DataFile file, Predicate<StructLike> condition) {
    try (CloseableIterable<StructLike> rows = rows(table, file)) {
      for (StructLike row : rows) {
        if (!condition.test(row)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw cannotRead(file, e);
    }
  }

  /** Place of a column in the rows. */
  public static int column(Table table, String name) {
    return table.schema().columns().indexOf(table.schema().findField(name));
  }

  private static CloseableIterable<StructLike> rows(Table table, DataFile file) {
    EncryptingFileIO files = EncryptingFileIO.combine(table.io(), table.encryption());
    return Parquet.read(files.newInputFile(file))
        .project(table.schema())
        .createReaderFunc((Schema s, MessageType t) -> InternalReader.create(s, t))
        .build();
  }

  private static UncheckedIOException cannotRead(DataFile file, IOException e) {
    return new UncheckedIOException("Cannot read " + file.location() + ": " + e.getMessage(), e);
  }
}
