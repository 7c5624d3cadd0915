package org.beamlakehouse.transforms.internal.sql;

import static org.beamlakehouse.transforms.internal.sql.SqlExpressionTest.FIELDS;
import static org.beamlakehouse.transforms.internal.sql.SqlExpressionTest.FULL;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.beam.sdk.util.SerializableUtils;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions sent to workers, shared by threads, and cast to columns. */
class SqlExpressionReuseTest {

  @Test
  void survivesSerialization() {
    SqlExpression expression = SqlExpression.of("amount * 2 > 20", FIELDS);

    SqlExpression copy = SerializableUtils.clone(expression);

    assertThat(copy, is(expression));
    assertThat(copy.type(), is(ColumnType.BOOLEAN));
    assertThat(copy.isTrue(FULL), is(true));
    assertThat(copy.isFalse(FULL), is(false));
    assertThat(copy.isTrue(SqlExpressionTest.NULL), is(false));
    assertThat(copy.isFalse(SqlExpressionTest.NULL), is(false));
  }

  @Test
  void manyThreadsShareOneExpression() throws Exception {
    SqlExpression expression =
        SqlExpression.of(
            "CASE WHEN REGEXP_LIKE(status, 'P[0-9]+') AND status LIKE '%7' THEN qty * 2 ELSE -qty"
                + " END",
            FIELDS);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int offset = thread * 10_000;
        results.add(
            threads.submit(
                () -> {
                  boolean right = true;
                  Object[] row = FULL.clone();
                  for (int i = offset; i < offset + 10_000; i++) {
                    row[0] = "P" + i;
                    row[4] = i;
                    right &= expression.evaluate(row).equals(i % 10 == 7 ? i * 2 : -i);
                  }
                  return right;
                }));
      }
      List<Boolean> right = new ArrayList<>();
      for (Future<Boolean> result : results) {
        right.add(result.get());
      }
      assertThat(right, everyItem(is(true)));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theSameTextOverOtherTypesIsAnotherExpression() {
    SqlExpression number = SqlExpression.of("a = 1", List.of(Column.of("a", ColumnType.INT)));
    SqlExpression text = SqlExpression.of("a = '1'", List.of(Column.of("a", ColumnType.STRING)));

    assertThat(number.isTrue(new Object[] {1}), is(true));
    assertThat(text.isTrue(new Object[] {"1"}), is(true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          qty | long | 7
          qty | decimal(10,2) | 7.00
          amount * 3.333 | decimal(10,2) | 41.66
          amount | double | 12.5
          amount | string | 12.50
          digits | int | 123
          digits | decimal(5,1) | 123.0
          created | date | 2024-05-06
          created | timestamp | 2024-05-06T07:08:09.123456
          local_ts | timestamptz | 1969-12-31T23:59:59.999999Z
          '2024-05-06T07:08:09.123456+01:00' | timestamptz | 2024-05-06T06:08:09.123456Z
          id | uuid | 123e4567-e89b-12d3-a456-426614174000
          COALESCE(id, id) | uuid | 123e4567-e89b-12d3-a456-426614174000
          flag | string | TRUE
          'true' | boolean | true
          NULL | int | null
          NULL | timestamptz | null
          ratio | float | 0.25
          tags | list<string> | [a, b, null]
          """)
  void castsItsResultToAColumn(String sql, String type, String value) {
    SqlExpression expression = SqlExpression.of(sql, FIELDS).castTo(type(type));

    assertThat(expression.type().toString(), is(type));
    assertThat(String.valueOf(expression.evaluate(FULL)), is(value));
  }

  @Test
  void refusesACastThatSqlDoesNotHave() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> SqlExpression.of("flag", FIELDS).castTo(ColumnType.DATE));

    assertThat(error.getMessage(), containsString("it gives boolean, which cannot become date"));
    assertThrows(
        IllegalArgumentException.class,
        () -> SqlExpression.of("tags", FIELDS).castTo(ColumnType.list(ColumnType.LONG)));
  }

  @Test
  void aResultThatDoesNotFitTheColumnIsAnError() {
    SqlExpression expression =
        SqlExpression.of("amount * 1000", FIELDS).castTo(ColumnType.decimal(4, 2));

    assertThrows(SqlEvaluationException.class, () -> expression.evaluate(FULL));
  }

  @Test
  void valuesAreNotChanged() {
    Object[] row = FULL.clone();

    SqlExpression.of("CARDINALITY(tags) + qty", FIELDS).evaluate(row);

    assertThat(Arrays.equals(row, FULL), is(true));
  }

  @Test
  void aTimestampOutsideOfWhatMicrosecondsHoldIsAnError() {
    Object[] row = FULL.clone();
    row[13] = Instant.MAX;

    assertThrows(
        SqlEvaluationException.class,
        () -> SqlExpression.of("created IS NULL", FIELDS).evaluate(row));
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 25, 300, 5_000})
  void takesLongListsOfValues(int size) {
    List<String> texts = IntStream.range(0, size).mapToObj(i -> "'V" + i + "'").toList();
    List<String> numbers = IntStream.range(0, size).mapToObj(String::valueOf).toList();
    SqlExpression text =
        SqlExpression.of("status IN (" + String.join(", ", texts) + ", 'PAID')", FIELDS);
    SqlExpression number =
        SqlExpression.of("qty NOT IN (" + String.join(", ", numbers) + ")", FIELDS);

    assertThat(text.isTrue(FULL), is(true));
    assertThat(text.evaluate(SqlExpressionTest.NULL) == null, is(true));
    assertThat(number.isFalse(FULL), is(true));
  }

  private static ColumnType type(String name) {
    return switch (name) {
      case "int" -> ColumnType.INT;
      case "long" -> ColumnType.LONG;
      case "float" -> ColumnType.FLOAT;
      case "double" -> ColumnType.DOUBLE;
      case "string" -> ColumnType.STRING;
      case "boolean" -> ColumnType.BOOLEAN;
      case "date" -> ColumnType.DATE;
      case "timestamp" -> ColumnType.TIMESTAMP;
      case "timestamptz" -> ColumnType.TIMESTAMPTZ;
      case "uuid" -> ColumnType.UUID;
      case "decimal(10,2)" -> ColumnType.decimal(10, 2);
      case "decimal(5,1)" -> ColumnType.decimal(5, 1);
      default -> ColumnType.list(ColumnType.STRING);
    };
  }
}
