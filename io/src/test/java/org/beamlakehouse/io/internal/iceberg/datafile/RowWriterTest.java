package org.beamlakehouse.io.internal.iceberg.datafile;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.values.IcebergTypes;
import org.beamlakehouse.io.internal.iceberg.values.InternalRow;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what an independent reader gets, and a failed file leaves nothing. */
class RowWriterTest {
  private static final List<Column> COLUMNS =
      List.of(
          column("id", ColumnType.LONG),
          column("name", ColumnType.STRING),
          column("price", ColumnType.decimal(10, 2)),
          column("day", ColumnType.DATE),
          column("at", ColumnType.TIMESTAMPTZ),
          column("local", ColumnType.TIMESTAMP),
          column("clock", ColumnType.TIME),
          column("uuid", ColumnType.UUID),
          column("bytes", ColumnType.BINARY),
          column("fixed", ColumnType.fixed(2)),
          column("tags", ColumnType.list(ColumnType.STRING)),
          column("map", ColumnType.map(ColumnType.STRING, ColumnType.INT)),
          column(
              "struct",
              ColumnType.struct(List.of(new ColumnType.Field("at", ColumnType.DATE, false)))),
          column("ok", ColumnType.BOOLEAN),
          column("real", ColumnType.DOUBLE),
          column("small", ColumnType.FLOAT),
          column("n", ColumnType.INT));

  private static final List<Object> VALUES =
      List.of(
          7L,
          "seven",
          new BigDecimal("7.70"),
          LocalDate.of(1969, 12, 31),
          Instant.parse("1960-01-01T00:00:00.000001Z"),
          LocalDateTime.parse("2020-02-29T12:00:00.123456"),
          LocalTime.parse("23:59:59.999999"),
          UUID.fromString("00000000-0000-0001-8000-000000000002"),
          new byte[] {0, (byte) 0xff},
          new byte[] {1, 2},
          List.of("a", "b"),
          Map.of("k", 1),
          List.of(LocalDate.EPOCH),
          true,
          1.5,
          2.5f,
          42);

  @TempDir Path folder;
  private Table table;

  @BeforeEach
  void createTable() {
    CatalogConfig catalog = LocalCatalog.in(folder);
    Catalogs.createNamespace(catalog, "t.rows");
    Schema schema = IcebergTypes.schema(COLUMNS);
    table =
        Catalogs.open(catalog)
            .createTable(
                TableIdentifier.parse("t.rows"),
                schema,
                PartitionSpec.builderFor(schema).bucket("id", 4).day("at").build(),
                Map.of("format-version", "3"));
  }

  @Test
  void everyTypeReadsBackAsItWasWritten() throws IOException {
    Object[] row = internal(VALUES);
    Object[] nulls = new Object[row.length];
    nulls[0] = 8L;
    nulls[4] = row[4];
    commit(row);
    commit(nulls);

    List<Object> expected = new ArrayList<>(Arrays.asList(new Object[VALUES.size()]));
    expected.set(0, 8L);
    expected.set(4, VALUES.get(4));
    assertThat(read(7), is(shown(VALUES)));
    assertThat(read(8), is(shown(expected)));
  }

  @Test
  void anUnfinishedFileIsDeleted() throws IOException {
    Object[] row = internal(VALUES);
    try (RowWriter writer =
        RowWriter.open(table, RowWriter.partition(table, InternalRow.over(row)))) {
      writer.write(row);
    }
    assertThat(dataFiles(), is(0L));
  }

  @Test
  void aRowOfTheWrongTypeLeavesNoFile() throws IOException {
    Object[] row = internal(VALUES);
    StructLike partition = RowWriter.partition(table, InternalRow.over(row));
    row[1] = new Object[0];
    row[2] = "not a decimal";
    try (RowWriter writer = RowWriter.open(table, partition)) {
      assertThrows(ClassCastException.class, () -> writer.write(row));
    }
    assertThat(dataFiles(), is(0L));
  }

  private void commit(Object[] row) {
    StructLike partition = RowWriter.partition(table, InternalRow.over(row));
    try (RowWriter writer = RowWriter.open(table, partition)) {
      writer.write(row);
      DataFile file = writer.finish();
      assertThat(writer.rows(), is(1L));
      table.newAppend().appendFile(file).commit();
    }
  }

  private Object[] internal(List<Object> values) {
    List<Types.NestedField> fields = table.schema().columns();
    Object[] row = new Object[values.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = InternalValues.of(fields.get(i).type(), values.get(i));
    }
    return row;
  }

  private String read(long id) throws IOException {
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(table).where(Expressions.equal("id", id)).build()) {
      Record record = records.iterator().next();
      List<Object> values = new ArrayList<>();
      for (Types.NestedField field : table.schema().columns()) {
        values.add(IcebergTypes.fromIceberg(field.type(), record.getField(field.name())));
      }
      return shown(values);
    }
  }

  private static String shown(List<Object> values) {
    return Arrays.deepToString(values.toArray());
  }

  private long dataFiles() throws IOException {
    if (!Files.exists(folder.resolve("warehouse/t/rows/data"))) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder.resolve("warehouse/t/rows/data"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private static Column column(String name, ColumnType type) {
    return Column.builder().name(name).type(type).build();
  }
}
