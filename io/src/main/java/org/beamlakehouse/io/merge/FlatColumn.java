package org.beamlakehouse.io.merge;

import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;

/**
 * Reads a column of plain values from row groups of a Parquet file, value by value, without boxing
 * them. Values that are skipped are not decoded.
 */
final class FlatColumn {
  /** Of the writer only versions before 1.8 would matter: their delta encoding had a bug. */
  private static final ParsedVersion WRITER = new ParsedVersion("parquet-mr", "1.17.1", null);

  private static final PrimitiveConverter NO_CONVERTER = new PrimitiveConverter() {};

  private final ColumnDescriptor column;
  private final int definitionLevel;
  private ColumnReader reader;
  private int skipped;

  FlatColumn(ColumnDescriptor column) {
    this.column = column;
    this.definitionLevel = column.getMaxDefinitionLevel();
  }

  /** Goes to the first value of a row group. */
  void start(PageReadStore rowGroup) {
    reader = new ColumnReaderImpl(column, rowGroup.getPageReader(column), NO_CONVERTER, WRITER);
    skipped = 0;
  }

  /** Goes past the current value, which was not read. */
  void skip() {
    skipped++;
  }

  /** Goes past so many values, none of which was read. */
  void skip(int count) {
    skipped += count;
  }

  /** Goes past the current value, which is null or was read. */
  void next() {
    reader.consume();
  }

  /** Tells whether the current value is null; to be asked before it is read. */
  boolean isNull() {
    for (; skipped > 0; skipped--) {
      if (reader.getCurrentDefinitionLevel() == definitionLevel) {
        reader.skip();
      }
      reader.consume();
    }
    return reader.getCurrentDefinitionLevel() != definitionLevel;
  }

  boolean readBoolean() {
    return reader.getBoolean();
  }

  int readInt() {
    return reader.getInteger();
  }

  long readLong() {
    return reader.getLong();
  }

  float readFloat() {
    return reader.getFloat();
  }

  double readDouble() {
    return reader.getDouble();
  }

  /** The current value, valid until the row group is left. */
  Binary readBinary() {
    return reader.getBinary();
  }
}
