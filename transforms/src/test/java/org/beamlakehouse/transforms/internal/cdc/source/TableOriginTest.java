package org.beamlakehouse.transforms.internal.cdc.source;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tables of a source a contract means, and what a parser remembers of it. */
class TableOriginTest {

  /** Parts are database, schema, table, topic; - for none. */
  private static TableOrigin origin(String parts) {
    String[] part =
        Stream.of(parts.strip().split(" "))
            .map(p -> p.equals("-") ? null : p)
            .toArray(String[]::new);
    return new TableOrigin(part[0], part[1], part[2], part[3]);
  }

  @ParameterizedTest(name = "{0} means {1}: {2}")
  @CsvSource({
    "orders,              shop public orders -,                   true",
    "public.orders,       shop public orders -,                   true",
    "shop.orders,         shop public orders -,                   true",
    "shop.public.orders,  shop public orders -,                   true",
    "Orders,              shop public orders -,                   false",
    "other.orders,        shop public orders -,                   false",
    "rders,               shop public orders -,                   false",
    "public,              shop public orders -,                   false",
    "null.orders,         - - orders -,                           false",
    "shop.null.orders,    shop - orders -,                        false",
    "shop.orders,         shop - orders -,                        true",
    "a.b.c,               a b.c d -,                              false",
    "a.b.c,               - a b.c -,                              true",
    "orders,              - - - -,                                true",
    "orders,              - - - pg.public.orders,                 true",
    "public.orders,       - - - pg.public.orders,                 true",
    "orders,              - - - pg.public.reorders,               false",
    "pg.public.orders,    shop public orders pg.public.orders,    true",
    "pg.public.orders,    shop public items pg.public.orders,     true",
    "public.orders,       shop public items pg.public.orders,     false",
  })
  void isMeantByASourceTable(String sourceTable, String parts, boolean meant) {
    assertThat(origin(parts).isMeantBy(sourceTable), is(meant));
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "shop a t -,   shop a t -,    true",
    "shop a t -,   shop b t -,    false",
    "shop a t -,   other a t -,   false",
    "shop a t -,   - - t -,       true",
    "shop a t -,   shop a u -,    false",
    "shop - t x,   shop - t y,    true",
    "- - - x,      - - - x,       true",
    "- - - x,      - - - y,       false",
    "- - - -,      - - - -,       true",
    "- - - x,      shop a t x,    true",
    "- - - x,      shop a t y,    false",
  })
  void maybeOfOneTable(String one, String other, boolean same) {
    assertThat(origin(one).mayBe(origin(other)), is(same));
    assertThat(origin(other).mayBe(origin(one)), is(same));
  }

  private static TableDefinition table(String name, String sourceTable) {
    TableDefinition.Builder table =
        TableDefinition.builder()
            .name("silver." + name)
            .columns(Column.of("id", ColumnType.LONG))
            .keyColumns("id");
    return sourceTable == null ? table.build() : table.sourceTable(sourceTable).build();
  }

  private static String debezium(String schema, String table) {
    return "{\"after\":{\"id\":1},\"op\":\"c\",\"source\":{\"db\":\"shop\",\"schema\":\"%s\",\"table\":\"%s\",\"lsn\":5}}"
        .formatted(schema, table);
  }

  private static RawRecord record(String topic, String json) {
    return RawRecord.of(
        "s",
        json.getBytes(StandardCharsets.UTF_8),
        null,
        topic == null ? SourcePosition.inFile("f", 0) : SourcePosition.inTopic(topic, 0, 0),
        Instant.EPOCH);
  }

  private static final class Ignored implements ParseSink {
    @Override
    public void change(TableDefinition table, ChangeEvent event) {}

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {}

    @Override
    public void deadLetter(String error) {}

    @Override
    public void halt(TableDefinition table, String error) {}

    @Override
    public void skipped(SkipReason reason) {}
  }

  private static Map<String, List<String>> feeds(RecordParser parser) {
    Map<String, List<String>> feeds = new TreeMap<>();
    parser
        .feeds()
        .forEach(
            (table, origins) ->
                feeds.put(table, origins.stream().map(TableOrigin::fullName).sorted().toList()));
    return feeds;
  }

  private static Map<String, Long> unclaimed(RecordParser parser) {
    Map<String, Long> unclaimed = new TreeMap<>();
    parser.unclaimed().forEach((table, count) -> unclaimed.put(table.fullName(), count));
    return unclaimed;
  }

  @Test
  void aParserRemembersOfABatchWhatFedWhich() {
    RecordParser parser =
        RecordParser.of(
            RecordFormat.DEBEZIUM_JSON,
            List.of(table("t", null), table("a", "a.t"), table("all", "one.topic")));
    parser.parse(record(null, debezium("a", "before")), null, new Ignored());
    parser.beginBatch();
    List<String> order = new ArrayList<>(List.of("a t", "b t", "a t", "a u", "c u", "a u"));
    order.add("a debezium_signal");
    for (String name : order) {
      String[] parts = name.split(" ");
      parser.parse(record(null, debezium(parts[0], parts[1])), null, new Ignored());
    }
    // A contract that names a topic means whatever tables come by it.
    parser.parse(record("one.topic", debezium("a", "x")), null, new Ignored());
    parser.parse(record("one.topic", debezium("b", "y")), null, new Ignored());
    assertThat(
        feeds(parser),
        is(
            Map.of(
                "silver.t", List.of("shop.a.t", "shop.b.t"),
                "silver.a", List.of("shop.a.t"),
                "silver.all", List.of("one.topic"))));
    assertThat(unclaimed(parser), is(Map.of("shop.a.u", 2L, "shop.c.u", 1L)));
    assertThat("asked again", unclaimed(parser), is(Map.of("shop.a.u", 2L, "shop.c.u", 1L)));
    parser.beginBatch();
    assertThat(feeds(parser), is(Map.of()));
    assertThat(unclaimed(parser), is(Map.of()));
  }

  @Test
  void aDefaultNameThatIsATopicMeansItsTablesAndNotTheTopic() {
    RecordParser parser =
        RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(table("customers", null)));
    parser.parse(record("customers", debezium("a", "customers")), null, new Ignored());
    parser.parse(record("customers", debezium("b", "customers")), null, new Ignored());
    assertThat(
        feeds(parser),
        is(Map.of("silver.customers", List.of("shop.a.customers", "shop.b.customers"))));
  }

  @Test
  void partsOfATableThatARouterBringsTogetherAreOneFeed() {
    RecordParser parser =
        RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(table("orders", null)));
    for (String part : List.of("orders_2024", "orders_2025", "orders")) {
      parser.parse(record("orders", debezium("public", part)), null, new Ignored());
    }
    List<TableOrigin> feeds = List.copyOf(parser.feeds().get("silver.orders"));
    assertThat(feeds.size(), is(2));
    assertThat(feeds.get(0).mayBe(feeds.get(1)), is(true));
  }

  @Test
  void plainRecordsAreOfTheirTopic() {
    RecordParser parser =
        RecordParser.of(
            RecordFormat.JSON,
            List.of(table("a", null).toBuilder().sequenceBy(List.of("id")).build()));
    for (String topic : List.of("a", "b", "b", "a")) {
      parser.parse(record(topic, "{\"id\":1}"), null, new Ignored());
    }
    parser.parse(record(null, "{\"id\":1}"), null, new Ignored());
    assertThat(feeds(parser), is(Map.of("silver.a", List.of("a"))));
    assertThat(unclaimed(parser), is(Map.of("b", 2L)));
  }
}
