package org.beamlakehouse.examples.shop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/**
 * Lives through the shop's time, one change after the other, and reports each to the log.
 *
 * <p>{@code customers} has {@code REPLICA IDENTITY FULL}: updates and deletes tell the whole old
 * row. {@code orders} has the default: updates tell nothing of it, deletes the key.
 */
final class ShopDatabase {
  static final String CUSTOMERS = "customers";
  static final String ORDERS = "orders";

  /** Ids of orders that exist only as broken records, far above those of the real ones. */
  private static final long FIRST_BROKEN_ID = 9_000_000_000L;

  private static final int KINDS_OF_SPECIALS = 9;

  private record Step(Instant at, long planned, Runnable action) {}

  private final ShopSize size;
  private final Dice dice;
  private final ChangeLog log;
  private final List<Customer> customers = new ArrayList<>();
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparing(Step::planned));
  private long planned;
  private long orders;
  private long brokenOrders;
  private Order latestOrder;

  ShopDatabase(ShopSize size, Dice dice, ChangeLog log) {
    this.size = size;
    this.dice = dice;
    this.log = log;
  }

  /** Runs from the snapshot to the end of the shop's time. */
  void run() {
    snapshot();
    log.advance(ShopSize.START);
    latestOrder = placeOrder(null);
    chain(0, size.newCustomers(), i -> signUp());
    chain(0, size.customerChanges(), i -> changeCustomer());
    chain(1, size.orders(), this::nextOrder);
    chain(0, size.specialsOfEachKind() * KINDS_OF_SPECIALS, this::special);
    while (!steps.isEmpty() && steps.peek().at().isBefore(ShopSize.END)) {
      Step step = steps.poll();
      log.advance(step.at());
      step.action().run();
    }
  }

  /** Plans evenly spread repetitions, each planning the next so that few are waiting. */
  private void chain(int index, int count, IntConsumer action) {
    if (index < count) {
      at(
          ShopSize.spread(ShopSize.START, index, count).plusMillis(dice.below(60_000)),
          () -> {
            action.accept(index);
            chain(index + 1, count, action);
          });
    }
  }

  private void after(Duration shortest, Duration longest, Runnable action) {
    at(log.now().plusMillis(dice.between(shortest.toMillis(), longest.toMillis())), action);
  }

  private void at(Instant time, Runnable action) {
    steps.add(new Step(time, planned++, action));
  }

  private void snapshot() {
    for (int i = 0; i < size.snapshotCustomers(); i++) {
      Instant signup = ShopSize.START.minusSeconds(1 + dice.below(86_400L * 700));
      Customer customer = new Customer(customers.size() + 1, signup, dice);
      customers.add(customer);
      log.snapshot(CUSTOMERS, customer.row(), dice.chance(50));
    }
  }

  private void signUp() {
    Customer customer = new Customer(customers.size() + 1, log.now(), dice);
    customers.add(customer);
    log.insert(CUSTOMERS, customer.row(), false);
  }

  private void changeCustomer() {
    Customer customer = livingCustomer();
    Map<String, Object> before = customer.row();
    if (dice.chance(25)) {
      customer.living(false);
      log.delete(CUSTOMERS, before);
      if (dice.chance(400)) {
        after(Duration.ofDays(1), Duration.ofDays(20), () -> comeBack(customer));
      }
      return;
    }
    customer.change(log.now(), dice);
    log.update(CUSTOMERS, before, customer.row());
  }

  /** A closed account is opened again, as it was. */
  private void comeBack(Customer customer) {
    customer.living(true);
    log.insert(CUSTOMERS, customer.row(), false);
  }

  private void nextOrder(int index) {
    latestOrder = placeOrder(dice.chance(5) ? dice.pick("SPRING", "WELCOME") : null);
  }

  private Order placeOrder(String coupon) {
    Instant placed = log.now().plusNanos(1_000 * dice.below(1_000));
    Order order = new Order(++orders, livingCustomer(), placed, coupon, dice);
    log.insert(ORDERS, order.row(), dice.chance(20));
    if (dice.chance(920)) {
      after(Duration.ofMinutes(1), Duration.ofHours(5), () -> pay(order));
    } else {
      after(Duration.ofMinutes(5), Duration.ofHours(30), () -> cancel(order));
    }
    return order;
  }

  private void pay(Order order) {
    order.status("paid");
    update(order);
    if (dice.chance(500)) {
      after(Duration.ofHours(6), Duration.ofDays(3), () -> ship(order));
    } else if (dice.chance(100)) {
      after(Duration.ofHours(1), Duration.ofDays(10), () -> refund(order));
    }
  }

  private void ship(Order order) {
    order.status("shipped");
    update(order);
    if (dice.chance(80)) {
      after(Duration.ofDays(2), Duration.ofDays(30), () -> refund(order));
    }
  }

  private void refund(Order order) {
    // Now and then more than was paid: the rule refund_within_amount warns of it.
    order.refund(dice.chance(60) ? 110 : dice.pick(100L, 100L, 50L, 25L, 33L));
    update(order);
  }

  private void cancel(Order order) {
    order.status("cancelled");
    update(order);
    if (!order.hasCoupon() && dice.chance(250)) {
      after(Duration.ofDays(1), Duration.ofDays(10), () -> log.delete(ORDERS, order.keyOnly()));
    }
  }

  private void update(Order order) {
    log.update(ORDERS, null, order.updatedRow());
  }

  /** Something that is no good change: broken, against the contract, or no row at all. */
  private void special(int index) {
    switch (index % KINDS_OF_SPECIALS) {
      case 0 -> log.damaged(line -> line.substring(0, line.length() * 2 / 3));
      case 1 -> log.broken(ORDERS, "u", with(latestOrder.updatedRow(), "amount", "twelve"));
      case 2 -> log.broken(ORDERS, "c", with(latestOrder.row(), "order_id", null));
      case 3 -> log.broken(ORDERS, "c", with(brokenOrder(), "amount", "-12.50"));
      case 4 -> log.broken(ORDERS, "c", with(brokenOrder(), "currency", "XXX"));
      case 5 -> log.broken(ORDERS, "c", with(brokenOrder(), "customer_id", null));
      case 6 -> log.broken(CUSTOMERS, "u", with(livingCustomer().row(), "country", "Germany"));
      case 7 -> log.broken(ORDERS, "c", with(brokenOrder(), "platform", "monitor"));
      default -> log.notices();
    }
  }

  private Map<String, Object> brokenOrder() {
    return with(latestOrder.row(), "order_id", FIRST_BROKEN_ID + brokenOrders++);
  }

  private static Map<String, Object> with(Map<String, Object> row, String column, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(row);
    changed.put(column, value);
    return changed;
  }

  private Customer livingCustomer() {
    while (true) {
      Customer customer = customers.get((int) dice.below(customers.size()));
      if (customer.living()) {
        return customer;
      }
    }
  }
}
