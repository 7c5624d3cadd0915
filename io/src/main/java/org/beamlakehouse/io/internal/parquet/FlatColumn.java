package org.beamlakehouse.io.internal.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.io.api.Binary;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads a column that is neither repeated nor nested from row groups of a Parquet file, value by
 * value, without boxing them.
 *
 * <p>Values that are skipped are not decoded. Where runs of nulls or of values, widths or
 * dictionaries tell how far to go, going past many costs no more than going past one; only plain
 * texts have to be walked through, and only up to the last one that is read of a page. Parquet's
 * own reader takes a step for each value, which is most of what it costs to find a few rows among
 * many.
 *
 * <p>For each value: {@link #isNull}, then one of the reads where it is not, then {@link #next}; or
 * {@link #skip}.
 */
public final class FlatColumn {
  private final ColumnDescriptor column;
  private final boolean optional;
  private final RunLengths levels = new RunLengths();
  private PageReader pages;
  private @Nullable Dictionary dictionary;
  private PageValues values;

  /** Values of the page from the current one on. */
  private int left;

  private long skipped;
  private boolean levelRead;
  private boolean present;

  /**
   * A column of a file.
   *
   * @throws IllegalArgumentException where the column is repeated or nested
   */
  public FlatColumn(ColumnDescriptor column) {
    if (column.getMaxRepetitionLevel() > 0 || column.getMaxDefinitionLevel() > 1) {
      throw new IllegalArgumentException("Cannot read " + column + " as plain values");
    }
    this.column = column;
    this.optional = column.getMaxDefinitionLevel() > 0;
  }

  /** Goes to the first value of a row group. */
  public void start(PageReadStore rowGroup) {
    pages = rowGroup.getPageReader(column);
    DictionaryPage page = pages.readDictionaryPage();
    try {
      dictionary = page == null ? null : page.getEncoding().initDictionary(column, page);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the dictionary of " + column, e);
    }
    left = 0;
    skipped = 0;
    levelRead = false;
  }

  /** Goes past so many values, none of which was read. */
  public void skip(int count) {
    skipped += count;
  }

  /** Goes past the current value, which is null or was read. */
  public void next() {
    levelRead = false;
    left--;
  }

  /** Tells whether the current value is null; to be asked before it is read. */
  public boolean isNull() {
    if (!levelRead) {
      readLevel();
    }
    return !present;
  }

  private void readLevel() {
    while (skipped > 0) {
      int passed = (int) Math.min(skipped, left);
      values(passed);
      skipped -= passed;
      if (skipped > 0) {
        readPage();
      }
    }
    while (left == 0) {
      readPage();
    }
    present = !optional || levels.next() == 1;
    levelRead = true;
    if (present) {
      values.settle();
    }
  }

  /** Goes past values of the page. */
  private void values(int count) {
    if (count > 0) {
      values.skip(optional ? levels.skipAndCountOnes(count) : count);
      left -= count;
    }
  }

  private void readPage() {
    DataPage page = pages.readPage();
    if (page == null) {
      throw new IllegalStateException("Cannot read more of " + column + " than there is");
    }
    left = page.getValueCount();
    if (page instanceof DataPageV1 v1) {
      byte[] bytes = bytes(v1.getBytes());
      int offset = 0;
      if (optional) {
        if (v1.getDlEncoding() != Encoding.RLE) {
          throw new IllegalStateException(
              "Cannot read definition levels of " + column + " in " + v1.getDlEncoding());
        }
        levels.start(bytes, Integer.BYTES, 1);
        offset = Integer.BYTES + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
      }
      readValues(v1.getValueEncoding(), bytes, offset);
    } else {
      DataPageV2 v2 = (DataPageV2) page;
      levels.start(bytes(v2.getDefinitionLevels()), 0, 1);
      readValues(v2.getDataEncoding(), bytes(v2.getData()), 0);
    }
  }

  private void readValues(Encoding encoding, byte[] bytes, int offset) {
    if (encoding.usesDictionary()) {
      if (dictionary == null) {
        throw new IllegalStateException("Cannot read " + column + ": its dictionary is missing");
      }
      values = PageValues.ofDictionary(dictionary, bytes, offset);
    } else if (encoding == Encoding.PLAIN) {
      values = PageValues.plain(column.getPrimitiveType(), bytes, offset);
    } else {
      values =
          PageValues.other(
              encoding.getValuesReader(column, ValuesType.VALUES), left, bytes, offset);
    }
  }

  private static byte[] bytes(BytesInput input) {
    try {
      ByteBuffer buffer = input.toByteBuffer();
      if (buffer.hasArray()
          && buffer.arrayOffset() + buffer.position() == 0
          && buffer.remaining() == buffer.array().length) {
        return buffer.array();
      }
      byte[] copy = new byte[buffer.remaining()];
      buffer.duplicate().get(copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a page: " + e.getMessage(), e);
    }
  }

  /** The current value, which is not null and was not read. */
  public boolean readBoolean() {
    return values.readBoolean();
  }

  /** The current value, which is not null and was not read. */
  public int readInt() {
    return values.readInt();
  }

  /** The current value, which is not null and was not read. */
  public long readLong() {
    return values.readLong();
  }

  /** The current value, which is not null and was not read. */
  public float readFloat() {
    return values.readFloat();
  }

  /** The current value, which is not null and was not read. */
  public double readDouble() {
    return values.readDouble();
  }

  /** The current value, which is not null and was not read; valid until the row group is left. */
  public Binary readBinary() {
    return values.readBinary();
  }
}
