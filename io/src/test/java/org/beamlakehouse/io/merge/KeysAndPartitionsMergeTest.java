package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.table.Partitioning;
import org.beamlakehouse.io.internal.merge.table.RewriteThreshold;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Merges with keys of all types, foreign partitionings, and tables that do not fit. */
class KeysAndPartitionsMergeTest {
  @TempDir Path folder;

  static Stream<Arguments> keys() {
    return Stream.of(
        key(ColumnType.STRING, i -> "käse-" + i),
        key(ColumnType.INT, i -> i),
        key(ColumnType.decimal(20, 3), i -> new BigDecimal(i + ".125")),
        key(ColumnType.DATE, i -> LocalDate.of(2026, 1, 1).plusDays(i)),
        key(ColumnType.TIME, i -> LocalTime.of(1, 2, 3).plusMinutes(i)),
        key(ColumnType.TIMESTAMP, i -> LocalDateTime.of(2026, 1, 1, 0, 0).plusMinutes(i)),
        key(ColumnType.TIMESTAMPTZ, i -> Instant.EPOCH.plusSeconds(i)),
        key(ColumnType.UUID, i -> UUID.nameUUIDFromBytes(new byte[] {(byte) i})),
        key(ColumnType.BINARY, i -> new byte[] {(byte) i, 1}),
        key(ColumnType.fixed(2), i -> new byte[] {1, (byte) i}),
        key(ColumnType.BOOLEAN, i -> i % 2 == 0),
        key(ColumnType.DOUBLE, i -> i == 3 ? Double.NaN : i / 2.0));
  }

  private static Arguments key(ColumnType type, IntFunction<Object> value) {
    return Arguments.of(type, value);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  void keysOfAnyTypeAreFoundAgain(ColumnType type, IntFunction<Object> value) {
    TestTables table =
        new TestTables(
            folder,
            TableDefinition.builder()
                .name("silver.t")
                .columns(Column.required("k", type), Column.of("v", ColumnType.STRING))
                .keyColumns("k")
                .deletes(DeleteMode.HARD)
                .sequenceBy("version")
                .build());
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      changes.add(table.upsert(1, value.apply(i), "v" + i));
    }
    table.merge(changes);
    table.merge(table.upsert(2, value.apply(3), "new"), table.delete(2, value.apply(4)));

    assertThat(table.rows(), equalTo(table.expected()));
  }

  @Test
  void compositeKeysAreToldApart() {
    TestTables table =
        new TestTables(
            folder,
            TableDefinition.builder()
                .name("silver.lines")
                .columns(
                    Column.of("amount", ColumnType.decimal(10, 2)),
                    Column.required("line", ColumnType.INT),
                    Column.required("order_id", ColumnType.STRING))
                .keyColumns("order_id", "line")
                .sequenceBy("version")
                .build());
    table.merge(
        table.upsert(1, new BigDecimal("1.00"), 1, "a"),
        table.upsert(1, new BigDecimal("2.00"), 2, "a"),
        table.upsert(1, null, 1, "b"));
    table.merge(table.upsert(2, new BigDecimal("9.00"), 2, "a"), table.delete(2, "b", 1));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(table.rows(), hasSize(3));
    assertThat(table.table().schema().identifierFieldNames().size(), is(2));
  }

  @Test
  void aRowThatMovesToAnotherPartitionLeavesNothingBehind() {
    TestTables table =
        new TestTables(
            folder,
            TableDefinition.builder()
                .name("silver.orders")
                .columns(
                    Column.required("id", ColumnType.LONG), Column.of("at", ColumnType.TIMESTAMPTZ))
                .keyColumns("id")
                .partitionBy(List.of("day(at)", "truncate(10, id)"))
                .sequenceBy("version")
                .build());
    Instant monday = Instant.parse("2026-01-05T10:00:00Z");
    Instant tuesday = Instant.parse("2026-01-06T10:00:00Z");
    table.merge(table.upsert(1, 1L, monday), table.upsert(1, 2L, monday));
    table.merge(table.upsert(2, 1L, tuesday), table.upsert(1, 3L, null));
    table.merge(table.upsert(3, 1L, monday));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(table.rows(), hasSize(3));
    assertThat(table.table().spec().fields().size(), is(2));
  }

  @Test
  void aTableWhosePartitioningChangedIsMergedAsOnePart() {
    TestTables table = new TestTables(folder, LatestMergeTest.orders().build());
    table.merge(table.upsert(1, 1L, "new", null), table.upsert(1, 2L, "new", null));
    table.table().updateSpec().removeField("id_bucket").addField("status").commit();
    table.merge(table.upsert(2, 1L, "paid", null), table.upsert(1, 3L, "new", null));

    assertThat(table.rows(), equalTo(table.expected()));
    assertThat(Sharding.of(table.table(), table.definition()).count(), is(1));
  }

  @Test
  void tablesThatDoNotFitTheirDefinitionAreRefused() {
    TableDefinition definition = LatestMergeTest.orders().build();
    var catalog = TestTables.catalog(folder);
    Catalogs.createNamespace(catalog, definition.name());
    Table existing =
        Catalogs.open(catalog)
            .createTable(
                TableIdentifier.parse(definition.name()),
                new Schema(
                    Types.NestedField.required(1, "id", Types.LongType.get()),
                    Types.NestedField.optional(2, "status", Types.IntegerType.get())),
                PartitionSpec.unpartitioned(),
                Map.of(TableProperties.FORMAT_VERSION, "3"));

    assertThat(refused(catalog, definition), containsString("column status is of type int"));
    existing.updateSchema().deleteColumn("status").commit();
    assertThat(refused(catalog, definition), containsString("has no column status"));
  }

  private static String refused(
      org.beamlakehouse.io.iceberg.CatalogConfig catalog, TableDefinition definition) {
    return assertThrows(IllegalStateException.class, () -> SilverTables.target(catalog, definition))
        .getMessage();
  }

  @Test
  void formatsAndModesThatAreNotSupportedAreRefused() {
    var catalog = TestTables.catalog(folder);
    for (Map<String, String> properties :
        List.of(
            Map.of("format-version", "1"),
            Map.of("write.merge.mode", "sometimes"),
            Map.of(RewriteThreshold.KEY, "0"),
            Map.of(RewriteThreshold.KEY, "30 %"),
            Map.of("write.format.default", "avro"))) {
      TableDefinition definition = LatestMergeTest.orders().tableProperties(properties).build();
      assertThat(
          assertThrows(
                  UnsupportedOperationException.class,
                  () -> SilverTables.target(catalog, definition))
              .getMessage(),
          containsString("Cannot merge into silver.orders"));
    }
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"week(at)", "day(nothing)", "bucket(id)", "bucket(0, id)", "day(id)", "a b"})
  void wrongTransformsAreRefused(String transform) {
    TableDefinition definition = LatestMergeTest.orders().partitionBy(List.of(transform)).build();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Partitioning.ofTarget(definition, SilverTables.targetSchema(definition)))
            .getMessage();
    assertThat(message, containsString("Cannot partition silver.orders by " + transform));
  }
}
