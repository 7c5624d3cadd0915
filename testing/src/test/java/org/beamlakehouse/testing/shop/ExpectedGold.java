package org.beamlakehouse.testing.shop;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The gold tables of the sample project from its silver rows, loop by loop. */
final class ExpectedGold {
  private static final BigDecimal ZERO = BigDecimal.valueOf(0, 2);
  private static final Set<String> EARNING = Set.of("paid", "shipped", "refunded");
  private static final List<String> CURRENCIES = List.of("EUR", "GBP", "USD");

  private ExpectedGold() {}

  static Map<String, List<Map<String, Object>>> tables(
      Map<String, List<Map<String, Object>>> silver, LocalDate runDate) {
    List<Map<String, Object>> customers = silver.get("silver.customers");
    List<Map<String, Object>> orders = silver.get("silver.orders");
    return Map.of(
        "gold.dau_by_platform",
        dauByPlatform(silver.get("silver.user_events")),
        "gold.revenue_daily",
        revenueDaily(orders),
        "gold.customer_features",
        customerFeatures(customers, orders, runDate),
        "gold.regional_summary",
        regionalSummary(customers, orders));
  }

  private static List<Map<String, Object>> dauByPlatform(Collection<Map<String, Object>> events) {
    Groups groups = new Groups();
    Map<Object, Set<Object>> users = new LinkedHashMap<>();
    for (Map<String, Object> event : events) {
      if ((boolean) event.get("dq_passed")) {
        Map<String, Object> row = groups.of(event, "event_date", "platform");
        Set<Object> seen = users.computeIfAbsent(row.get("_key"), k -> new HashSet<>());
        seen.add(event.get("user_id"));
        row.put("dau", (long) seen.size());
        row.merge("total_events", 1L, ExpectedGold::add);
      }
    }
    return groups.rows();
  }

  private static List<Map<String, Object>> revenueDaily(Collection<Map<String, Object>> orders) {
    Groups groups = new Groups();
    for (Map<String, Object> order : orders) {
      if (earns(order)) {
        Map<String, Object> row = groups.of(order, "order_date", "currency", "platform");
        row.merge("orders", 1L, ExpectedGold::add);
        row.merge("gross_revenue", order.get("amount"), ExpectedGold::add);
        row.merge("refunds", order.get("refunded_amount"), ExpectedGold::add);
        row.merge("net_revenue", net(order), ExpectedGold::add);
      }
    }
    return groups.rows();
  }

  private static List<Map<String, Object>> customerFeatures(
      Collection<Map<String, Object>> customers,
      Collection<Map<String, Object>> orders,
      LocalDate runDate) {
    Instant asOf = runDate.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant windowStart = asOf.minus(90, ChronoUnit.DAYS);
    Map<Object, Map<String, Object>> rows = new LinkedHashMap<>();
    for (Map<String, Object> version : customers) {
      Instant to = (Instant) version.get("valid_to");
      if (!((Instant) version.get("valid_from")).isAfter(asOf)
          && (to == null || to.isAfter(asOf))) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("customer_id", version.get("customer_id"));
        row.put("as_of_date", runDate);
        row.put("country", version.get("country"));
        row.put("tier", version.get("tier"));
        row.put("orders_90d", 0L);
        CURRENCIES.forEach(currency -> row.put(spend(currency), ZERO));
        row.put("days_since_last_order", null);
        rows.put(row.get("customer_id"), row);
      }
    }
    for (Map<String, Object> order : orders) {
      Map<String, Object> row = rows.get(order.get("customer_id"));
      Instant placed = (Instant) order.get("order_ts");
      Instant deleted = (Instant) order.get("deleted_at");
      if (row == null || !placed.isBefore(asOf) || (deleted != null && deleted.isBefore(asOf))) {
        continue;
      }
      int days = (int) ChronoUnit.DAYS.between((LocalDate) order.get("order_date"), runDate);
      row.merge("days_since_last_order", days, (a, b) -> Math.min((int) a, (int) b));
      if (!placed.isBefore(windowStart)) {
        row.merge("orders_90d", 1L, ExpectedGold::add);
        row.merge(spend((String) order.get("currency")), order.get("amount"), ExpectedGold::add);
      }
    }
    return List.copyOf(rows.values());
  }

  private static List<Map<String, Object>> regionalSummary(
      Collection<Map<String, Object>> customers, Collection<Map<String, Object>> orders) {
    Groups groups = new Groups();
    Predicate<Map<String, Object>> isCurrent = version -> (boolean) version.get("is_current");
    Map<Object, List<Map<String, Object>>> earningOrders =
        orders.stream()
            .filter(ExpectedGold::earns)
            .collect(Collectors.groupingBy(order -> order.get("customer_id")));
    for (Map<String, Object> customer : customers.stream().filter(isCurrent).toList()) {
      Map<String, Object> row = groups.of(customer, "region", "country");
      row.merge("customers", 1L, ExpectedGold::add);
      CURRENCIES.forEach(currency -> row.putIfAbsent(revenue(currency), ZERO));
      List<Map<String, Object>> bought =
          earningOrders.getOrDefault(customer.get("customer_id"), List.of());
      row.merge("buyers", bought.isEmpty() ? 0L : 1L, ExpectedGold::add);
      row.merge("orders", (long) bought.size(), ExpectedGold::add);
      for (Map<String, Object> order : bought) {
        row.merge(revenue((String) order.get("currency")), net(order), ExpectedGold::add);
      }
    }
    return groups.rows();
  }

  private static boolean earns(Map<String, Object> order) {
    return (boolean) order.get("dq_passed")
        && !(boolean) order.get("is_deleted")
        && EARNING.contains(order.get("status"));
  }

  private static BigDecimal net(Map<String, Object> order) {
    return ((BigDecimal) order.get("amount")).subtract((BigDecimal) order.get("refunded_amount"));
  }

  private static String spend(String currency) {
    return "spend_90d_" + currency.toLowerCase(Locale.ROOT);
  }

  private static String revenue(String currency) {
    return "net_revenue_" + currency.toLowerCase(Locale.ROOT);
  }

  private static Object add(Object left, Object right) {
    return left instanceof BigDecimal decimal
        ? decimal.add((BigDecimal) right)
        : (Object) ((long) left + (long) right);
  }

  /** Rows by the values of their group columns. */
  private static final class Groups {
    private final Map<Object, Map<String, Object>> byKey = new LinkedHashMap<>();

    Map<String, Object> of(Map<String, Object> input, String... columns) {
      List<Object> key = List.of(columns).stream().map(input::get).toList();
      return byKey.computeIfAbsent(
          key,
          k -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("_key", k);
            for (String column : columns) {
              row.put(column, input.get(column));
            }
            return row;
          });
    }

    List<Map<String, Object>> rows() {
      byKey.values().forEach(row -> row.remove("_key"));
      return List.copyOf(byKey.values());
    }
  }
}
