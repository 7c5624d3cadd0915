package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks the naive computation against a shop small enough to be computed by hand. */
class ExpectedShopTest {
  private static final LocalDate RUN_DATE = LocalDate.parse("2026-07-01");
  private static final String TOAST = "__debezium_unavailable_value";

  private static final List<String> CDC =
      List.of(
          // Customer 1 moves from DE to FR in May; a refresh in between opens no version.
          customer("u", 30, "2026-05-01T00:00:00Z", 1, "FR", "EMEA", "2026-05-01T00:00:00Z"),
          customer("r", 10, "2026-03-01T00:00:00Z", 1, "DE", "EMEA", "2026-03-01T00:00:00Z"),
          customer("u", 20, "2026-04-01T00:00:00Z", 1, "DE", "EMEA", "2026-04-01T00:00:00Z"),
          customer("u", 20, "2026-04-01T00:00:00Z", 1, "DE", "EMEA", "2026-04-01T00:00:00Z"),
          // Customer 2 leaves after the run date.
          customer("r", 10, "2026-03-01T00:00:00Z", 2, "US", "AMER", "2026-03-01T00:00:00Z"),
          change("customers", "d", 90, "2026-07-02T00:00:00Z", "{\"customer_id\":2,\"tier\":null}"),
          customer("c", 91, "2026-07-03T00:00:00Z", 3, "Germany", "EMEA", "2026-07-03T00:00:00Z"),
          // Order 1 is refunded in part; its items are not sent again.
          order("c", 40, "2026-06-30T10:00:00Z", 1, 1, "pending", "10.10", "0.00", "[1]"),
          order("u", 60, "2026-06-30T12:00:00Z", 1, 1, "refunded", "10.10", "1.00", TOAST),
          order("u", 50, "2026-06-30T11:00:00Z", 1, 1, "paid", "10.10", "0.00", TOAST),
          // Order 2 is deleted after the run date, order 3 placed on it.
          order("c", 41, "2026-03-02T00:00:00Z", 2, 1, "cancelled", "5.00", "0.00", "[2]"),
          change("orders", "d", 92, "2026-07-04T00:00:00Z", "{\"order_id\":2,\"amount\":null}"),
          order("c", 70, "2026-07-01T00:00:00Z", 3, 2, "paid", "7.00", "7.70", "[3]"),
          order("c", 71, "2026-07-01T00:00:00Z", 4, 2, "paid", "-7.00", "0.00", "[4]"),
          order("c", 72, "2026-07-01T00:00:00Z", 5, 2, "paid", "seven", "0.00", "[5]"),
          "",
          "{\"ts_ms\":1}",
          "{\"before\":");

  private static final List<String> EVENTS =
      List.of(
          event("a", "1", "2026-06-10T23:59:59.500Z", "page_view"),
          event("a", "1", "2026-06-11T00:00:01Z", "page_view"),
          event("b", "1", "2026-06-10T10:00:00Z", "search"),
          event("c", "null", "2026-06-10T10:00:00Z", "search"),
          event("d", "2", "2026-06-10T10:00:00Z", "bot_ping"),
          event("e", "2", "2026-06-10T10:00:00Z", "teleport"));

  private final ExpectedShop shop = ExpectedShop.of(CDC, EVENTS, RUN_DATE);

  @Test
  void opensAVersionForATrackedColumnOnly() {
    List<Map<String, Object>> versions = shop.rows("silver.customers");
    assertThat(
        versions.stream().map(v -> v.get("country") + " " + v.get("valid_from")).toList(),
        contains("DE 2026-03-01T00:00:00Z", "FR 2026-05-01T00:00:00Z", "US 2026-03-01T00:00:00Z"));
    assertThat(versions.get(0).get("last_seen_at"), is(Instant.parse("2026-04-01T00:00:00Z")));
    assertThat(versions.get(0).get("valid_to"), is(Instant.parse("2026-05-01T00:00:00Z")));
    assertThat(versions.get(1).get("valid_to"), nullValue());
    assertThat(versions.get(2).get("is_current"), is(false));
  }

  @Test
  void keepsTheLatestOrderWithWhatWasNotSentAgain() {
    List<Map<String, Object>> orders = shop.rows("silver.orders");
    assertThat(orders.stream().map(o -> o.get("order_id")).toList(), contains(1L, 2L, 3L));
    assertThat(orders.get(0).get("status"), is("refunded"));
    assertThat(orders.get(0).get("items"), is("[1]"));
    assertThat(orders.get(1).get("is_deleted"), is(true));
    assertThat(orders.get(1).get("amount"), is(new BigDecimal("5.00")));
    assertThat(orders.get(1).get("deleted_at"), is(Instant.parse("2026-07-04T00:00:00Z")));
    assertThat(orders.get(2).get("dq_failure_reason"), is("refund_within_amount"));
  }

