package org.beamlakehouse.benchmarks;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.beamlakehouse.benchmarks.ParseCdcBenchmark.Form;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Changes of a table of twelve columns as Debezium's PostgreSQL connector writes them: 30 %
 * inserts, 60 % updates, 10 % deletes of the default replica identity, about 600 bytes each without
 * schema.
 */
final class OrderMessages {
  private static final String[] STATUSES = {"placed", "paid", "packed", "shipped", "delivered"};
  private static final String[] CITIES = {"Amsterdam", "Berlin", "Cairo", "Delhi", "Edinburgh"};
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private OrderMessages() {}

  /** The table that the messages feed. */
  static TableDefinition table() {
    return TableDefinition.builder()
        .name("silver.orders")
        .source("shop")
        .columns(
            Column.required("id", ColumnType.LONG),
            Column.of("customer_id", ColumnType.LONG),
            Column.of("status", ColumnType.STRING),
            Column.of("email", ColumnType.STRING),
            Column.of("city", ColumnType.STRING),
            Column.of("note", ColumnType.STRING),
            Column.of("amount", ColumnType.decimal(12, 2)),
            Column.of("weight", ColumnType.DOUBLE),
            Column.of("quantity", ColumnType.INT),
            Column.of("gift", ColumnType.BOOLEAN),
            Column.of("created_at", ColumnType.TIMESTAMPTZ),
            Column.of("updated_at", ColumnType.TIMESTAMPTZ))
        .keyColumns("id")
        .build();
  }

  /** Records in the order of the log, the same ones every time. */
  static List<RawRecord> records(Form form, int count) {
    Random random = new Random(42);
    List<RawRecord> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int dice = random.nextInt(10);
      char operation = dice < 3 ? 'c' : dice < 9 ? 'u' : 'd';
      String json = message(form, operation, random, i);
      records.add(
          RawRecord.of(
              "shop",
              json.getBytes(StandardCharsets.UTF_8),
              null,
              SourcePosition.inFile("data/cdc/orders-00001.jsonl", i),
              BEGIN.plusSeconds(3_600)));
    }
    return records;
  }

  private static String message(Form form, char operation, Random random, int number) {
    long lsn = 33_554_432L + 57L * number;
    long millis = BEGIN.toEpochMilli() + 13L * number;
    if (form == Form.FLAT) {
      return row(form, operation == 'd', random)
          + ",\"__deleted\":\""
          + (operation == 'd')
          + String.format(
              "\",\"__op\":\"%s\",\"__source_db\":\"shop\",\"__source_schema\":\"public\","
                  + "\"__source_table\":\"orders\",\"__source_lsn\":%d,\"__source_ts_ms\":%d}",
              operation, lsn, millis);
    }
    String row = row(form, operation == 'd', random) + "}";
    String payload =
        String.format(
            "{\"before\":%s,\"after\":%s,\"source\":{\"version\":\"3.2.3.Final\","
                + "\"connector\":\"postgresql\",\"name\":\"shop\",\"ts_ms\":%d,"
                + "\"snapshot\":\"false\",\"db\":\"shop\",\"sequence\":\"[\\\"%d\\\",\\\"%d\\\"]\","
                + "\"schema\":\"public\",\"table\":\"orders\",\"txId\":%d,\"lsn\":%d,"
                + "\"xmin\":null},\"transaction\":null,\"op\":\"%s\",\"ts_ms\":%d}",
            operation == 'd' ? row : null,
            operation == 'd' ? null : row,
            millis,
            lsn - 40,
            lsn,
            lsn / 3,
            lsn,
            operation,
            millis + 120);
    return form == Form.BARE
        ? payload
        : "{\"schema\":" + schema() + ",\"payload\":" + payload + "}";
  }

  /** A row without the brace that ends it. */
  private static String row(Form form, boolean keyOnly, Random random) {
    long id = random.nextInt(1_000_000);
    if (keyOnly) {
      return "{\"id\":"
          + id
          + ",\"customer_id\":null,\"status\":null,\"email\":null,\"city\":null,\"note\":null,"
          + "\"amount\":null,\"weight\":null,\"quantity\":null,\"gift\":null,"
          + "\"created_at\":null,\"updated_at\":null";
    }
    BigDecimal amount = BigDecimal.valueOf(random.nextInt(10_000_000), 2);
    String written =
        form == Form.SCHEMA
            ? Base64.getEncoder().encodeToString(amount.unscaledValue().toByteArray())
            : amount.toString();
    long customer = random.nextInt(1_000_000);
    return String.format(
        "{\"id\":%d,\"customer_id\":%d,\"status\":\"%s\",\"email\":\"customer%d@example.com\","
            + "\"city\":\"%s\",\"note\":\"leave at the door number %d behind the shop\","
            + "\"amount\":\"%s\",\"weight\":%s,\"quantity\":%d,\"gift\":%b,"
            + "\"created_at\":\"%s\",\"updated_at\":\"%s\"",
        id,
        customer,
        STATUSES[random.nextInt(STATUSES.length)],
        customer,
        CITIES[random.nextInt(CITIES.length)],
        random.nextInt(1_000),
        written,
        random.nextInt(100_000) / 1000.0,
        1 + random.nextInt(64),
        random.nextInt(8) == 0,
        BEGIN
            .minusSeconds(random.nextInt(100_000_000))
            .plusNanos(random.nextInt(1_000_000) * 1_000L),
        BEGIN.plusNanos(random.nextInt(1_000_000) * 1_000L));
  }

  private static String schema() {
    String fields = "";
    for (Column column : table().columns()) {
      fields +=
          switch (column.type().kind()) {
            case LONG -> field("int64", column, "");
            case INT -> field("int32", column, "");
            case DOUBLE -> field("double", column, "");
            case BOOLEAN -> field("boolean", column, "");
            case DECIMAL ->
                field(
                    "bytes",
                    column,
                    ",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"version\":1,"
                        + "\"parameters\":{\"scale\":\"2\",\"connect.decimal.precision\":\"12\"}");
            case TIMESTAMPTZ ->
                field(
                    "string",
                    column,
                    ",\"name\":\"io.debezium.time.ZonedTimestamp\",\"version\":1");
            default -> field("string", column, "");
          };
    }
    String rows =
        "{\"type\":\"struct\",\"fields\":["
            + fields.substring(1)
            + "],\"optional\":true,\"name\":\"shop.public.orders.Value\",\"field\":\"%s\"}";
    return "{\"type\":\"struct\",\"fields\":["
        + String.format(rows, "before")
        + ","
        + String.format(rows, "after")
        + ",{\"type\":\"string\",\"optional\":false,\"field\":\"op\"}],\"optional\":false,"
        + "\"name\":\"shop.public.orders.Envelope\",\"version\":2}";
  }

  private static String field(String type, Column column, String more) {
    return String.format(
        ",{\"type\":\"%s\",\"optional\":true,\"field\":\"%s\"%s}", type, column.name(), more);
  }
}
