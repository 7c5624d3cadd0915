package org.beamlakehouse.examples.shop;

import java.util.List;
import java.util.stream.Collectors;

/** The {@code schema} part that Kafka Connect's JSON converter puts before an envelope. */
final class EnvelopeSchema {
  private static final String ZONED_TIMESTAMP = typed("string", "io.debezium.time.ZonedTimestamp");
  private static final String DATE = typed("int32", "io.debezium.time.Date");
  private static final String DECIMAL =
      "\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"version\":1,"
          + "\"parameters\":{\"scale\":\"2\",\"connect.decimal.precision\":\"10\"}";

  private static final List<String> CUSTOMER_FIELDS =
      List.of(
          field("customer_id", plain("int64"), false),
          field("country", plain("string"), false),
          field("region", plain("string"), false),
          field("tier", plain("string"), false),
          field("marketing_opt_in", plain("boolean"), true),
          field("signup_ts", ZONED_TIMESTAMP, false),
          field("last_seen_at", ZONED_TIMESTAMP, true),
          field("loyalty_points", plain("int32"), true));

  private static final List<String> ORDER_FIELDS =
      List.of(
          field("order_id", plain("int64"), false),
          field("customer_id", plain("int64"), false),
          field("order_ts", ZONED_TIMESTAMP, false),
          field("order_date", DATE, false),
          field("platform", plain("string"), false),
          field("status", plain("string"), false),
          field("currency", plain("string"), false),
          field("amount", DECIMAL, false),
          field("refunded_amount", DECIMAL, false),
          field("items", plain("string"), true));

  private static final List<String> SOURCE_FIELDS =
      List.of(
          field("version", plain("string"), false),
          field("connector", plain("string"), false),
          field("name", plain("string"), false),
          field("ts_ms", plain("int64"), false),
          field("snapshot", plain("string"), true),
          field("db", plain("string"), false),
          field("sequence", plain("string"), true),
          field("schema", plain("string"), false),
          field("table", plain("string"), false),
          field("txId", plain("int64"), true),
          field("lsn", plain("int64"), true),
          field("xmin", plain("int64"), true));

  private static final String CUSTOMERS = envelope(ShopDatabase.CUSTOMERS, CUSTOMER_FIELDS);
  private static final String ORDERS = envelope(ShopDatabase.ORDERS, ORDER_FIELDS);

  private EnvelopeSchema() {}

  /** The schema of the envelopes of a table, as JSON. */
  static String of(String table) {
    return table.equals(ShopDatabase.CUSTOMERS) ? CUSTOMERS : ORDERS;
  }

  private static String envelope(String table, List<String> columns) {
    String row = struct(columns, "shop.public." + table + ".Value");
    List<String> fields =
        List.of(
            field("before", row, true),
            field("after", row, true),
            field(
                "source", struct(SOURCE_FIELDS, "io.debezium.connector.postgresql.Source"), false),
            field("op", plain("string"), false),
            field("ts_ms", plain("int64"), true));
    return "{" + struct(fields, "shop.public." + table + ".Envelope") + ",\"optional\":false}";
  }

  private static String struct(List<String> fields, String name) {
    return fields.stream()
        .collect(
            Collectors.joining(
                ",", "\"type\":\"struct\",\"fields\":[", "],\"name\":\"" + name + "\""));
  }

  private static String field(String name, String type, boolean optional) {
    return "{" + type + ",\"optional\":" + optional + ",\"field\":\"" + name + "\"}";
  }

  private static String plain(String type) {
    return "\"type\":\"" + type + "\"";
  }

  private static String typed(String type, String name) {
    return plain(type) + ",\"name\":\"" + name + "\",\"version\":1";
  }
}
