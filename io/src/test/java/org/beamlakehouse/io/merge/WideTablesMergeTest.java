package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.beamlakehouse.io.merge.RandomMerges.Mode;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Merges rows of three hundred columns of all shapes, any of them null. */
class WideTablesMergeTest {
  private static final int COLUMNS = 300;
  private static final List<ColumnType> TYPES =
      List.of(
          ColumnType.STRING,
          ColumnType.decimal(38, 9),
          ColumnType.decimal(9, 2),
          ColumnType.DOUBLE,
          ColumnType.BINARY,
          ColumnType.TIMESTAMPTZ,
          ColumnType.list(ColumnType.STRING),
          ColumnType.map(ColumnType.STRING, ColumnType.decimal(10, 2)),
          ColumnType.struct(
              List.of(
                  new ColumnType.Field("name", ColumnType.STRING, false),
                  new ColumnType.Field("codes", ColumnType.list(ColumnType.INT), false))));

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(value = Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "CHANGING")
  void wideRowsAreMerged(Mode mode) {
    TestTables table = new TestTables(folder, definition(mode));
    Random random = new Random(7);
    List<Change> changes = new ArrayList<>();
    for (long id = 0; id < 20; id++) {
      changes.add(table.upsert(1, row(random, id)));
    }
    table.merge(changes);
    table.merge(
        table.upsert(2, row(random, 3)),
        // What is not sent is taken from the stored row: text, a list and a struct.
        table.partial(2, "c1", row(random, 4)),
        table.partial(2, "c7", row(random, 5)),
        table.partial(2, "c9", row(random, 6)),
        table.upsert(2, nulls(7)),
        table.delete(2, 8L),
        table.upsert(1, row(random, 30)));
    table.merge(table.upsert(3, row(random, 7)), table.partial(3, "c8", row(random, 3)));

    assertThat(table.rows(), equalTo(table.expected()));
  }

  private static TableDefinition definition(Mode mode) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.required("id", ColumnType.LONG));
    for (int i = 1; i < COLUMNS; i++) {
      columns.add(Column.of("c" + i, type(i)));
    }
    return TableDefinition.builder()
        .name("silver.wide")
        .columns(columns)
        .keyColumns("id")
        .sequenceBy("version")
        .partitionBy(List.of("bucket(2, id)"))
        .tableProperties(mode.properties)
        .build();
  }

  private static ColumnType type(int column) {
    return TYPES.get((column - 1) % TYPES.size());
  }

  private static Object[] nulls(long id) {
    Object[] row = new Object[COLUMNS];
    row[0] = id;
    return row;
  }

  private static Object[] row(Random random, long id) {
    Object[] row = nulls(id);
    for (int i = 1; i < COLUMNS; i++) {
      row[i] = random.nextInt(4) == 0 ? null : value(type(i), random);
    }
    return row;
  }

  private static Object value(ColumnType type, Random random) {
    int number = random.nextInt(1000);
    return switch (type.kind()) {
      case STRING -> number == 0 ? "" : "ä".repeat(number % 100 == 0 ? 20_000 : number % 20);
      case DECIMAL -> new BigDecimal(number - 500).setScale(type.scale());
      case DOUBLE -> number == 1 ? Double.NaN : number / 7.0;
      case BINARY -> new byte[] {(byte) number, 0, 1};
      case TIMESTAMPTZ -> TestTables.time(number);
      case LIST -> Arrays.asList(value(ColumnType.STRING, random), null, "b");
      case MAP -> Map.of("k" + number, new BigDecimal(number).setScale(2));
      case STRUCT -> Arrays.asList(number % 2 == 0 ? null : "n", Arrays.asList(number, null));
      default -> throw new IllegalArgumentException(type.toString());
    };
  }
}
