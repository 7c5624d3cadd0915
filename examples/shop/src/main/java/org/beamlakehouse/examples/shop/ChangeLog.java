package org.beamlakehouse.examples.shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The log of the shop's PostgreSQL database in the words of Debezium.
 *
 * <p>Every change gets a higher log position and a later time than the one before. Decimals are
 * strings ({@code decimal.handling.mode=string}) in the records without a schema, and base64 of the
 * unscaled value in those with one.
 */
final class ChangeLog {
  /** What Debezium sends for a large value that an update did not touch. */
  static final String UNAVAILABLE = "__debezium_unavailable_value";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long FIRST_LSN = 24_023_128L;
  private static final long FIRST_TRANSACTION = 555L;

  private final Dice dice;
  private final Disorder delivery;
  private long lsn = FIRST_LSN;
  private long transaction = FIRST_TRANSACTION;
  private long millis;
  private String lastLine = "";

  ChangeLog(Dice dice, Disorder delivery, Instant start) {
    this.dice = dice;
    this.delivery = delivery;
    this.millis = start.toEpochMilli();
  }

  /** Time of the latest entry. */
  Instant now() {
    return Instant.ofEpochMilli(millis);
  }

  /** Moves the log on to a time, or by a millisecond where that has passed. */
  void advance(Instant time) {
    millis = Math.max(millis + 1, time.toEpochMilli());
    lsn += 8 * dice.between(5, 60);
    transaction++;
  }

  /** A row found by the snapshot; all of them have the log's position of that moment. */
  void snapshot(String table, Map<String, Object> row, boolean withSchema) {
    Map<String, Object> envelope = envelope(table, "r", null, row, withSchema);
    delivery.deliver(remember(write(table, envelope, withSchema)));
  }

  void insert(String table, Map<String, Object> row, boolean withSchema) {
    Map<String, Object> envelope = envelope(table, "c", null, row, withSchema);
    delivery.deliver(remember(write(table, envelope, withSchema)));
  }

  /**
   * An update.
   *
   * @param before what the table's replica identity lets Debezium know of the old row; null for
   *     nothing
   */
  void update(String table, @Nullable Map<String, Object> before, Map<String, Object> after) {
    delivery.deliver(remember(write(table, envelope(table, "u", before, after, false), false)));
  }

  void delete(String table, Map<String, Object> before) {
    delivery.deliver(remember(write(table, envelope(table, "d", before, null, false), false)));
  }

  /** A record that is well formed JSON but breaks the contract; comes once. */
  void broken(String table, String op, Map<String, Object> after) {
    delivery.deliverOnce(write(table, envelope(table, op, null, after, false), false));
  }

  /** The latest record once more, changed as a text; comes once. */
  void damaged(UnaryOperator<String> damage) {
    delivery.deliverOnce(damage.apply(lastLine));
  }

  /** What a Debezium topic holds beside row changes; none of it is a row or an error. */
  void notices() {
    delivery.deliverOnce(line(Map.of("ts_ms", millis)));
    Map<String, Object> begin = new LinkedHashMap<>();
    begin.put("status", "BEGIN");
    begin.put("id", transaction + ":" + lsn);
    begin.put("event_count", null);
    begin.put("data_collections", null);
    begin.put("ts_ms", millis + 3);
    delivery.deliverOnce(line(begin));
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("op", "m");
    message.put("ts_ms", millis + 3);
    message.put("source", source("", "false"));
    message.put("message", Map.of("prefix", "deploy"));
    delivery.deliverOnce(line(message));
    // The tombstone that follows a delete has no value; in a file that is an empty line.
    delivery.deliverOnce("");
  }

  private Map<String, Object> envelope(
      String table,
      String op,
      @Nullable Map<String, Object> before,
      @Nullable Map<String, Object> after,
      boolean withSchema) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("before", row(before, withSchema));
    envelope.put("after", row(after, withSchema));
    envelope.put("source", source(table, op.equals("r") ? "true" : "false"));
    envelope.put("op", op);
    envelope.put("ts_ms", millis + 3 + dice.below(400));
    envelope.put("transaction", null);
    return envelope;
  }

  private Map<String, Object> source(String table, String snapshot) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("version", "2.4.2.Final");
    source.put("connector", "postgresql");
    source.put("name", "shop");
    source.put("ts_ms", millis);
    source.put("snapshot", snapshot);
    source.put("db", "shop");
    source.put("sequence", "[\"" + FIRST_LSN + "\",\"" + lsn + "\"]");
    source.put("schema", table.isEmpty() ? "" : "public");
    source.put("table", table);
    source.put("txId", transaction);
    source.put("lsn", lsn);
    source.put("xmin", null);
    return source;
  }

  private static @Nullable Map<String, Object> row(
      @Nullable Map<String, Object> row, boolean withSchema) {
    if (row == null) {
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    row.forEach((column, value) -> values.put(column, value(value, withSchema)));
    return values;
  }

  private static @Nullable Object value(@Nullable Object value, boolean withSchema) {
    if (value instanceof Instant) {
      return value.toString();
    } else if (value instanceof BigDecimal decimal) {
      return withSchema
          ? Base64.getEncoder().encodeToString(decimal.unscaledValue().toByteArray())
          : decimal.toPlainString();
    } else if (value instanceof LocalDate date) {
      return date.toEpochDay();
    }
    return value;
  }

  private static String write(String table, Map<String, Object> envelope, boolean withSchema) {
    String payload = line(envelope);
    return withSchema
        ? "{\"schema\":" + EnvelopeSchema.of(table) + ",\"payload\":" + payload + "}"
        : payload;
  }

  private String remember(String line) {
    lastLine = line;
    return line;
  }

  private static String line(Map<String, Object> object) {
    try {
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a change as JSON", e);
    }
  }
}
