package org.beamlakehouse.examples.shop;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/** An order of the simulated shop. */
final class Order {
  private static final int LARGE = 300;

  private final long id;
  private final Customer customer;
  private final Instant placed;
  private final String platform;
  private final String currency;
  private final BigDecimal amount;
  private final boolean large;
  private final String items;
  private final @Nullable String coupon;
  private BigDecimal refunded = BigDecimal.valueOf(0, 2);
  private String status = "pending";

  /**
   * Places an order.
   *
   * @param coupon value of a column that the contract does not know; null for rows without it
   */
  Order(long id, Customer customer, Instant placed, @Nullable String coupon, Dice dice) {
    this.id = id;
    this.customer = customer;
    this.placed = placed;
    this.platform = dice.pick("web", "web", "ios", "android");
    this.currency = customer.currency();
    this.amount = BigDecimal.valueOf(199 + dice.below(200) * (1 + dice.below(150)), 2);
    this.large = dice.chance(LARGE);
    this.items = items(large, dice);
    this.coupon = coupon;
  }

  boolean hasCoupon() {
    return coupon != null;
  }

  void status(String next) {
    this.status = next;
  }

  /** Refunds a part of what was paid, in percent. */
  void refund(long percent) {
    status = "refunded";
    refunded =
        amount
            .multiply(BigDecimal.valueOf(percent))
            .divide(BigDecimal.valueOf(100), 2, RoundingMode.HALF_UP);
  }

  /** The row of {@code public.orders}. */
  Map<String, Object> row() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("order_id", id);
    row.put("customer_id", customer.id());
    row.put("order_ts", placed);
    row.put("order_date", LocalDate.ofInstant(placed, ZoneOffset.UTC));
    row.put("platform", platform);
    row.put("status", status);
    row.put("currency", currency);
    row.put("amount", amount);
    row.put("refunded_amount", refunded);
    row.put("items", items);
    if (coupon != null) {
      row.put("coupon", coupon);
    }
    return row;
  }

  /** The row as an update sends it: large items are stored apart and not sent again. */
  Map<String, Object> updatedRow() {
    Map<String, Object> row = row();
    if (large) {
      row.put("items", ChangeLog.UNAVAILABLE);
    }
    return row;
  }

  /** The row as a delete sends it under the default replica identity: the key alone. */
  Map<String, Object> keyOnly() {
    Map<String, Object> row = row();
    row.replaceAll((column, value) -> column.equals("order_id") ? value : null);
    return row;
  }

  private static String items(boolean large, Dice dice) {
    StringBuilder items = new StringBuilder("[");
    long lines = large ? dice.between(6, 10) : dice.between(1, 3);
    for (long i = 0; i < lines; i++) {
      items
          .append(i == 0 ? "" : ",")
          .append("{\"sku\":\"SKU-")
          .append(1_000 + dice.below(500))
          .append("\",\"quantity\":")
          .append(dice.between(1, 3))
          .append('}');
    }
    return items.append(']').toString();
  }
}
