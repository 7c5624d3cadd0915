package org.beamlakehouse.transforms.internal.cdc.debezium;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.ConnectAvro;
import org.beamlakehouse.transforms.internal.cdc.KnownSchemas;
import org.beamlakehouse.transforms.internal.cdc.Outcomes;
import org.beamlakehouse.transforms.internal.cdc.ParseCase;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.TypeText;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** Envelopes with the schema that Debezium's PostgreSQL connector has in an Avro converter. */
class AvroEnvelopeTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SOURCE =
      "\"source\":{\"version\":\"3.2.3.Final\",\"connector\":\"postgresql\",\"name\":\"shop\","
          + "\"ts_ms\":5,\"snapshot\":\"false\",\"db\":\"app\",\"ts_us\":5001,\"schema\":\"public\","
          + "\"table\":\"items\",\"txId\":7,\"lsn\":64}";
  private static final String PLACEHOLDER = "__debezium_unavailable_value";

  private final TableDefinition items =
      TableDefinition.builder()
          .name("silver.items")
          .sourceTable("public.items")
          .columns(
              TypeText.columns(
                  "id long, price decimal(10,2), rate decimal(12,4), day date, at time,"
                      + " made timestamp, sold timestamptz, connected timestamptz, color string,"
                      + " guid uuid, doc struct<a:list<int>>, place binary, scan binary,"
                      + " tags list<string>, attributes map<string,string>, small int"))
          .keyColumns("id")
          .build();

  private final Schema schema =
      new Schema.Parser().parse(ParseCase.readTree("avro-envelope.json").toString());
  private final KnownSchemas schemas = new KnownSchemas();
  private final int id = schemas.add(schema);
  private final Outcomes outcomes = new Outcomes();

  @Test
  void everyTypeOfTheConnectorIsRead() throws JsonProcessingException {
    parse(
        null,
        "{\"after\":{\"id\":1,\"price\":\"AfQ=\",\"rate\":{\"scale\":3,\"value\":\"Bw==\"},\"day\":1,"
            + "\"at\":1000000,\"made\":1,\"sold\":\"2024-01-01T01:00:00+01:00\",\"connected\":1,"
            + "\"color\":\"red\",\"guid\":\"01234567-89ab-cdef-0123-456789abcdef\","
            + "\"doc\":\"{\\\"a\\\":[1]}\",\"place\":{\"x\":1.0,\"y\":2.0,\"wkb\":\"AQI=\",\"srid\":4326},"
            + "\"scan\":\"/w==\",\"tags\":[\"x\",null],\"attributes\":{\"k\":null},\"small\":-3},"
            + SOURCE
            + ",\"transaction\":{\"id\":\"7\",\"total_order\":1,\"data_collection_order\":1},"
            + "\"op\":\"c\",\"ts_ms\":6}");

    assertThat(outcomes.all(), hasSize(1));
    JsonNode change = outcomes.all().get(0);
    assertThat(
        change.path("after").toString(),
        is(
            MAPPER
                .readTree(
                    "{\"id\":1,\"price\":\"5.00\",\"rate\":\"0.0070\",\"day\":\"1970-01-02\","
                        + "\"at\":\"00:00:01\",\"made\":\"1970-01-01T00:00:00.000001\","
                        + "\"sold\":\"2024-01-01T00:00:00Z\",\"connected\":\"1970-01-01T00:00:00.001Z\","
                        + "\"color\":\"red\",\"guid\":\"01234567-89ab-cdef-0123-456789abcdef\","
                        + "\"doc\":{\"a\":[1]},\"place\":\"bytes AQI=\",\"scan\":\"bytes /w==\","
                        + "\"tags\":[\"x\",null],\"attributes\":{\"k\":null},\"small\":-3}")
                .toString()));
    assertThat(change.path("eventTime").asText(), is("1970-01-01T00:00:00.005001Z"));
    assertThat(change.path("change").asText(), is("INSERT"));
    assertThat(change.has("rescued"), is(false));
  }

  @Test
  void whatPostgresDidNotLogIsUnsent() {
    String row =
        "{\"id\":1,\"color\":\"%s\",\"scan\":\"%s\",\"tags\":[\"%s\"],\"attributes\":{\"%s\":\"%s\"}}"
            .formatted(
                PLACEHOLDER,
                "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
                PLACEHOLDER,
                PLACEHOLDER,
                PLACEHOLDER);

    parse(null, "{\"after\":" + row + "," + SOURCE + ",\"op\":\"u\"}");

    assertThat(
        outcomes.all().get(0).path("unsent").toString(),
        is("[\"attributes\",\"color\",\"scan\",\"tags\"]"));
  }

  @Test
  void aDeleteWithoutARowHasTheKeyOfItsMessage() {
    Schema record =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"Key\",\"fields\":[{\"name\":\"id\",\"type\":\"int\"}]}");
    byte[] ofRecord = framed(record, "{\"id\":7}");
    byte[] ofValue = framed(Schema.create(Schema.Type.LONG), "8");
    byte[] ofText = "{\"id\":9}".getBytes(StandardCharsets.UTF_8);
    byte[] ofNoSchema = KnownSchemas.framed(99, new byte[] {14});
    byte[] cut = Arrays.copyOf(ofRecord, ofRecord.length - 1);

    for (byte[] key : List.of(ofRecord, ofValue, ofText, ofNoSchema, cut)) {
      parse(key, "{" + SOURCE + ",\"op\":\"d\"}");
    }

    assertThat(
        outcomes.all().stream().map(o -> o.path("key").path("id").asText()).toList(),
        is(List.of("7", "8", "9", "", "")));
    assertThat(outcomes.all().get(3).path("quarantine").asText(), is("key:id"));
    assertThat(outcomes.all().get(4).path("quarantine").asText(), is("key:id"));
  }

  @Test
  void whatIsNoRowIsSkipped() {
    parse(null, "{" + SOURCE + ",\"op\":\"t\"}");
    parse(null, "{" + SOURCE + ",\"op\":\"m\"}");
    parse(null, "{" + SOURCE.replace("items", "other") + ",\"op\":\"c\"}");
    parse(null, "{" + SOURCE + ",\"op\":\"x\"}");

    assertThat(
        outcomes.all().stream()
            .map(o -> o.path("change").asText() + o.path("skipped").asText() + o.has("deadLetter"))
            .toList(),
        is(List.of("TRUNCATEfalse", "LOGICAL_MESSAGEfalse", "OTHER_TABLEfalse", "true")));
  }

  private void parse(byte @Nullable [] key, String envelope) {
    byte[] payload;
    try {
      payload = KnownSchemas.framed(id, ConnectAvro.encode(schema, MAPPER.readTree(envelope)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(envelope, e);
    }
    RecordParser.of(RecordFormat.DEBEZIUM_AVRO, List.of(items), schemas)
        .parse(
            RawRecord.of(
                "shop",
                payload,
                key,
                SourcePosition.inTopic("shop.public.items", 0, 1),
                ParseCase.INGESTED_AT),
            null,
            outcomes);
  }

  private byte[] framed(Schema of, String value) {
    try {
      return KnownSchemas.framed(schemas.add(of), ConnectAvro.encode(of, MAPPER.readTree(value)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value, e);
    }
  }
}
