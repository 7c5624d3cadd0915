package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.DecimalEncoding;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.TimestampUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of a value of each type in each way that connectors write it, told by a schema,
 * declared or neither: the tables of {@code values/*.txt}, of which each line is tried for every
 * way that it names.
 */
class ValuesTest {
  private static final Path FOLDER = Path.of("src/test/resources/values");
  private static final String CANNOT = "!";

  /**
   * A value and what becomes of it.
   *
   * @param way how its record is written: {@code json}, {@code maxwell}, {@code canal}, {@code
   *     debezium} and {@code flat} (without a schema), {@code schema BASE [NAME]}, {@code decimal
   *     SCALE}
   */
  record Value(String way, String type, String declared, String json, String expected) {

    RecordFormat format() {
      return switch (way) {
        case "json" -> RecordFormat.JSON;
        case "maxwell" -> RecordFormat.MAXWELL_JSON;
        case "canal" -> RecordFormat.CANAL_JSON;
        default -> RecordFormat.DEBEZIUM_JSON;
      };
    }

    boolean hasSchema() {
      return way.contains(" ");
    }

    String record() {
      String row = "{\"id\":" + (way.equals("canal") ? "\"1\"" : "1") + ",\"v\":" + json;
      String source = "\"source\":{\"lsn\":1,\"ts_ms\":1,\"table\":\"t\"}";
      String envelope = "{\"before\":null,\"after\":" + row + "}," + source + ",\"op\":\"c\"}";
      return switch (way) {
        case "json" -> row + "}";
        case "flat" -> row + ",\"__op\":\"c\",\"__table\":\"t\",\"__lsn\":1}";
        case "maxwell" ->
            "{\"table\":\"t\",\"type\":\"insert\",\"ts\":1,\"xid\":1,\"data\":" + row + "}}";
        case "canal" ->
            "{\"table\":\"t\",\"type\":\"INSERT\",\"es\":1,\"ts\":1,\"data\":[" + row + "}]}";
        case "debezium" -> envelope;
        default -> "{\"schema\":" + schema() + ",\"payload\":" + envelope + "}";
      };
    }

    private String schema() {
      String row =
          "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"},{"
              + valueSchema()
              + ",\"optional\":true,\"field\":\"v\"}],\"optional\":true,\"field\":\"%s\"}";
      return "{\"type\":\"struct\",\"fields\":["
          + String.format(row, "before")
          + ","
          + String.format(row, "after")
          + ",{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"lsn\"},"
          + "{\"type\":\"int64\",\"field\":\"ts_ms\"},{\"type\":\"string\",\"field\":\"table\"}],"
          + "\"field\":\"source\"},{\"type\":\"string\",\"field\":\"op\"}]}";
    }

    private String valueSchema() {
      String[] words = way.split(" ");
      if (words[0].equals("decimal")) {
        return "\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
            + "\"parameters\":{\"scale\":\""
            + words[1]
            + "\"}";
      }
      String name = words.length > 2 ? ",\"name\":\"" + words[2] + "\"" : "";
      String fields = words[1].equals("struct") ? ",\"fields\":[]" : "";
      return "\"type\":\"" + words[1] + "\"" + name + fields;
    }

    RawRecord rawRecord() {
      return RawRecord.of(
          "shop",
          record().getBytes(StandardCharsets.UTF_8),
          null,
          SourcePosition.inFile("changes.jsonl", 0),
          ParseCase.INGESTED_AT);
    }

    /** A table with the value, for which it is declared, or for all of which it is. */
    TableDefinition table(boolean forColumn) {
      Column.Builder column = Column.builder().name("v").type(TypeText.type(type));
      TableDefinition.Builder table =
          TableDefinition.builder().name("silver.t").keyColumns("id").storage(StorageType.EVENTS);
      if (!declared.equals("-")) {
        String constant = declared.toUpperCase(Locale.ROOT);
        boolean encoding =
            Arrays.stream(DecimalEncoding.values()).anyMatch(e -> e.name().equals(constant));
        if (encoding && forColumn) {
          // The nearer word counts.
          table.decimalEncoding(
              declared.equals("text") ? DecimalEncoding.BASE64 : DecimalEncoding.TEXT);
          column.decimalEncoding(DecimalEncoding.valueOf(constant));
        } else if (encoding) {
          table.decimalEncoding(DecimalEncoding.valueOf(constant));
        } else if (forColumn) {
          table.timestampUnit(declared.equals("days") ? TimestampUnit.NANOS : TimestampUnit.DAYS);
          column.timestampUnit(TimestampUnit.valueOf(constant));
        } else {
          table.timestampUnit(TimestampUnit.valueOf(constant));
        }
      }
      return table.columns(Column.of("id", TypeText.type("long")), column.build()).build();
    }

    @Override
    public String toString() {
      return way + ", " + type + ", " + declared + ": " + json;
    }
  }

  static Stream<Value> values() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream().flatMap(ValuesTest::ofFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Value> ofFile(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .flatMap(ValuesTest::ofLine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Value> ofLine(String line) {
    List<String> parts = Arrays.stream(line.split(" \\|", -1)).map(String::strip).toList();
    return Arrays.stream(parts.get(0).split(";"))
        .map(way -> new Value(way.strip(), parts.get(1), parts.get(2), parts.get(3), parts.get(4)));
  }

  static Stream<Value> valuesWithSchema() {
    return values().filter(Value::hasSchema);
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesAreTakenAsToldOrDeclared(Value value) {
    for (boolean forColumn : new boolean[] {true, false}) {
      RecordParser parser = RecordParser.of(value.format(), List.of(value.table(forColumn)));
      check(value, parse(parser, value.rawRecord()), "quarantine");
    }
  }

  @ParameterizedTest
  @MethodSource("valuesWithSchema")
  void inAvroTheyAreTheSame(Value value) {
    for (boolean forColumn : new boolean[] {true, false}) {
      KnownSchemas schemas = new KnownSchemas();
      RawRecord avro = AvroCasesTest.inAvro(value.rawRecord(), schemas);
      RecordParser parser =
          RecordParser.of(RecordFormat.DEBEZIUM_AVRO, List.of(value.table(forColumn)), schemas);
      ObjectNode got = parse(parser, avro);
      if (value.expected.startsWith(CANNOT) && got.has("deadLetter")) {
        // The schema alone tells that no value can be read.
        assertThat(got.path("deadLetter").asText(), containsString("column v is "));
      } else {
        check(value, got, "quarantine");
      }
    }
  }

  private static ObjectNode parse(RecordParser parser, RawRecord record) {
    Outcomes outcomes = new Outcomes();
    parser.parse(record, null, outcomes);
    assertThat(outcomes.all().toString(), outcomes.all().size(), is(1));
    return outcomes.all().get(0);
  }

  private static void check(Value value, ObjectNode got, String refusal) {
    if (value.expected.startsWith(CANNOT)) {
      assertThat(got.toString(), got.path(refusal).asText(), is("type:v"));
      assertThat(got.path("error").asText(), containsString(value.expected.substring(1).strip()));
    } else if (value.expected.equals("unsent")) {
      assertThat(got.toString(), got.path("unsent").toString(), is("[\"v\"]"));
    } else {
      JsonNode stored = got.path("after").path("v");
      assertThat(
          got.toString(),
          stored.isTextual() ? stored.asText() : stored.toString(),
          is(value.expected));
    }
  }
}
