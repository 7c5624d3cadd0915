package org.beamlakehouse.io.internal.parquet;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.junit.jupiter.api.Test;

/** Columns of every type and encoding are read as they were written, whatever is skipped. */
class FlatColumnTest {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message rows {
            required boolean b0; optional boolean b1;
            required int32 i0; optional int32 i1;
            required int64 l0; optional int64 l1;
            required float f0; optional float f1;
            required double d0; optional double d1;
            required binary t0; optional binary t1;
            required fixed_len_byte_array(5) x0; optional fixed_len_byte_array(5) x1;
          }
          """);

  /**
   * What a file is like.
   *
   * @param values different values of a column: few are written as a dictionary
   * @param nulls one value in so many is null; 0 for none
   * @param runs values come again so many times
   */
  record Layout(
      WriterVersion version, boolean dictionary, int rows, int values, int nulls, int runs) {}

  @Provide
  Arbitrary<Layout> layouts() {
    return Combinators.combine(
            Arbitraries.of(WriterVersion.class),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(1, 3_000),
            Arbitraries.of(1, 2, 5, 300, 100_000),
            Arbitraries.of(0, 1, 2, 9, 500),
            Arbitraries.of(1, 3, 40))
        .as(Layout::new);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void whatIsNotSkippedIsReadAsItWasWritten(@ForAll("layouts") Layout layout, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    Path file = Files.createTempDirectory("columns").resolve("rows.parquet");
    List<Object[]> rows = rows(layout, random);
    write(file, layout, rows);
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      int first = 0;
      for (PageReadStore group = reader.readNextRowGroup();
          group != null;
          group = reader.readNextRowGroup()) {
        for (int column = 0; column < SCHEMA.getFieldCount(); column++) {
          check(group, column, rows, first, random);
        }
        first += (int) group.getRowCount();
      }
      assertThat(first, is(rows.size()));
    } finally {
      Files.delete(file);
      Files.delete(file.getParent());
    }
  }

  private static void check(
      PageReadStore group, int index, List<Object[]> rows, int first, Random random) {
    ColumnDescriptor column = SCHEMA.getColumns().get(index);
    FlatColumn flat = new FlatColumn(column);
    flat.start(group);
    int most = List.of(1, 4, 100, 2_000).get(random.nextInt(4));
    for (int row = first; row < first + group.getRowCount(); row++) {
      int skip = random.nextInt(most);
      if (skip > 0 && row + skip < first + group.getRowCount()) {
        if (skip == 1) {
          flat.skip(1);
        } else {
          flat.skip(skip);
        }
        row += skip;
      }
      Object expected = rows.get(row)[index];
      assertThat(column + " is null in row " + row, flat.isNull(), is(expected == null));
      if (expected != null) {
        assertThat(column + " in row " + row, read(flat, column), is(expected));
      }
      flat.next();
    }
  }

  private static Object read(FlatColumn column, ColumnDescriptor descriptor) {
    return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> column.readBoolean();
      case INT32 -> column.readInt();
      case INT64 -> column.readLong();
      case FLOAT -> column.readFloat();
      case DOUBLE -> column.readDouble();
      default -> column.readBinary();
    };
  }

  private static List<Object[]> rows(Layout layout, Random random) {
    List<Object[]> rows = new ArrayList<>();
    Object[] last = null;
    for (int i = 0; i < layout.rows(); i++) {
      Object[] row = new Object[SCHEMA.getFieldCount()];
      for (int column = 0; column < row.length; column++) {
        boolean again = last != null && random.nextInt(layout.runs()) > 0;
        row[column] = again ? last[column] : value(column, layout, random);
      }
      rows.add(row);
      last = row;
    }
    return rows;
  }

  private static Object value(int column, Layout layout, Random random) {
    if (column % 2 == 1 && layout.nulls() > 0 && random.nextInt(layout.nulls()) == 0) {
      return null;
    }
    int value = random.nextInt(layout.values());
    return switch (column / 2) {
      case 0 -> value % 2 == 0;
      case 1 -> value * 31;
      case 2 -> value * 0x100000001L;
      case 3 -> value / 8f;
      case 4 -> value / 8d;
      case 5 -> Binary.fromString("x".repeat(value % 17) + value);
      default -> Binary.fromString(String.format("%05d", value % 100_000));
    };
  }

  private static void write(Path file, Layout layout, List<Object[]> rows) throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(SCHEMA)
            .withWriterVersion(layout.version())
            .withDictionaryEncoding(layout.dictionary())
            .withDictionaryPageSize(2_000)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withPageSize(600)
            .withRowGroupSize(60_000L)
            .build()) {
      for (Object[] row : rows) {
        writer.write(group(row));
      }
    }
  }

  private static Group group(Object[] row) {
    Group group = new SimpleGroup(SCHEMA);
    for (int i = 0; i < row.length; i++) {
      if (row[i] instanceof Boolean value) {
        group.add(i, value);
      } else if (row[i] instanceof Integer value) {
        group.add(i, value);
      } else if (row[i] instanceof Long value) {
        group.add(i, value);
      } else if (row[i] instanceof Float value) {
        group.add(i, value);
      } else if (row[i] instanceof Double value) {
        group.add(i, value);
      } else if (row[i] instanceof Binary value) {
        group.add(i, value);
      }
    }
    return group;
  }

  /** The property would prove little if the writer chose the same encoding every time. */
  @Test
  void thePropertyMeetsManyEncodings() throws IOException {
    Set<Encoding> met = new TreeSet<>();
    for (WriterVersion version : WriterVersion.values()) {
      for (boolean dictionary : new boolean[] {true, false}) {
        Path file = Files.createTempDirectory("columns").resolve("rows.parquet");
        Layout layout = new Layout(version, dictionary, 500, 300, 9, 3);
        write(file, layout, rows(layout, new Random(1)));
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
          reader
              .getFooter()
              .getBlocks()
              .forEach(block -> block.getColumns().forEach(c -> met.addAll(c.getEncodings())));
        }
        Files.delete(file);
        Files.delete(file.getParent());
      }
    }
    for (Encoding encoding :
        Arrays.asList(
            Encoding.PLAIN,
            Encoding.RLE,
            Encoding.PLAIN_DICTIONARY,
            Encoding.RLE_DICTIONARY,
            Encoding.DELTA_BINARY_PACKED,
            Encoding.DELTA_BYTE_ARRAY)) {
      assertThat(met, hasItem(encoding));
    }
  }

  @Test
  void refusesARepeatedColumn() {
    ColumnDescriptor repeated =
        new ColumnDescriptor(new String[] {"list"}, PrimitiveTypeName.INT32, 1, 1);

    assertThrows(IllegalArgumentException.class, () -> new FlatColumn(repeated));
  }
}
