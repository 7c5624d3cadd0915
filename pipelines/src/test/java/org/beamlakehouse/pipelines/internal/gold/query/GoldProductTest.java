package org.beamlakehouse.pipelines.internal.gold.query;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.beamlakehouse.pipelines.internal.config.Problem;
import org.beamlakehouse.pipelines.internal.config.Problems;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GoldProductTest {
  private static final String FILE = "gold/dau.sql";

  private final Problems problems = new Problems();

  @Test
  void readsHeaderAndQuery() {
    GoldProduct product =
        GoldProduct.parse(
                FILE,
                """
                /*---
                table: gold.dau_by_platform
                owner: product_analytics
                description: Daily active users by platform
                slaMinutes: 60
                consumers: [growth_api]
                key: [event_date, platform]
                incrementalBy: event_date        # a comment
                ---*/

                SELECT event_date, '${run_date}' AS d
                FROM silver.user_events -- all ; of them
                ;
                """,
                problems)
            .orElseThrow();

    assertThat(problems.all(), is(empty()));
    assertThat(product.file(), is(FILE));
    assertThat(product.table(), is("gold.dau_by_platform"));
    assertThat(product.owner(), is("product_analytics"));
    assertThat(product.description(), is("Daily active users by platform"));
    assertThat(product.slaMinutes(), is(60));
    assertThat(product.consumers(), contains("growth_api"));
    assertThat(product.key(), contains("event_date", "platform"));
    assertThat(product.incrementalBy(), is("event_date"));
    assertThat(product.sqlLine(), is(11));
    assertThat(
        product.sql(),
        is("SELECT event_date, '${run_date}' AS d\nFROM silver.user_events -- all ; of them"));
  }

  @Test
  void aQueryThatIsNestedTooDeeplyIsRefusedAtItsLine() {
    String text =
        "/*---\ntable: gold.a\n---*/\nSELECT a FROM silver.b WHERE "
            + "(".repeat(20_000)
            + "TRUE"
            + ")".repeat(20_000);
    GoldProduct product = GoldProduct.parse(FILE, text, problems).orElseThrow();

    var error =
        assertThrows(
            IllegalArgumentException.class, () -> GoldSql.of(product, Map.of(), List.of()));

    assertThat(
        error.getMessage(),
        startsWith("Cannot read gold/dau.sql:4: the query is nested too deeply"));
  }

  @Test
  void onlyTheTableIsNeeded() {
    Optional<GoldProduct> product =
        GoldProduct.parse(FILE, "/*---\r\ntable: gold.t\r\n---*/ SELECT 1 AS x", problems);

    assertThat(
        problems.all().stream().map(Problem::toString).toList(),
        contains("gold/dau.sql:2: warning: the product has no 'owner'"));
    assertThat(product.orElseThrow().incrementalBy(), is(nullValue()));
    assertThat(product.orElseThrow().key(), is(empty()));
    assertThat(product.orElseThrow().sql(), is("SELECT 1 AS x"));
    assertThat(product.orElseThrow().sqlLine(), is(3));
  }

  static List<Arguments> mistakes() {
    return List.of(
        bad(
            "SELECT 1",
            "1: the header is missing; begin the file with a comment '/*---', keys like"
                + " 'table:', and '---*/'"),
        bad(
            "",
            "1: the header is missing; begin the file with a comment '/*---', keys like"
                + " 'table:', and '---*/'"),
        bad("/*---\ntable: gold.t\nSELECT 1", "1: the header has no end; add '---*/'"),
        bad("/*---\n\n---*/\nSELECT 1", "3: the header is empty; add 'table:'"),
        bad("/*---\nowner: a\n---*/\nSELECT 1", "2: required key 'table' is missing"),
        bad(
            "\n/*---\nowner: a\ntabel: gold.t\ntable: t\n---*/\nSELECT 1",
            "4: unknown key 'tabel'; did you mean 'table'?",
            "5: 't' is not the name of a table; use namespace.table with letters, digits and _"),
        bad(
            "/*---\n"
                + "owner: a\n"
                + "table: gold.t\n"
                + "slaMinutes: 1h\n"
                + "key: []\n"
                + "incrementalBy: [a]\n"
                + "---*/\n"
                + "SELECT 1",
            "4: 'slaMinutes' must be a whole number, not text",
            "5: 'key' must not be an empty list",
            "6: 'incrementalBy' must be text, not a list"),
        bad(
            "/*---\n"
                + "owner: a\n"
                + "table: gold.t\n"
                + "slaMinutes: 0\n"
                + "incrementalBy: day(a)\n"
                + "key: [a, a]\n"
                + "---*/\n"
                + "SELECT 1",
            "4: 'slaMinutes' must be at least 1",
            "5: 'day(a)' is not the name of a column; 'incrementalBy' is one column of the query",
            "6: 'key' names 'a' twice"),
        bad(
            "/*---\nowner: a\n\ttable: gold.t\n---*/\nSELECT 1",
            "3: cannot parse YAML: found character '\\t(TAB)' that cannot start any token (Do not"
                + " use \\t(TAB) for indentation) (while scanning for the next token)"),
        bad(
            "/*---\nowner: a\ntable: gold.t\n---*/\n ;\n",
            "4: the query is missing; write it after the header"));
  }

  private static Arguments bad(String text, String... messages) {
    return Arguments.of(text, Arrays.asList(messages));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreToldWithTheLineInTheFile(String text, List<String> messages) {
    Optional<GoldProduct> product = GoldProduct.parse(FILE, text, problems);

    assertThat(product, is(Optional.empty()));
    assertThat(
        problems.all().stream().map(p -> p.line() + ": " + p.message()).toList(), is(messages));
  }
}
