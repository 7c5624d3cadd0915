package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.examples.shop.ShopGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/walkthrough.md and the sample's README say of the data is true. */
class ShopWalkthroughTest {
  @TempDir static Path project;
  private static ExpectedShop shop;

  @BeforeAll
  static void generate() throws IOException {
    ShopGenerator.generate(project, 1);
    shop = ExpectedShop.of(project, LocalDate.parse(ShopGenerator.RUN_DATE));
  }

  @Test
  void namesTheRightNumbers() {
    assertThat(shop.lines("shop_cdc"), is(28_233));
    assertThat(shop.lines("shop_events"), is(30_793));
    assertThat(shop.deadLetters("shop_cdc"), is(10));
    assertThat(shop.deadLetters("shop_events"), is(10));
    assertThat(shop.quarantined("silver.orders"), is(50));
    assertThat(shop.quarantined("silver.customers"), is(10));
    assertThat(shop.quarantined("silver.user_events"), is(50));
    assertThat(shop.dropped("silver.orders"), is(10));
    assertThat(shop.dropped("silver.user_events"), is(10));
    long anonymous =
        shop.rows("silver.user_events").stream().filter(e -> e.get("user_id") == null).count();
    assertThat(anonymous, is(898L));
  }

  @Test
  void tellsTheHistoryOfCustomer23() {
    List<Map<String, Object>> versions =
        shop.rows("silver.customers").stream()
            .filter(row -> row.get("customer_id").equals(23L))
            .toList();
    assertThat(versions.size(), is(4));
    assertThat(versions.get(0).get("marketing_opt_in"), is(false));
    assertThat(versions.get(1).get("marketing_opt_in"), is(true));
    assertThat(versions.get(1).get("valid_from").toString(), startsWith("2026-03-13"));
    assertThat(versions.get(2).get("tier"), is("plus"));
    assertThat(versions.get(2).get("valid_from").toString(), startsWith("2026-03-20"));
    assertThat(versions.get(2).get("valid_to").toString(), startsWith("2026-06-23"));
    assertThat(versions.get(3).get("valid_from").toString(), startsWith("2026-06-30"));
    Instant seen = (Instant) versions.get(2).get("last_seen_at");
    assertThat(seen.isAfter((Instant) versions.get(2).get("valid_from")), is(true));
  }

  @Test
  void picksTheRightOrders() {
    assertThat(order(39).get("deleted_at").toString(), startsWith("2026-03-09"));
    assertThat(order(80).get("refunded_amount"), is(order(80).get("amount")));
    assertThat(order(80).get("items").toString(), startsWith("[{"));
    assertThat(order(25).get("dq_failure_reason"), is("refund_within_amount"));
    assertThat(order(25).get("order_date"), is(LocalDate.parse("2026-03-01")));
    assertThat(order(19).get("_rescued_data"), is("{\"coupon\":\"SPRING\"}"));
    // The change that the reader is asked to add must fit the order.
    assertThat(order(19).get("status"), is("shipped"));
    assertThat(order(19).get("amount"), is(new BigDecimal("24.55")));
    assertThat(order(19).get("order_date"), is(LocalDate.parse("2026-03-01")));
  }

  @Test
  void picksAnEventThatWasSentTwice() throws IOException {
    long sent =
        ShopFiles.lines(project.resolve("data/events")).stream()
            .filter(line -> line.contains("\"evt-000000011\""))
            .count();
    assertThat(sent, is(2L));
  }

  private static Map<String, Object> order(long id) {
    return shop.rows("silver.orders").stream()
        .filter(row -> row.get("order_id").equals(id))
        .findFirst()
        .orElseThrow();
  }
}
