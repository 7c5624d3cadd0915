package org.beamlakehouse.testing.shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The records of the sample project, read in the plainest way and sorted by what becomes of them:
 * good changes and events, and counts of the rest. The contracts' rules are written out by hand.
 */
final class ExpectedRecords {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String UNAVAILABLE = "__debezium_unavailable_value";

  static final Map<String, String> CUSTOMERS = new LinkedHashMap<>();
  static final Map<String, String> ORDERS = new LinkedHashMap<>();
  static final Map<String, String> EVENTS = new LinkedHashMap<>();

  static {
    CUSTOMERS.put("customer_id", "long!");
    CUSTOMERS.put("country", "string!");
    CUSTOMERS.put("region", "string!");
    CUSTOMERS.put("tier", "string!");
    CUSTOMERS.put("marketing_opt_in", "boolean");
    CUSTOMERS.put("signup_ts", "timestamptz!");
    CUSTOMERS.put("last_seen_at", "timestamptz");
    CUSTOMERS.put("loyalty_points", "int");
    ORDERS.put("order_id", "long!");
    ORDERS.put("customer_id", "long!");
    ORDERS.put("order_ts", "timestamptz!");
    ORDERS.put("order_date", "date!");
    ORDERS.put("platform", "string!");
    ORDERS.put("status", "string!");
    ORDERS.put("currency", "string!");
    ORDERS.put("amount", "decimal!");
    ORDERS.put("refunded_amount", "decimal!");
    ORDERS.put("items", "string");
    EVENTS.put("event_id", "string!");
    EVENTS.put("user_id", "long");
    EVENTS.put("session_id", "string");
    EVENTS.put("platform", "string!");
    EVENTS.put("event_type", "string!");
    EVENTS.put("event_ts", "timestamptz!");
    EVENTS.put("page", "string");
    EVENTS.put("app_version", "string");
  }

  /** A good change or event; {@code unsent} are columns without a value in {@code row}. */
  record Good(
      long lsn,
      Instant time,
      boolean delete,
      Map<String, Object> row,
      Set<String> unsent,
      String rescued) {}

  private static final class BadRecord extends Exception {
    private static final long serialVersionUID = 1L;
  }

  final List<Good> customers = new ArrayList<>();
  final List<Good> orders = new ArrayList<>();
  final List<Good> events = new ArrayList<>();
  final Map<String, Integer> deadLetters = new HashMap<>();
  final Map<String, Integer> quarantined = new HashMap<>();
  final Map<String, Integer> dropped = new HashMap<>();
  final Map<String, Integer> emptyLines = new HashMap<>();
  final Map<String, Integer> notices = new HashMap<>();

  void readChange(String line) {
    JsonNode node = json("shop_cdc", line);
    if (node == null) {
      return;
    }
    boolean withSchema = node.has("schema") && node.has("payload");
    JsonNode payload = withSchema ? node.get("payload") : node;
    String op = payload.path("op").asText();
    if (op.isEmpty() || op.equals("m")) {
      notices.merge("shop_cdc", 1, Integer::sum);
      return;
    }
    boolean delete = op.equals("d");
    boolean isOrder = payload.at("/source/table").asText().equals("orders");
    String table = isOrder ? "silver.orders" : "silver.customers";
    Map<String, String> columns = isOrder ? ORDERS : CUSTOMERS;
    ObjectNode image = (ObjectNode) payload.get(delete ? "before" : "after");
    Set<String> unsent = new HashSet<>();
    for (String column : columns.keySet()) {
      if (UNAVAILABLE.equals(image.path(column).asText())) {
        unsent.add(column);
        image.putNull(column);
      }
    }
    try {
      Map<String, Object> row = row(image, columns, withSchema, !delete);
      if (delete && row.values().stream().filter(v -> v != null).count() == 1) {
        unsent.addAll(columns.keySet());
        unsent.remove(isOrder ? "order_id" : "customer_id");
      }
      if (!delete && breaksRule(table, row)) {
        throw new BadRecord();
      }
      if (!delete && "monitor".equals(row.get("platform"))) {
        dropped.merge(table, 1, Integer::sum);
        return;
      }
      Good change =
          new Good(
              payload.at("/source/lsn").asLong(),
              Instant.ofEpochMilli(payload.at("/source/ts_ms").asLong()),
              delete,
              row,
              unsent,
              rescued(image, columns.keySet()));
      (isOrder ? orders : customers).add(change);
    } catch (BadRecord e) {
      quarantined.merge(table, 1, Integer::sum);
    }
  }

