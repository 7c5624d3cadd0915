package org.beamlakehouse.examples.shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the shop's apps send: one JSON object per event, in the order of arrival. */
final class ShopEvents {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KINDS_OF_SPECIALS = 7;
  private static final long LATEST_ARRIVAL_MILLIS = Duration.ofDays(3).toMillis();

  private final ShopSize size;
  private final Dice dice;
  private final Disorder delivery;

  ShopEvents(ShopSize size, Dice dice, Disorder delivery) {
    this.size = size;
    this.dice = dice;
    this.delivery = delivery;
  }

  /** Sends all events and, spread among them, those that are no good. */
  void run() {
    int count = size.events();
    int specials = size.specialsOfEachKind() * KINDS_OF_SPECIALS;
    int special = 0;
    for (int i = 0; i < count; i++) {
      Instant now = ShopSize.spread(ShopSize.EVENTS_START, i, count);
      send(event(i, now), now);
      if (special < specials && (long) i * specials >= (long) special * count) {
        sendSpecial(special++, now);
      }
    }
  }

  private void send(Map<String, Object> event, Instant now) {
    delivery.deliver(line(event));
    if (dice.chance(5)) {
      // The app lost the answer and sends again, with the time of now: the first one stays true.
      event.put("event_ts", now.plusMillis(dice.between(1_000, 600_000)).toString());
      delivery.deliverOnce(line(event));
    }
  }

  private Map<String, Object> event(long number, Instant now) {
    boolean offline = dice.chance(20);
    Instant happened = offline ? now.minusMillis(dice.below(LATEST_ARRIVAL_MILLIS)) : now;
    String platform = dice.pick("web", "web", "ios", "android");
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("page", "/" + dice.pick("home", "product", "cart", "checkout", "search"));
    context.put("app_version", platform.equals("web") ? null : "4." + dice.below(6));
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("event_id", String.format(Locale.ROOT, "evt-%09d", number));
    event.put("user_id", dice.chance(30) ? null : user());
    event.put("session_id", String.format(Locale.ROOT, "s-%08x", dice.below(1L << 32)));
    event.put("platform", platform);
    event.put(
        "event_type", dice.pick("page_view", "page_view", "product_view", "add_to_cart", "search"));
    event.put("event_ts", happened.toString());
    event.put("context", context);
    if (dice.chance(5)) {
      event.put("experiment", dice.pick("checkout-a", "checkout-b"));
    }
    return event;
  }

  /** Some customers are about all the time, most now and then. */
  private long user() {
    long customers = (long) size.snapshotCustomers() + size.newCustomers();
    return 1 + (dice.chance(300) ? dice.below(Math.max(1, customers / 20)) : dice.below(customers));
  }

  private void sendSpecial(int index, Instant now) {
    Map<String, Object> event = event(0, now);
    event.put("event_id", String.format(Locale.ROOT, "special-%06d", index));
    event.put("user_id", user());
    switch (index % KINDS_OF_SPECIALS) {
      case 0 -> {
        String line = line(event);
        delivery.deliverOnce(line.substring(0, line.length() / 2));
        return;
      }
      case 1 -> event.put("event_ts", "yesterday");
      case 2 -> event.put("event_id", null);
      case 3 -> event.put("event_type", "teleport");
      case 4 -> event.put("platform", null);
      case 5 -> event.put("user_id", "guest-17");
      default -> event.put("event_type", "bot_ping");
    }
    delivery.deliverOnce(line(event));
  }

  private static String line(Map<String, Object> event) {
    try {
      return JSON.writeValueAsString(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write an event as JSON", e);
    }
  }
}
