package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The live shop, started by its script as users start it: silver and gold say what the tables of
 * the shop's database say. Of the history of customers, which the database does not keep, only its
 * form is shown.
 */
class LiveShopIT {
  private static final String EARNING =
      " FROM orders WHERE status IN ('paid', 'shipped', 'refunded') AND refunded_amount <= amount";

  /** What the database says of each table. */
  private static final Map<String, String> SAME =
      Map.of(
          "silver.customers",
          "SELECT * FROM customers",
          "silver.orders",
          "SELECT *, refunded_amount <= amount AS dq_passed FROM orders",
          "silver.user_events",
          """
          SELECT payload->>'event_id' AS event_id, (payload->>'user_id')::bigint AS user_id,
            payload->>'session_id' AS session_id, payload->>'platform' AS platform, type AS event_type,
            (payload->>'event_ts')::timestamptz AS event_ts, payload->'context'->>'page' AS page,
            payload->'context'->>'app_version' AS app_version
          FROM outbox""",
          "gold.revenue_daily",
          """
          SELECT order_date, currency, platform, count(*) AS orders, sum(amount) AS gross_revenue,
            sum(refunded_amount) AS refunds, sum(amount - refunded_amount) AS net_revenue"""
              + EARNING
              + " GROUP BY order_date, currency, platform",
          "gold.dau_by_platform",
          """
          SELECT left(payload->>'event_ts', 10)::date AS event_date, payload->>'platform' AS platform,
            count(DISTINCT payload->>'user_id') AS dau, count(*) AS total_events
          FROM outbox WHERE payload->>'user_id' IS NOT NULL GROUP BY 1, 2""",
          "gold.regional_summary",
          """
          SELECT region, country, count(*) AS customers, count(orders) AS buyers,
            COALESCE(sum(orders), 0)::bigint AS orders, COALESCE(sum(eur), 0.00) AS net_revenue_eur,
            COALESCE(sum(gbp), 0.00) AS net_revenue_gbp, COALESCE(sum(usd), 0.00) AS net_revenue_usd
          FROM customers LEFT JOIN (
            SELECT customer_id, count(*) AS orders,
              sum(amount - refunded_amount) FILTER (WHERE currency = 'EUR') AS eur,
              sum(amount - refunded_amount) FILTER (WHERE currency = 'GBP') AS gbp,
              sum(amount - refunded_amount) FILTER (WHERE currency = 'USD') AS usd"""
              + EARNING
              + " GROUP BY customer_id) bought USING (customer_id) GROUP BY region, country",
          "gold.customer_features",
          """
          SELECT customer_id, country, tier, COALESCE(orders, 0) AS orders_90d,
            COALESCE(eur, 0.00) AS spend_90d_eur, COALESCE(gbp, 0.00) AS spend_90d_gbp,
            COALESCE(usd, 0.00) AS spend_90d_usd
          FROM customers LEFT JOIN (
            SELECT customer_id, count(*) AS orders, sum(amount) FILTER (WHERE currency = 'EUR') AS eur,
              sum(amount) FILTER (WHERE currency = 'GBP') AS gbp,
              sum(amount) FILTER (WHERE currency = 'USD') AS usd
            FROM orders GROUP BY customer_id) bought USING (customer_id)""");

  @TempDir Path folder;

  @Test
  void tablesSayWhatTheDatabaseSays() throws Exception {
    Map<String, List<Map<String, Object>>> expected = new LinkedHashMap<>();
    List<Map<String, Object>> deleted;
    List<Map<String, Object>> customersEver;
    try (LiveShop script = LiveShop.start(folder.resolve("warehouse"), 8)) {
      script.awaitLine("The shop is closed");
      for (Map.Entry<String, String> table : SAME.entrySet()) {
        expected.put(table.getKey(), script.rows(table.getValue()));
      }
      deleted =
          script.rows(
              "SELECT generate_series(1, last_value) AS order_id FROM orders_order_id_seq"
                  + " EXCEPT SELECT order_id FROM orders");
      customersEver =
          script.rows(
              "SELECT generate_series(1, last_value) AS customer_id"
                  + " FROM customers_customer_id_seq");
      script.awaitLine("The tables are in");
      assertThat(script.printed(), script.end(), is(0));
      assertThat(script.printed().lines().toList(), hasItem("gold.customer_features"));
    }

    TestProject shop =
        TestProject.create(folder).file("lakehouse.yaml", "name: shop\nsources: {}\n");
    expected.forEach((table, rows) -> assertSame(shop, table, rows));
    Expression gone = Expressions.equal("is_deleted", true);
    assertThat("deleted orders", deleted, not(empty()));
    TableContents.assertSame(
        "deleted orders",
        TableContents.sorted(shop.rows("silver.orders", gone, "order_id"), Set.of()),
        TableContents.sorted(deleted, Set.of()));
    TableContents.assertSame(
        "customers ever",
        TableContents.sorted(Set.copyOf(shop.rows("silver.customers", "customer_id")), Set.of()),
        TableContents.sorted(customersEver, Set.of()));
    assertThat(
        "versions of customers",
        shop.rows("silver.customers"),
        hasSize(greaterThan(customersEver.size())));
    // Of what was there when the shop opened, and of what came then.
    assertThat(shop.snapshots("silver.customers"), hasSize(greaterThanOrEqualTo(2)));
    assertThat(shop.rows("ops.runs", "mode"), hasItem(Map.of("mode", "continuous")));
  }

  @Test
  void endsAllThatItStarted() throws Exception {
    try (LiveShop script = LiveShop.start(folder.resolve("warehouse"), 600)) {
      script.awaitLine("The pipeline starts");
      List<ProcessHandle> children = script.children();
      assertThat("servers and a pipeline", children, hasSize(greaterThanOrEqualTo(5)));

      assertThat(script.terminate(), is(143));

      assertThat(children.stream().filter(ProcessHandle::isAlive).toList(), empty());
    }
  }

  /** The columns that the database has; those that it lacks are the pipeline's own. */
  private static void assertSame(
      TestProject shop, String table, List<Map<String, Object>> expected) {
    assertThat(table, expected, not(empty()));
    Expression filter =
        switch (table) {
          case "silver.customers" -> Expressions.equal("is_current", true);
          case "silver.orders" -> Expressions.equal("is_deleted", false);
          default -> Expressions.alwaysTrue();
        };
    String[] columns = expected.get(0).keySet().toArray(new String[0]);
    TableContents.assertSame(
        table,
        TableContents.sorted(shop.rows(table, filter, columns), Set.of()),
        TableContents.sorted(expected, Set.of()));
  }
}
