package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only records in Avro can be: their types, their schemas, and how those change. */
class AvroRecordParserTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final KnownSchemas schemas = new KnownSchemas();
  private final Outcomes outcomes = new Outcomes();
  private int records;

  /** Each line: type of the column | the field's schema | a value in JSON | what is read. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "boolean | \"boolean\" | true | true",
        "int | \"int\" | -7 | -7",
        "int | \"long\" | 7 | 7",
        "long | \"int\" | 7 | 7",
        "long | \"long\" | -9223372036854775808 | -9223372036854775808",
        "float | \"float\" | 1.5 | \"float 1.5\"",
        "double | \"float\" | 1.5 | \"double 1.5\"",
        "double | \"double\" | \"NaN\" | \"double NaN\"",
        "double | \"long\" | 9007199254740994 | \"double 9.007199254740994E15\"",
        "float | \"double\" | 0.25 | \"float 0.25\"",
        "decimal(12,3) | \"int\" | -5 | \"-5.000\"",
        "decimal(12,3) | \"double\" | 12.345 | \"12.345\"",
        "decimal(22,0) | \"long\" | 9223372036854775807 | \"9223372036854775807\"",
        "decimal(10,2) | {\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2} | \"/84=\" | \"-0.50\"",
        "decimal(10,4) | {\"type\":\"fixed\",\"name\":\"F\",\"size\":2,\"logicalType\":\"decimal\",\"precision\":4,\"scale\":1} | \"AMg=\" | \"20.0000\"",
        "date | {\"type\":\"int\",\"logicalType\":\"date\"} | -1 | \"1969-12-31\"",
        "date | \"string\" | \"2024-02-29\" | \"2024-02-29\"",
        "time | {\"type\":\"int\",\"logicalType\":\"time-millis\"} | 1500 | \"00:00:01.500\"",
        "time | {\"type\":\"long\",\"logicalType\":\"time-micros\"} | 1500 | \"00:00:00.001500\"",
        "timestamp | {\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"} | 1 | \"1970-01-01T00:00:00.000001\"",
        "timestamp | {\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"} | 1 | \"1970-01-01T00:00:00.001\"",
        "timestamptz | {\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | -1 | \"1969-12-31T23:59:59.999Z\"",
        "timestamptz | {\"type\":\"long\",\"logicalType\":\"timestamp-micros\"} | 100000000000000001 | \"5138-11-16T09:46:40.000001Z\"",
        "timestamptz | {\"type\":\"long\",\"logicalType\":\"timestamp-nanos\"} | -1 | \"1969-12-31T23:59:59.999999Z\"",
        "uuid | {\"type\":\"string\",\"logicalType\":\"uuid\"} | \"01234567-89ab-cdef-0123-456789abcdef\" | \"01234567-89ab-cdef-0123-456789abcdef\"",
        "uuid | {\"type\":\"fixed\",\"name\":\"F\",\"size\":16,\"logicalType\":\"uuid\"} | \"ASNFZ4mrze8BI0VniavN7w==\" | \"01234567-89ab-cdef-0123-456789abcdef\"",
        "string | {\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]} | \"B\" | \"B\"",
        "string | [\"null\",\"string\"] | \"é𝄞\" | \"é𝄞\"",
        "string | [\"long\",\"string\"] | \"text\" | \"text\"",
        "binary | \"bytes\" | \"AQI=\" | \"bytes AQI=\"",
        "fixed(2) | {\"type\":\"fixed\",\"name\":\"F\",\"size\":2} | \"AQI=\" | \"bytes AQI=\"",
        "list<long> | {\"type\":\"array\",\"items\":[\"null\",\"int\"]} | [1,null] | [1,null]",
        "list<struct<a:string>> | {\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"N\",\"fields\":[{\"name\":\"a\",\"type\":\"string\"}]}} | [{\"a\":\"x\"}] | [{\"a\":\"x\"}]",
        "map<string,decimal(4,1)> | {\"type\":\"map\",\"values\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":1}} | {\"k\":\"CQ==\"} | {\"k\":\"0.9\"}",
        "map<long,string> | {\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"MapEntry\",\"fields\":[{\"name\":\"key\",\"type\":\"int\"},{\"name\":\"value\",\"type\":\"string\"}]}} | [[5,\"five\"]] | {\"5\":\"five\"}",
        "struct<a:int,t:timestamptz> | {\"type\":\"record\",\"name\":\"N\",\"fields\":[{\"name\":\"t\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},{\"name\":\"a\",\"type\":[\"null\",\"int\"]}]} | {\"t\":0,\"a\":3} | {\"a\":3,\"t\":\"1970-01-01T00:00:00Z\"}",
        "list<int> | {\"type\":\"string\",\"connect.name\":\"io.debezium.data.Json\"} | \"[1,2]\" | [1,2]",
      })
  void valueIsReadAsTheColumnsType(String column, String field, String value, String expected)
      throws JsonProcessingException {
    TableDefinition table = table("id long, v " + column);
    String schema =
        row("{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"v\",\"type\":" + field + "}");

    parse(table, record(schema, "{\"id\":1,\"v\":" + value + "}"));

    assertThat(outcomes.all().toString(), outcomes.changes(), hasSize(1));
    assertThat(
        outcomes.all().get(0).path("after").path("v").toString(),
        is(MAPPER.readTree(expected).toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "long | \"string\" | \"secret\" | is long but the schema's field v is a string",
        "long | [\"null\",\"double\"] | 1.5 | is long but the schema's field v is a fractional number",
        "boolean | \"int\" | 1 | is boolean but the schema's field v is an integer",
        "string | \"bytes\" | \"AQI=\" | is string but the schema's field v is bytes",
        "date | {\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 1 | is date but the schema's field v is an integer",
        "timestamptz | {\"type\":\"int\",\"logicalType\":\"date\"} | 1 | is timestamptz but the schema's field v is an integer",
        "decimal(5,2) | \"bytes\" | \"AQI=\" | is decimal(5,2) but the schema's field v is bytes",
        "fixed(3) | {\"type\":\"fixed\",\"name\":\"F\",\"size\":2} | \"AQI=\" | is fixed(3) but the schema's field v is bytes",
        "list<long> | {\"type\":\"array\",\"items\":\"string\"} | [] | is list<long> but the schema's field v is inside it a string for long",
        "map<string,int> | \"string\" | \"{}\" | is map<string,int> but the schema's field v is a string",
        "struct<a:int> | {\"type\":\"record\",\"name\":\"N\",\"fields\":[{\"name\":\"a\",\"type\":\"string\"}]} | {\"a\":\"x\"} | inside it a string for int",
      })
  void recordOfASchemaThatDoesNotFitIsADeadLetter(
      String column, String field, String value, String reason) {
    TableDefinition table = table("id long, v " + column);
    String schema =
        row("{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"v\",\"type\":" + field + "}");

    parse(table, record(schema, "{\"id\":1,\"v\":" + value + "}"));

    assertThat(outcomes.all(), hasSize(1));
    String error = outcomes.all().get(0).path("deadLetter").asText();
    assertThat(
        error, containsString("Cannot read the record for silver.t: its schema does not fit"));
    assertThat(error, containsString("column v "));
    assertThat(error, containsString(reason));
    assertThat(error, not(containsString("secret")));
  }

  @Test
  void schemaMayChangeFromRecordToRecord() {
    TableDefinition table = table("id long, name string, size long, note string");
    String id = "{\"name\":\"id\",\"type\":\"int\"}";
    String name = "{\"name\":\"name\",\"type\":\"string\"}";
    String note = "{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null}";
    RawRecord first = record(row(id + "," + name), "{\"id\":1,\"name\":\"a\"}");
    RawRecord added =
        record(row(id + "," + note + "," + name), "{\"id\":2,\"note\":\"n\",\"name\":\"b\"}");
    RawRecord promoted =
        record(row("{\"name\":\"id\",\"type\":\"long\"}," + name), "{\"id\":3,\"name\":\"c\"}");
    RawRecord dropped = record(row(id), "{\"id\":4}");
    RawRecord unknown =
        record(row(id + ",{\"name\":\"more\",\"type\":\"int\"}"), "{\"id\":5,\"more\":6}");
    RawRecord broken = record(row("{\"name\":\"id\",\"type\":\"string\"}"), "{\"id\":\"6\"}");

    parse(table, first, added, promoted, dropped, unknown, broken, first);

    assertThat(
        outcomes.all().stream()
            .map(o -> o.path("after").toString() + o.path("rescued").asText())
            .toList(),
        is(
            List.of(
                "{\"id\":1,\"name\":\"a\"}",
                "{\"id\":2,\"name\":\"b\",\"note\":\"n\"}",
                "{\"id\":3,\"name\":\"c\"}",
                "{\"id\":4}",
                "{\"id\":5}{\"more\":6}",
                "",
                "{\"id\":1,\"name\":\"a\"}")));
    assertThat(
        outcomes.all().get(5).path("deadLetter").asText(),
        containsString("column id is long but the schema's field id is a string"));
  }

  @Test
  void anUnfitSchemaCostsOtherTablesNothing() {
    TableDefinition fit = table("id long, v string");
    TableDefinition unfit =
        fit.toBuilder().name("silver.u").columns(TypeText.columns("id long, v int")).build();
    RawRecord record =
        record(
            row("{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"v\",\"type\":\"string\"}"),
            "{\"id\":1,\"v\":\"x\"}");

    RecordParser.of(RecordFormat.AVRO, List.of(unfit, fit), schemas).parse(record, null, outcomes);

    assertThat(outcomes.changes(), hasSize(1));
    assertThat(outcomes.all().get(0).has("deadLetter"), is(true));
  }

  @Test
  void aRowOfAnExtractWhoseSchemaDoesNotFitStillConfirmsItsKey() {
    TableDefinition table =
        table("id long, size int, taken_at timestamptz").toBuilder()
            .sequenceBy("taken_at")
            .input(InputKind.SNAPSHOTS)
            .build();
    String schema =
        row(
            "{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"size\",\"type\":\"string\"},"
                + "{\"name\":\"taken_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}}");

    parse(table, record(schema, "{\"id\":1,\"size\":\"x\",\"taken_at\":0}"));

    assertThat(
        outcomes.all().stream().map(o -> o.fieldNames().next()).toList(),
        is(List.of("change", "quarantine", "change")));
  }

  @Test
  void unwantedFieldsAreRescuedAsJson() {
    String inner =
        "{\"type\":\"record\",\"name\":\"N\",\"fields\":[{\"name\":\"a\",\"type\":\"float\"},{\"name\":\"b\",\"type\":{\"type\":\"array\",\"items\":[\"null\",\"boolean\"]}}]}";
    String schema =
        row(
            "{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"n\",\"type\":"
                + inner
                + "},"
                + "{\"name\":\"price\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}},"
                + "{\"name\":\"raw\",\"type\":\"bytes\"},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"double\"}},"
                + "{\"name\":\"nothing\",\"type\":[\"null\",\"int\"]}");

    parse(
        table("id long"),
        record(
            schema,
            "{\"id\":1,\"n\":{\"a\":0.1,\"b\":[true,null]},\"price\":\"A+g=\",\"raw\":\"AQI=\",\"m\":{\"é\":\"NaN\"},\"nothing\":null}"));

    assertThat(
        outcomes.all().get(0).path("rescued").asText(),
        is(
            "{\"n\":{\"a\":0.1,\"b\":[true,null]},\"price\":10.00,\"raw\":\"AQI=\",\"m\":{\"é\":\"NaN\"},\"nothing\":null}"));
  }

  @Test
  void brokenRecordsAreDeadLettersAndSayWhere() {
    String schema =
        row(
            "{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"v\",\"type\":[\"null\",\"string\"]},"
                + "{\"name\":\"b\",\"type\":\"boolean\"}");
    byte[] good = record(schema, "{\"id\":1,\"v\":\"abc\",\"b\":true}").payload();
    TableDefinition table = table("id long, v string, b boolean");

    for (int length = 1; length < good.length; length++) {
      parse(table, raw(Arrays.copyOf(good, length)));
    }
    parse(table, raw(Arrays.copyOf(good, good.length + 1)));
    parse(table, raw(with(good, 6, 6)));
    parse(table, raw(with(good, 8, 0xff)));
    parse(table, raw(with(good, good.length - 1, 2)));
    parse(table, raw(with(good, 4, 99)));
    parse(table, raw(with(good, 0, 1)));

    assertThat(outcomes.changes(), hasSize(0));
    assertThat(outcomes.all(), hasSize(good.length + 5));
    for (ObjectNode outcome : outcomes.all()) {
      assertThat(outcome.path("deadLetter").asText(), startsWith("Cannot parse the record: "));
    }
    assertThat(last(0), containsString("it does not begin with a zero byte"));
    assertThat(last(1), containsString("there is no schema 99"));
    assertThat(last(2), containsString("no Avro data of its schema at byte " + (good.length - 1)));
    assertThat(last(3), containsString("text at byte 8 is not UTF-8"));
    assertThat(last(4), containsString("no Avro data of its schema at byte 6"));
    assertThat(last(5), containsString("bytes follow its Avro data at byte " + good.length));
    assertThat(last(6), containsString("truncated at byte " + (good.length - 1)));
  }

  private String last(int before) {
    return outcomes.all().get(outcomes.all().size() - 1 - before).path("deadLetter").asText();
  }

  @Test
  void aSchemaThatCannotBeAskedForStopsTheRun() {
    RawRecord record = record(row("{\"name\":\"id\",\"type\":\"long\"}"), "{\"id\":1}");
    WriterSchemas unreachable =
        id -> {
          throw new IllegalStateException("unreachable");
        };
    RecordParser parser =
        RecordParser.of(RecordFormat.AVRO, List.of(table("id long")), unreachable);

    assertThrows(IllegalStateException.class, () -> parser.parse(record, null, outcomes));
    assertThat(outcomes.all(), hasSize(0));
  }

  @Test
  void formatsOfAvroNeedSchemas() {
    Exception error =
        assertThrows(
            IllegalArgumentException.class,
            () -> RecordParser.of(RecordFormat.DEBEZIUM_AVRO, List.of(table("id long"))));
    assertThat(error.getMessage(), containsString("name a schema registry"));
  }

  private void parse(TableDefinition table, RawRecord... all) {
    RecordParser parser = RecordParser.of(RecordFormat.AVRO, List.of(table), schemas);
    for (RawRecord record : all) {
      parser.parse(record, null, outcomes);
    }
  }

  private static TableDefinition table(String columns) {
    return TableDefinition.builder()
        .name("silver.t")
        .columns(TypeText.columns(columns))
        .keyColumns("id")
        .build();
  }

  private static String row(String fields) {
    return "{\"type\":\"record\",\"name\":\"Row\",\"fields\":[" + fields + "]}";
  }

  private RawRecord record(String schema, String value) {
    Schema parsed = new Schema.Parser().parse(schema);
    try {
      JsonNode json = MAPPER.readTree(value);
      return raw(KnownSchemas.framed(schemas.add(parsed), ConnectAvro.encode(parsed, json)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value, e);
    }
  }

  private RawRecord raw(byte[] payload) {
    return RawRecord.of(
        "shop", payload, null, SourcePosition.inFile("f", records++), ParseCase.INGESTED_AT);
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    byte[] changed = bytes.clone();
    changed[index] = (byte) value;
    return changed;
  }
}