  @Test
  void keepsTheFirstOfRepeatedEvents() {
    assertThat(
        shop.rows("silver.user_events").stream()
            .map(e -> e.get("event_id") + " " + e.get("event_date") + " " + e.get("dq_passed"))
            .toList(),
        contains("a 2026-06-10 true", "b 2026-06-10 true", "c 2026-06-10 false"));
  }

  @Test
  void countsWhatIsNoGoodRecord() {
    assertThat(shop.lines("shop_cdc"), is(CDC.size()));
    assertThat(shop.emptyLines("shop_cdc"), is(1));
    assertThat(shop.notices("shop_cdc"), is(1));
    assertThat(shop.deadLetters("shop_cdc"), is(1));
    assertThat(shop.quarantined("silver.customers"), is(1));
    assertThat(shop.quarantined("silver.orders"), is(2));
    assertThat(shop.quarantined("silver.user_events"), is(1));
    assertThat(shop.dropped("silver.user_events"), is(1));
  }

  @Test
  void givesTheGoldTables() {
    assertThat(
        shop.rows("gold.dau_by_platform"),
        contains(
            Map.of(
                "event_date",
                LocalDate.parse("2026-06-10"),
                "platform",
                "web",
                "dau",
                1L,
                "total_events",
                2L)));
    assertThat(
        shop.rows("gold.revenue_daily"),
        contains(
            Map.of(
                "order_date",
                LocalDate.parse("2026-06-30"),
                "currency",
                "EUR",
                "platform",
                "web",
                "orders",
                1L,
                "gross_revenue",
                new BigDecimal("10.10"),
                "refunds",
                new BigDecimal("1.00"),
                "net_revenue",
                new BigDecimal("9.10"))));
    assertThat(
        shop.rows("gold.regional_summary"),
        contains(
            Map.of(
                "region",
                "EMEA",
                "country",
                "FR",
                "customers",
                1L,
                "buyers",
                1L,
                "orders",
                1L,
                "net_revenue_eur",
                new BigDecimal("9.10"),
                "net_revenue_gbp",
                new BigDecimal("0.00"),
                "net_revenue_usd",
                new BigDecimal("0.00"))));
  }

  @Test
  void givesFeaturesAsTheyWereAtTheRunDate() {
    assertThat(
        shop.rows("gold.customer_features").stream()
            .map(
                f ->
                    String.join(
                        " ",
                        f.get("customer_id") + " " + f.get("country"),
                        f.get("orders_90d") + " " + f.get("spend_90d_eur"),
                        f.get("days_since_last_order") + ""))
            .toList(),
        containsInAnyOrder("1 FR 1 10.10 1", "2 US 0 0.00 null"));
  }

  private static String customer(
      String op, long lsn, String time, long id, String country, String region, String seen) {
    String row =
        "{\"customer_id\":%d,\"country\":\"%s\",\"region\":\"%s\",\"tier\":\"basic\","
                .formatted(id, country, region)
            + "\"marketing_opt_in\":null,\"signup_ts\":\"2025-01-01T00:00:00Z\","
            + "\"last_seen_at\":\"%s\",\"loyalty_points\":1}".formatted(seen);
    return change("customers", op, lsn, time, row);
  }

  private static String order(
      String op,
      long lsn,
      String time,
      long id,
      long customer,
      String status,
      String amount,
      String refunded,
      String items) {
    Instant placed = Instant.parse(time);
    String row =
        "{\"order_id\":%d,\"customer_id\":%d,\"order_ts\":\"%s\",\"order_date\":%d,"
                .formatted(id, customer, time, placed.getEpochSecond() / 86_400)
            + "\"platform\":\"web\",\"status\":\"%s\",\"currency\":\"EUR\",".formatted(status)
            + "\"amount\":\"%s\",\"refunded_amount\":\"%s\",\"items\":\"%s\"}"
                .formatted(amount, refunded, items);
    return change("orders", op, lsn, time, row);
  }

  private static String change(String table, String op, long lsn, String time, String row) {
    return "{\"%s\":%s,\"op\":\"%s\",\"source\":{\"table\":\"%s\",\"lsn\":%d,\"ts_ms\":%d}}"
        .formatted(
            op.equals("d") ? "before" : "after",
            row,
            op,
            table,
            lsn,
            Instant.parse(time).toEpochMilli());
  }

  private static String event(String id, String user, String time, String type) {
    return "{\"event_id\":\"%s\",\"user_id\":%s,\"platform\":\"web\",\"event_type\":\"%s\","
            .formatted(id, user, type)
        + "\"event_ts\":\"%s\",\"context\":{\"page\":\"/\",\"app_version\":null}}".formatted(time);
  }
}
