package org.beamlakehouse.transforms.internal.sql;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.beamlakehouse.transforms.internal.quality.RowRules;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.QualityRule.Action;

/**
 * Random expressions over rows of extreme values: each row has a result or an {@link
 * SqlEvaluationException}, and a rule a verdict; nothing else ever comes out. Expressions that do
 * not compile say so in one way.
 */
class RandomExpressionsTest {
  private static final String SECRET = "planted-value";

  private static final List<Column> FIELDS =
      List.of(
          Column.of("n", ColumnType.INT),
          Column.of("l", ColumnType.LONG),
          Column.of("r", ColumnType.FLOAT),
          Column.of("d", ColumnType.DOUBLE),
          Column.of("a", ColumnType.decimal(38, 10)),
          Column.of("born", ColumnType.DATE),
          Column.of("ts", ColumnType.TIMESTAMP),
          Column.of("tz", ColumnType.TIMESTAMPTZ),
          Column.of("s", ColumnType.STRING),
          Column.of("p", ColumnType.STRING),
          Column.of("tags", ColumnType.list(ColumnType.STRING)));

  private static final List<List<Object>> VALUES =
      List.of(
          Arrays.asList(null, 0, 1, -1, 7, Integer.MIN_VALUE, Integer.MAX_VALUE, 2_000_000_000),
          Arrays.asList(null, 0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40),
          Arrays.asList(null, 0f, -0f, 1.5f, Float.MAX_VALUE, Float.MIN_VALUE, Float.NaN),
          Arrays.asList(
              null, 0d, -0d, 1e300, -1e300, Double.MIN_VALUE, Double.NaN, Double.NEGATIVE_INFINITY),
          Arrays.asList(
              null,
              new BigDecimal("0.0000000000"),
              new BigDecimal("9".repeat(28) + ".9999999999"),
              new BigDecimal("-0.0000000001")),
          Arrays.asList(null, LocalDate.of(2024, 2, 29), LocalDate.MIN, LocalDate.of(9999, 12, 31)),
          Arrays.asList(
              null, LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000), LocalDateTime.MAX),
          Arrays.asList(null, Instant.EPOCH, Instant.MAX, Instant.parse("2024-05-06T07:08:09.1Z")),
          Arrays.asList(
              null,
              "",
              SECRET,
              "1e999999999",
              "-12",
              "a".repeat(5_000),
              "\uD800",
              "2024-02-30",
              "%_"),
          Arrays.asList(
              null, "(", "(a|a)*b", "[", "%a%a%b", "\\", "a{1000}", "((a{100}){100}){100}"),
          Arrays.asList(null, List.of(), Arrays.asList("x", null)));

  private static final Map<Character, List<String>> RULES =
      Map.of(
          'N',
          List.of(
              "n",
              "l",
              "r",
              "d",
              "a",
              "0",
              "-1",
              "2.5",
              "1e10",
              "2147483647",
              "(N + N)",
              "(N - N)",
              "(N * N)",
              "(N / N)",
              "MOD(l, n)",
              "-N",
              "ABS(N)",
              "ROUND(N)",
              "ROUND(N, n)",
              "TRUNCATE(N, n)",
              "FLOOR(N)",
              "CEIL(N)",
              "SIGN(N)",
              "POWER(N, N)",
              "SQRT(N)",
              "EXP(N)",
              "LN(N)",
              "LOG10(N)",
              "CHAR_LENGTH(S)",
              "POSITION(S IN S)",
              "CARDINALITY(tags)",
              "CASE WHEN B THEN N ELSE N END",
              "COALESCE(N, N)",
              "NULLIF(N, N)",
              "GREATEST(N, N)",
              "CAST(N AS INTEGER)",
              "CAST(N AS BIGINT)",
              "CAST(N AS DOUBLE)",
              "CAST(N AS REAL)",
              "CAST(N AS DECIMAL(10,2))",
              "CAST(S AS DECIMAL(38,10))",
              "CAST(S AS DOUBLE)",
              "CAST(S AS INTEGER)",
              "TRY_CAST(S AS BIGINT)",
              "EXTRACT(YEAR FROM T)",
              "TIMESTAMPDIFF(DAY, T, T)",
              "TIMESTAMPDIFF(SECOND, ts, T)",
              "ASCII(S)"),
          'S',
          List.of(
              "s",
              "p",
              "'x'",
              "''",
              "UPPER(S)",
              "TRIM(S)",
              "S || S",
              "REPEAT(S, n)",
              "LPAD(S, n, S)",
              "RPAD(S, n)",
              "LEFT(S, n)",
              "RIGHT(S, n)",
              "SUBSTRING(S, n)",
              "SUBSTRING(S, n, n)",
              "REPLACE(S, S, S)",
              "REVERSE(S)",
              "SPLIT_PART(S, S, n)",
              "OVERLAY(S PLACING S FROM n)",
              "CAST(N AS VARCHAR)",
              "CAST(T AS VARCHAR)",
              "REGEXP_REPLACE(S, p, S)",
              "REGEXP_EXTRACT(S, p, n)",
              "MD5(S)",
              "TO_BASE64(S)",
              "tags[n]",
              "INITCAP(S)",
              "CASE WHEN B THEN S ELSE S END",
              "TRANSLATE(S, S, S)"),
          'T',
          List.of(
              "ts",
              "tz",
              "born",
              "CAST(S AS TIMESTAMP)",
              "CAST(S AS DATE)",
              "TRY_CAST(S AS TIMESTAMP)",
              "(T + INTERVAL '1' MONTH)",
              "(T - INTERVAL '40' DAY)",
              "(T + n * INTERVAL '1' DAY)",
              "(T + n * INTERVAL '1' YEAR)",
              "(ts + l * INTERVAL '1' SECOND)",
              "TIMESTAMPADD(MONTH, n, T)",
              "TIMESTAMPADD(HOUR, n, ts)",
              "FLOOR(ts TO MONTH)",
              "CEIL(ts TO YEAR)",
              "LAST_DAY(T)"),
          'B',
          List.of(
              "N > N",
              "N = N",
              "S = S",
              "S < S",
              "T >= T",
              "S LIKE p",
              "S ILIKE p",
              "S SIMILAR TO p",
              "REGEXP_LIKE(S, p)",
              "NOT B",
              "(B AND B)",
              "(B OR B)",
              "N BETWEEN N AND N",
              "S IS NULL",
              "N IN (N, N, 3)",
              "IS_NAN(d)",
              "STARTS_WITH(S, S)",
              "ARRAY_CONTAINS(tags, S)",
              "JSON_EXISTS(S, 'lax $.a')",
              "S IS JSON",
              "T IS DISTINCT FROM T",
              "CAST(N AS BOOLEAN)"));

  @Property(tries = 100)
  void everyRowHasAResultOrAnErrorThatHoldsNoValue(@ForAll Random random) {
    String sql = expand("NSTB".charAt(random.nextInt(4)), random, 0);
    SqlExpression expression;
    try {
      expression = SqlExpression.of(sql, FIELDS);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage(), containsString("Cannot compile '"));
      return;
    }
    RowRules rules =
        expression.type().equals(ColumnType.BOOLEAN)
            ? RowRules.of(List.of(new QualityRule("rule", sql, Action.QUARANTINE)), FIELDS)
            : null;
    for (int i = 0; i < 20; i++) {
      Object[] row =
          VALUES.stream().map(values -> values.get(random.nextInt(values.size()))).toArray();
      try {
        expression.evaluate(row.clone());
      } catch (SqlEvaluationException e) {
        assertThat(sql, e.getMessage(), not(containsString(SECRET)));
      }
      if (rules != null) {
        assertThat(sql, rules.evaluate(row).failedRules().size() <= 1, is(true));
      }
    }
  }

  private static String expand(char symbol, Random random, int depth) {
    List<String> choices = RULES.get(symbol);
    // The first ones are fields.
    String rule =
        choices.get(random.nextInt(depth > 2 ? Math.min(3, choices.size()) : choices.size()));
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < rule.length(); i++) {
      char c = rule.charAt(i);
      boolean isSymbol =
          RULES.containsKey(c)
              && (i == 0
                  || !Character.isLetterOrDigit(rule.charAt(i - 1)) && rule.charAt(i - 1) != '_')
              && (i + 1 == rule.length()
                  || !Character.isLetterOrDigit(rule.charAt(i + 1)) && rule.charAt(i + 1) != '_');
      sql.append(isSymbol ? depth > 6 ? leaf(c) : expand(c, random, depth + 1) : c);
    }
    return sql.toString();
  }

  private static String leaf(char symbol) {
    return symbol == 'B' ? "n > 0" : RULES.get(symbol).get(0);
  }
}
