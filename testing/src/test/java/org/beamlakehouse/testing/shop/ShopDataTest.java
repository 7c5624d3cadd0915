package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.beamlakehouse.examples.shop.ShopGenerator;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample's files hold everything that they promise to hold, at the smallest scale too. */
class ShopDataTest {
  private static final double SCALE = 0.05;

  @TempDir static Path project;
  private static List<String> changes;
  private static List<String> events;
  private static ExpectedShop shop;

  @BeforeAll
  static void generate() throws IOException {
    ShopGenerator.generate(project, SCALE);
    changes = ShopFiles.lines(project.resolve("data/cdc"));
    events = ShopFiles.lines(project.resolve("data/events"));
    shop = ExpectedShop.of(project, LocalDate.parse(ShopGenerator.RUN_DATE));
  }

  @Test
  void hasAboutAsManyRecordsAsPromised() {
    assertThat((double) changes.size(), is(near(31_000 * SCALE)));
    assertThat((double) events.size(), is(near(31_000 * SCALE)));
  }

  @Test
  void hasPlainGzipAndZstdFiles() throws IOException {
    for (String folder : List.of("data/cdc", "data/events")) {
      Set<String> extensions = new HashSet<>();
      for (Path file : ShopFiles.files(project.resolve(folder))) {
        extensions.add(file.toString().replaceFirst(".*\\.", ""));
      }
      assertThat(folder, extensions, is(Set.of("jsonl", "gz", "zst")));
    }
  }

  @Test
  void hasEveryKindOfChange() {
    for (String op : List.of("r", "c", "u", "d", "m")) {
      assertThat("changes with op " + op, count(changes, has("\"op\":\"" + op + "\"")) > 0);
    }
    assertThat("with schema", count(changes, line -> line.startsWith("{\"schema\"")) > 0);
    assertThat("decimals with schema", count(changes, has("connect.data.Decimal")) > 0);
    assertThat("unsent values", count(changes, has("__debezium_unavailable_value")) > 5);
    assertThat("deletes with the key alone", count(changes, has("\"customer_id\":null,")) > 2);
    assertThat("unknown columns", count(changes, has("\"coupon\":")) > 0);
    assertThat("empty lines", shop.emptyLines("shop_cdc") > 0);
    assertThat("notices", shop.notices("shop_cdc") > 2);
  }

  @Test
  void hasEveryKindOfBadRecord() {
    assertThat(shop.deadLetters("shop_cdc"), greaterThan(0));
    assertThat(shop.deadLetters("shop_events"), greaterThan(0));
    assertThat(shop.quarantined("silver.customers"), greaterThan(0));
    assertThat(shop.quarantined("silver.orders"), greaterThan(4));
    assertThat(shop.quarantined("silver.user_events"), greaterThan(4));
    assertThat(shop.dropped("silver.orders"), greaterThan(0));
    assertThat(shop.dropped("silver.user_events"), greaterThan(0));
  }

  @Test
  void hasRepeatedAndDisorderedRecords() throws IOException {
    assertThat("redelivered", changes.size() - new HashSet<>(changes).size(), greaterThan(5));
    assertThat("redelivered", events.size() - new HashSet<>(events).size(), greaterThan(5));
    Map<Object, Long> lastOfKey = new HashMap<>();
    int outOfOrder = 0;
    ObjectMapper json = new ObjectMapper();
    for (String line : changes) {
      if (line.startsWith("{\"before\"") && line.endsWith("}")) {
        JsonNode change = json.readTree(line);
        long lsn = change.at("/source/lsn").asLong();
        JsonNode row = change.get(change.get("after").isNull() ? "before" : "after");
        Long before = lastOfKey.put(change.at("/source/table") + ":" + row.elements().next(), lsn);
        outOfOrder += before != null && before > lsn ? 1 : 0;
      }
    }
    assertThat("changes after a newer one of their key", outOfOrder, greaterThan(5));
  }

  @Test
  void givesTablesWithSomethingToSeeInEachColumn() {
    assertThat(rows("silver.customers", row -> !(boolean) row.get("is_current")), greaterThan(5));
    assertThat(rows("silver.orders", row -> (boolean) row.get("is_deleted")), greaterThan(2));
    assertThat(rows("silver.orders", row -> !(boolean) row.get("dq_passed")), greaterThan(0));
    assertThat(rows("silver.orders", row -> row.get("_rescued_data") != null), greaterThan(0));
    assertThat(rows("silver.orders", row -> row.get("items") == null), is(0));
    assertThat(rows("silver.user_events", row -> !(boolean) row.get("dq_passed")), greaterThan(5));
    assertThat(rows("silver.user_events", row -> row.get("_rescued_data") != null), greaterThan(0));
    for (String table : shop.tableNames()) {
      assertThat(table, shop.rows(table).size(), greaterThan(5));
    }
  }

  @Test
  void hasNoTwoRowsOfAKey() {
    assertThat(distinct("silver.orders", "order_id"), is(shop.rows("silver.orders").size()));
    assertThat(
        distinct("gold.customer_features", "customer_id"),
        is(shop.rows("gold.customer_features").size()));
    assertThat(
        distinct("silver.customers", "customer_id", "valid_from"),
        is(shop.rows("silver.customers").size()));
  }

  private static Matcher<Double> near(double expected) {
    return both(greaterThan(expected * 0.85)).and(lessThan(expected * 1.15));
  }

  private static int rows(String table, Predicate<Map<String, Object>> condition) {
    return (int) shop.rows(table).stream().filter(condition).count();
  }

  private static int distinct(String table, String... columns) {
    return (int)
        shop.rows(table).stream()
            .map(row -> List.of(columns).stream().map(row::get).toList())
            .distinct()
            .count();
  }

  private static Predicate<String> has(String part) {
    return line -> line.contains(part);
  }

  private static long count(List<String> lines, Predicate<String> condition) {
    return lines.stream().filter(condition).count();
  }
}
