package org.beamlakehouse.pipelines.internal.gold.query;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.beamlakehouse.pipelines.internal.gold.query.IncrementalColumn.Found;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncrementalColumnTest {

  private static final Map<String, TableDefinition> TABLES =
      Map.of(
          "silver.orders",
          TableDefinition.builder()
              .name("silver.orders")
              .keyColumns("order_id")
              .columns(
                  Column.of("order_id", ColumnType.LONG),
                  Column.of("customer_id", ColumnType.LONG),
                  Column.of("order_ts", ColumnType.TIMESTAMPTZ),
                  Column.of("order_date", ColumnType.DATE),
                  Column.of("amount", ColumnType.decimal(10, 2)),
                  Column.of(
                      "meta",
                      ColumnType.struct(
                          List.of(new ColumnType.Field("dy", ColumnType.DATE, false)))))
              .build(),
          "silver.customers",
          TableDefinition.builder()
              .name("silver.customers")
              .keyColumns("customer_id")
              .columns(
                  Column.of("customer_id", ColumnType.LONG),
                  Column.of("country", ColumnType.STRING),
                  Column.of("since", ColumnType.DATE))
              .build());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT order_date AS d, SUM(amount) FROM silver.orders GROUP BY order_date | `order_date`
          SELECT order_date AS d FROM silver.orders WHERE dq_passed ORDER BY 1 | `order_date`
          SELECT CAST(order_ts AS DATE) AS d, COUNT(*) AS n FROM silver.orders GROUP BY CAST(order_ts AS DATE) | CAST(`order_ts` AS DATE)
          SELECT o.order_date AS d FROM silver.orders o | `order_date`
          SELECT o.order_date AS d FROM silver.orders AS o JOIN silver.customers c ON o.customer_id = c.customer_id | `order_date`
          SELECT order_date AS d, country FROM silver.orders o, silver.customers c WHERE o.customer_id = c.customer_id | `order_date`
          SELECT order_date AS d FROM silver.orders o LEFT JOIN silver.customers c ON o.customer_id = c.customer_id | `order_date`
          SELECT order_date AS d FROM silver.customers c RIGHT JOIN silver.orders o ON o.customer_id = c.customer_id | `order_date`
          SELECT orders.order_date AS d FROM silver.orders | `order_date`
          SELECT silver.orders.order_date AS d FROM silver.orders | `order_date`
          SELECT d, SUM(a) FROM (SELECT order_date AS d, amount AS a FROM silver.orders) x GROUP BY d | `order_date`
          SELECT x.dy AS d FROM (SELECT CAST(ts AS DATE) AS dy FROM (SELECT order_ts AS ts FROM silver.orders) y) x | CAST(`order_ts` AS DATE)
          SELECT d FROM (SELECT *, order_date AS d FROM silver.orders) x | `order_date`
          SELECT order_date + INTERVAL '1' DAY AS d FROM (SELECT * FROM silver.orders) x | `order_date` + INTERVAL '1' DAY
          SELECT order_date AS d FROM (SELECT o.* FROM silver.orders o JOIN silver.customers c ON o.customer_id = c.customer_id) x | `order_date`
          WITH daily AS (SELECT order_date AS d, SUM(amount) AS s FROM silver.orders GROUP BY order_date) SELECT d, s FROM daily WHERE s > 0 | `order_date`
          WITH a AS (SELECT order_date AS x FROM silver.orders), b AS (SELECT x AS y FROM a) SELECT y AS d FROM b | `order_date`
          SELECT CASE WHEN order_id > 5 THEN order_date END AS d FROM silver.orders | CASE WHEN `order_id` > 5 THEN `order_date` ELSE NULL END
          SELECT UPPER(TRIM(CAST(order_date AS VARCHAR))) AS d FROM silver.orders | UPPER(TRIM(BOTH ' ' FROM CAST(`order_date` AS VARCHAR)))
          SELECT DISTINCT order_date AS d FROM silver.orders | `order_date`
          SELECT order_date AS d FROM silver.orders WHERE customer_id IN (SELECT customer_id FROM silver.customers) | `order_date`
          SELECT order_date AS d, MAX(amount) FROM silver.orders GROUP BY order_date HAVING COUNT(*) > 1 | `order_date`
          """)
  void followsTheColumnToItsTable(String sql, String expression) {
    assertThat(IncrementalColumn.obstacle(sql, "d", TABLES), is(Optional.empty()));
    assertThat(
        IncrementalColumn.find(sql, "d", TABLES),
        is(Optional.of(new Found("silver.orders", expression.replace('`', '"')))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT MIN(order_date) AS d FROM silver.orders GROUP BY customer_id | d is the result of an aggregate
          SELECT COUNT_DISTINCT(order_id) AS d FROM silver.orders | d is the result of an aggregate
          SELECT f AS d FROM (SELECT MIN(order_date) AS f FROM silver.orders GROUP BY customer_id) x | f is the result of an aggregate
          SELECT DATE '2024-01-01' AS d FROM silver.orders | d depends on no column
          SELECT CURRENT_DATE AS d FROM silver.orders | CURRENT_DATE
          SELECT c.since AS d FROM silver.orders o LEFT JOIN silver.customers c ON o.customer_id = c.customer_id | since comes from the side of an outer join
          SELECT o.order_date AS d FROM silver.orders o FULL JOIN silver.customers c ON o.customer_id = c.customer_id | outer join
          SELECT COALESCE(o.order_date, c.since) AS d FROM silver.orders o JOIN silver.customers c ON o.customer_id = c.customer_id | d depends on several tables: [silver.orders, silver.customers]
          SELECT order_date AS d FROM silver.orders UNION ALL SELECT since FROM silver.customers | UNION joins the rows of several queries
          SELECT d FROM (SELECT order_date AS d FROM silver.orders UNION SELECT since AS d FROM silver.customers) x | UNION joins the rows
          SELECT order_date AS d, SUM(amount) OVER (PARTITION BY customer_id) FROM silver.orders | a window function looks at rows of other values
          SELECT d FROM (SELECT order_date AS d, ROW_NUMBER() OVER (PARTITION BY order_date ORDER BY order_id) AS n FROM silver.orders) x WHERE n = 1 | a window function
          SELECT order_date AS d FROM silver.orders ORDER BY order_date LIMIT 5 | the query has a LIMIT
          SELECT d FROM (SELECT order_date AS d FROM silver.orders LIMIT 5) x | the query has a LIMIT
          SELECT order_date AS d FROM silver.orders WHERE amount > (SELECT AVG(amount) FROM silver.orders) | silver.orders is read 2 times
          SELECT a.order_date AS d FROM silver.orders a JOIN silver.orders b ON a.customer_id = b.customer_id | silver.orders is read 2 times
          WITH o AS (SELECT * FROM silver.orders) SELECT a.order_date AS d FROM o a JOIN o b ON a.customer_id = b.customer_id | silver.orders is read 2 times
          SELECT (SELECT MAX(since) FROM silver.customers) AS d FROM silver.orders | d is computed by a subquery
          SELECT order_date AS d, SUM(amount) FROM silver.orders GROUP BY ROLLUP(order_date) | grouping sets
          SELECT order_date FROM silver.orders | the query has no output column d
          SELECT customer_id AS d FROM silver.orders o JOIN silver.customers c ON o.customer_id = c.customer_id | it is not clear which table customer_id comes from
          SELECT meta.dy AS d FROM silver.orders | meta.dy is a field of a struct
          SELECT o.meta.dy AS d FROM silver.orders o | o.meta.dy is a field of a struct
          SELECT nope AS d FROM silver.orders | it is not clear which table nope comes from
          SELECT x AS d FROM silver.nowhere | the columns of silver.nowhere are not known
          SELECT x.d AS d FROM (VALUES (1)) AS x (d) | renames its columns
          """)
  void saysWhyAQueryIsNotIncremental(String sql, String reason) {
    assertThat(IncrementalColumn.find(sql, "d", TABLES), is(Optional.empty()));
    assertThat(IncrementalColumn.obstacle(sql, "d", TABLES).orElseThrow(), containsString(reason));
  }

  @Test
  void aSyntaxErrorNamesItsPlace() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> IncrementalColumn.find("SELECT a\nFROM t WHERE WHERE b", "d", TABLES));

    assertThat(error.getMessage(), containsString("Cannot parse the query: "));
    assertThat(error.getMessage(), containsString("at line 2, column "));
  }
}
