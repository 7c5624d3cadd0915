package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges into tables of which somebody renamed a column, or imported files that others wrote. */
class ForeignNamesMergeTest {
  @TempDir Path folder;

  private static TableDefinition.Builder orders() {
    return LatestMergeTest.orders().deletes(DeleteMode.HARD);
  }

  @Test
  void aKeyColumnIsFoundByItsNewNameBeforeAnyOtherCommit() {
    TestTables before = new TestTables(folder, orders().build());
    before.merge(
        before.upsert(5, 1L, "a", "n"), before.upsert(5, 2L, "a", null), before.delete(9, 3L));
    for (Table table : List.of(before.table(), before.ledger())) {
      table.updateSchema().renameColumn("id", "order_id").commit();
    }
    TestTables renamed =
        new TestTables(
            before.catalog(), orders().columns(columns("order_id")).keyColumns("order_id").build());

    renamed.commit(
        renamed.plan(2),
        renamed.prepare(
            List.of(
                renamed.partial(6, "note", 1L, "b", null),
                renamed.delete(6, 2L),
                renamed.upsert(8, 3L, "ghost", null))));

    List<String> expected =
        before.expected(
            List.of(before.upsert(5, 1L, "a", "n"), before.partial(6, "note", 1L, "b", null)));
    assertThat(
        renamed.rows(),
        equalTo(expected.stream().map(row -> row.replace("id=1", "order_id=1")).toList()));
  }

  private static Column[] columns(String key) {
    return new Column[] {
      Column.required(key, ColumnType.LONG),
      Column.of("status", ColumnType.STRING),
      Column.of("note", ColumnType.STRING)
    };
  }

  /** As Spark's {@code add_files} leaves a table, with or without the mapping that it adds. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void importedFilesWithoutFieldIdsAreReadByNames(boolean mapped) throws IOException {
    // Copied, all rows end in files with ids, which Iceberg's generic reader reads by them alone.
    TestTables orders =
        new TestTables(
            folder,
            orders().tableProperties(Map.of(TableProperties.MERGE_MODE, "copy-on-write")).build());
    SilverTables.target(orders.catalog(), orders.definition())
        .updateSpec()
        .removeField("id_bucket")
        .commit();
    orders.merge(
        orders.upsert(5, 1L, "a", "n"),
        orders.upsert(5, 2L, "a", "m"),
        orders.upsert(5, 3L, "c", null));
    Table table = orders.table();
    if (mapped) {
      table
          .updateProperties()
          .set(
              TableProperties.DEFAULT_NAME_MAPPING,
              NameMappingParser.toJson(MappingUtil.create(table.schema())))
          .commit();
    }
    OverwriteFiles overwrite = table.newOverwrite();
    for (FileScanTask task : TestTables.files(table)) {
      overwrite.deleteFile(task.file());
    }
    overwrite.addFile(imported(table)).commit();

    orders.merge(orders.partial(6, "note", 1L, "b", null), orders.delete(6, 2L));

    assertThat(orders.rows(), equalTo(orders.expected()));
  }

  /** The rows of a table in a file without field ids, its columns in another order. */
  private DataFile imported(Table table) throws IOException {
    List<Types.NestedField> fields = new ArrayList<>(table.schema().columns());
    Collections.reverse(fields);
    MessageType type =
        new MessageType("row", fields.stream().map(ForeignNamesMergeTest::parquet).toList());
    SimpleGroupFactory groups = new SimpleGroupFactory(type);
    Path path = folder.resolve("imported.parquet");
    long rows = 0;
    try (ParquetWriter<Group> writer =
            ExampleParquetWriter.builder(new LocalOutputFile(path)).withType(type).build();
        CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      for (Record record : records) {
        Group group = groups.newGroup();
        for (Types.NestedField field : fields) {
          set(group, field.name(), record.getField(field.name()));
        }
        writer.write(group);
        rows++;
      }
    }
    return DataFiles.builder(table.spec())
        .withPath(path.toUri().toString())
        .withFormat("parquet")
        .withFileSizeInBytes(path.toFile().length())
        .withRecordCount(rows)
        .build();
  }

  private static Type parquet(Types.NestedField field) {
    return switch (field.type().typeId()) {
      case LONG ->
          org.apache.parquet.schema.Types.optional(PrimitiveTypeName.INT64).named(field.name());
      case BOOLEAN ->
          org.apache.parquet.schema.Types.optional(PrimitiveTypeName.BOOLEAN).named(field.name());
      case TIMESTAMP ->
          org.apache.parquet.schema.Types.optional(PrimitiveTypeName.INT64)
              .as(LogicalTypeAnnotation.timestampType(true, LogicalTypeAnnotation.TimeUnit.MICROS))
              .named(field.name());
      case STRING ->
          org.apache.parquet.schema.Types.optional(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(field.name());
      default ->
          org.apache.parquet.schema.Types.optional(PrimitiveTypeName.BINARY).named(field.name());
    };
  }

  private static void set(Group group, String name, Object value) {
    if (value instanceof Long number) {
      group.add(name, number);
    } else if (value instanceof Boolean flag) {
      group.add(name, flag);
    } else if (value instanceof OffsetDateTime time) {
      group.add(name, DateTimeUtil.microsFromTimestamptz(time));
    } else if (value instanceof ByteBuffer bytes) {
      group.add(name, Binary.fromReusedByteBuffer(bytes.duplicate()));
    } else if (value != null) {
      group.add(name, value.toString());
    }
  }
}