  void readEvent(String line) {
    JsonNode node = json("shop_events", line);
    if (node == null) {
      return;
    }
    ObjectNode flat = node.deepCopy();
    flat.set("page", node.at("/context/page"));
    flat.set("app_version", node.at("/context/app_version"));
    flat.remove("context");
    try {
      Map<String, Object> row = row(flat, EVENTS, false, true);
      if (breaksRule("silver.user_events", row)) {
        throw new BadRecord();
      }
      if (row.get("event_type").equals("bot_ping")) {
        dropped.merge("silver.user_events", 1, Integer::sum);
        return;
      }
      Instant time = (Instant) row.get("event_ts");
      events.add(new Good(0, time, false, row, Set.of(), rescued(flat, EVENTS.keySet())));
    } catch (BadRecord e) {
      quarantined.merge("silver.user_events", 1, Integer::sum);
    }
  }

  private JsonNode json(String source, String line) {
    if (line.isEmpty()) {
      emptyLines.merge(source, 1, Integer::sum);
      return null;
    }
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      deadLetters.merge(source, 1, Integer::sum);
      return null;
    }
  }

  private static boolean breaksRule(String table, Map<String, Object> row) {
    return switch (table) {
      case "silver.customers" -> !((String) row.get("country")).matches("[A-Z]{2}");
      case "silver.orders" ->
          !Set.of("EUR", "GBP", "USD").contains(row.get("currency"))
              || ((BigDecimal) row.get("amount")).signum() <= 0;
      default ->
          !Set.of("page_view", "product_view", "add_to_cart", "checkout", "search", "bot_ping")
              .contains(row.get("event_type"));
    };
  }

  private static Map<String, Object> row(
      ObjectNode image, Map<String, String> columns, boolean withSchema, boolean mustBeComplete)
      throws BadRecord {
    Map<String, Object> row = new LinkedHashMap<>();
    for (Map.Entry<String, String> column : columns.entrySet()) {
      JsonNode value = image.get(column.getKey());
      boolean isNull = value == null || value.isNull() || value.isMissingNode();
      if (isNull && mustBeComplete && column.getValue().endsWith("!")) {
        throw new BadRecord();
      }
      row.put(
          column.getKey(),
          isNull ? null : value(value, column.getValue().replace("!", ""), withSchema));
    }
    return row;
  }

  private static Object value(JsonNode value, String type, boolean withSchema) throws BadRecord {
    try {
      if (type.equals("long") && value.isIntegralNumber()) {
        return value.longValue();
      } else if (type.equals("int") && value.isIntegralNumber()) {
        return value.intValue();
      } else if (type.equals("string") && value.isTextual()) {
        return value.textValue();
      } else if (type.equals("boolean") && value.isBoolean()) {
        return value.booleanValue();
      } else if (type.equals("timestamptz") && value.isTextual()) {
        return Instant.parse(value.textValue());
      } else if (type.equals("date") && value.isIntegralNumber()) {
        return LocalDate.ofEpochDay(value.longValue());
      } else if (type.equals("decimal") && value.isTextual()) {
        return withSchema
            ? new BigDecimal(new BigInteger(Base64.getDecoder().decode(value.textValue())), 2)
            : new BigDecimal(value.textValue()).setScale(2);
      }
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
      throw new BadRecord();
    }
    throw new BadRecord();
  }

  private static String rescued(ObjectNode image, Set<String> known) {
    ObjectNode unknown = JsonNodeFactory.instance.objectNode();
    image
        .fields()
        .forEachRemaining(
            field -> {
              if (!known.contains(field.getKey())) {
                unknown.set(field.getKey(), field.getValue());
              }
            });
    return unknown.isEmpty() ? null : unknown.toString();
  }
}
