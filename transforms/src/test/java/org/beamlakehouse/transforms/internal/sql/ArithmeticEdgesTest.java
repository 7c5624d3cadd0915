package org.beamlakehouse.transforms.internal.sql;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** At the ends of the types a function has the right result or none: never a wrong one. */
class ArithmeticEdgesTest {
  private static final List<Column> FIELDS =
      List.of(
          Column.of("n", ColumnType.INT),
          Column.of("l", ColumnType.LONG),
          Column.of("r", ColumnType.FLOAT),
          Column.of("d", ColumnType.DOUBLE),
          Column.of("wide", ColumnType.decimal(38, 0)),
          Column.of("born", ColumnType.DATE),
          Column.of("ts", ColumnType.TIMESTAMP),
          Column.of("txt", ColumnType.STRING),
          Column.of("exponent", ColumnType.STRING),
          Column.of("many", ColumnType.INT));

  private static final Object[] ROW = {
    Integer.MIN_VALUE,
    Long.MIN_VALUE,
    3e38f,
    1e300,
    new BigDecimal("9".repeat(38)),
    LocalDate.of(2024, 2, 29),
    LocalDateTime.of(2024, 2, 29, 1, 2, 3, 123_456_000),
    "abc",
    "1e2000000000",
    2_000_000_000
  };

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ABS(n)                          | a number is out of range
          ABS(n + 1)                      | 2147483647
          ABS(l)                          | a number is out of range
          -n                              | a number is out of range
          -l                              | a number is out of range
          n / -1                          | a number is out of range
          l / -1                          | a number is out of range
          MOD(l, -1)                      | 0
          ROUND(2147483647, -1)           | a number is out of range
          ROUND(2147483647, -9)           | 2000000000
          ROUND(l, -19)                   | a number is out of range
          ROUND(l, -18)                   | -9000000000000000000
          ROUND(n, -50)                   | 0
          ROUND(wide, many)               | 99999999999999999999999999999999999999
          ROUND(wide, -many)              | 0
          TRUNCATE(wide, many)            | 99999999999999999999999999999999999999
          FLOOR(wide / 7)                 | 14285714285714285714285714285714285714
          wide + 1                        | a number is out of range
          CAST(wide AS BIGINT)            | a number is out of range
          CAST(l AS INTEGER)              | a number is out of range
          CAST(d AS BIGINT)               | a number is out of range
          CAST(d AS REAL)                 | a number is out of range
          d * d                           | a number is out of range
          d * -d                          | a number is out of range
          d / 0                           | division by zero
          (d - d) / (d - d)               | division by zero
          d / 1e-300                      | a number is out of range
          r * r                           | a number is out of range
          r / 0                           | division by zero
          n * d                           | a number is out of range
          POWER(d, 2)                     | a number is out of range
          POWER(0, -1)                    | division by zero
          POWER(-8, 0.5)                  | a number is out of range
          EXP(1000)                       | a number is out of range
          SQRT(-1)                        | a number is out of range
          ASIN(2)                         | a number is out of range
          COT(0)                          | division by zero
          CAST('NaN' AS DOUBLE) + 1       | NaN
          CAST('-Infinity' AS DOUBLE) * 2 | -Infinity
          CAST('1e400' AS DOUBLE)         | a number is out of range
          CAST('1e60' AS REAL)            | a number is out of range
          CAST('1d' AS DOUBLE)            | a text is not a number
          CAST(exponent AS DECIMAL(10,2)) | a number is out of range
          CAST('1e-2000000000' AS DECIMAL(10,2)) | 0.00
          CAST('0.005' AS DECIMAL(10,2))  | 0.01
          CAST('0e2000000000' AS DECIMAL(10,2)) | 0.00
          exponent > 5                    | a text is not a number
          born + n * INTERVAL '1' MONTH   | a number is out of range
          born + (n - 1) * INTERVAL '1' DAY | a number is out of range
          born - n * INTERVAL '1' DAY     | a number is out of range
          ts + l * INTERVAL '1' DAY       | a number is out of range
          ts - l * INTERVAL '1' SECOND    | a number is out of range
          ts + INTERVAL '1' DAY * d       | a number is out of range
          ts + INTERVAL '1' DAY * 1.5     | 2024-03-01T13:02:03.123456
          ts + INTERVAL '1' MONTH         | 2024-03-29T01:02:03.123456
          ts - INTERVAL '2-3' YEAR TO MONTH | 2021-11-29T01:02:03.123456
          TIMESTAMPADD(YEAR, 2147483647, ts) | a number is out of range
          TIMESTAMPADD(MONTH, n, ts)      | a number is out of range
          TIMESTAMPADD(DAY, many, ts)     | a number is out of range
          born + INTERVAL '1' YEAR        | 2025-02-28
          REPEAT(txt, many)               | a text is longer than 67108864 characters
          REPEAT(txt, -many)              |
          LPAD(txt, many)                 | a text is longer than 67108864 characters
          RPAD(txt, many, 'x')            | a text is longer than 67108864 characters
          REPLACE(REPEAT('a', 1000), 'a', REPEAT('b', 100000)) | a text is longer than 67108864 characters
          REGEXP_REPLACE(REPEAT('a', 1000), 'a', REPEAT('b', 100000)) | a text is longer than 67108864 characters
          REGEXP_LIKE('a', REPEAT('(', 3)) | a text is not a pattern
          TRY_CAST('2024-02-29 01:02:03.123456' AS TIMESTAMP) | 2024-02-29T01:02:03.123456
          TRY_CAST('2024-02-30' AS TIMESTAMP) | null
          CAST(CONCAT('2023-02-29', 'T01:02:03Z') AS TIMESTAMP) | a text is not a date or time
          TRY_CAST(txt AS TIME)           | null
          SAFE_CAST('2024-02-29' AS DATE) | 2024-02-29
          SAFE_CAST('+999999999-12-31' AS DATE) | null
          """)
  void givesTheRightResultOrNone(String sql, String expected) {
    SqlExpression expression = SqlExpression.of(sql, FIELDS);

    String result = assertTimeoutPreemptively(Duration.ofSeconds(60), () -> result(expression));

    assertThat(result, is(expected == null ? "" : expected));
  }

  private static String result(SqlExpression expression) {
    try {
      Object value = expression.evaluate(ROW);
      return value instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(value);
    } catch (SqlEvaluationException e) {
      return e.reason();
    }
  }
}
