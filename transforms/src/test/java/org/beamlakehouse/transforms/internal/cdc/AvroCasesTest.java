package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.ConnectAvro.NoAvroException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The records of the case files come to the same in Avro as they do in JSON, each written with a
 * schema of its own. Records that Avro cannot write, such as broken JSON, are left out.
 */
class AvroCasesTest {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Cases that are about JSON or about records without a schema, which Avro has not. */
  private static final Set<String> OTHERWISE =
      Set.of(
          "bad.jsonl: no objects",
          "bad.jsonl: images that are no objects",
          "bad.jsonl: bytes that are not UTF-8, also inside text",
          "bad.jsonl: deep nesting",
          "postgres.jsonl: placeholders of every type are unsent columns",
          "postgres.jsonl: a list of the placeholder's base64 is unsent",
          "postgres.jsonl: fields that no column reads are rescued as they are",
          "tombstones.jsonl: a tombstone directly behind its delete says nothing more",
          "tombstones.jsonl: a key may be plain text",
          "types.jsonl: floats",
          "types.jsonl: doubles",
          "types.jsonl: a double that overflows",
          "types.jsonl: numbers with huge exponents",
          "types.jsonl: dates without a schema",
          "types.jsonl: decimals without a schema",
          "types.jsonl: objects and arrays in a string column are their text",
          "types.jsonl: of lists, maps and structs only what no type names is rescued",
          "types.jsonl: maps and lists without a schema may be json text");

  static Stream<ParseCase> cases() {
    return ParseCase.all()
        .filter(test -> !OTHERWISE.contains(test.name()) && avroOf(test.format()) != null);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void recordsBecomeTheSameAsInJson(ParseCase test) {
    KnownSchemas schemas = new KnownSchemas();
    RecordParser jsonParser = RecordParser.of(test.format(), test.tables());
    RecordParser avroParser = RecordParser.of(avroOf(test.format()), test.tables(), schemas);
    for (RawRecord record : test.records()) {
      RawRecord avro;
      try {
        avro = inAvro(record, schemas);
      } catch (NoAvroException e) {
        continue;
      }
      Outcomes expected = new Outcomes();
      jsonParser.parse(record, null, expected);
      Outcomes got = new Outcomes();
      avroParser.parse(avro, null, got);
      assertThat(got.all().toString(), got.all(), hasSize(expected.all().size()));
      for (int i = 0; i < expected.all().size(); i++) {
        check(expected.all().get(i), got.all().get(i));
      }
    }
  }

  @Test
  void mostRecordsOfTheCasesCanBeWrittenInAvro() {
    long written =
        cases().flatMap(test -> test.records().stream()).filter(AvroCasesTest::isAvro).count();
    assertThat(written, greaterThan(250L));
  }

  private static void check(ObjectNode expected, ObjectNode got) {
    String rules = expected.path("quarantine").asText();
    boolean wrongType = rules.contains("type:");
    boolean wrongSequence = expected.path("error").asText().contains("sequenceByType");
    if ((wrongType || wrongSequence) && got.has("deadLetter")) {
      // In Avro it is told by the schema already that a column cannot be read.
      String field =
          wrongType
              ? "column " + rules.replaceAll("^.*?type:|,.*", "") + " is "
              : "sequence field (sequenceByType) ";
      assertThat(
          got.path("deadLetter").asText(),
          containsString("its schema does not fit the contract, " + field));
    } else {
      assertThat(got.toString(), is(expected.toString()));
    }
  }

  /** The format with the same records in Avro; null where there is none. */
  static RecordFormat avroOf(RecordFormat format) {
    return switch (format) {
      case DEBEZIUM_JSON -> RecordFormat.DEBEZIUM_AVRO;
      case JSON -> RecordFormat.AVRO;
      default -> null;
    };
  }

  private static boolean isAvro(RawRecord record) {
    try {
      return inAvro(record, new KnownSchemas()).payload() != null;
    } catch (NoAvroException e) {
      return false;
    }
  }

  /** A record in Avro; throws where Avro cannot write it. */
  static RawRecord inAvro(RawRecord record, KnownSchemas schemas) {
    return RawRecord.of(
        record.source(),
        framed(record.payload(), schemas),
        framed(record.key(), schemas),
        record.position(),
        record.ingestedAt());
  }

  private static byte[] framed(byte[] json, KnownSchemas schemas) {
    JsonNode tree;
    try {
      tree = json == null ? MAPPER.nullNode() : MAPPER.readTree(json);
    } catch (IOException e) {
      throw new NoAvroException("no JSON");
    }
    if (tree.isArray() || tree.isMissingNode()) {
      throw new NoAvroException("no record");
    }
    boolean connect = tree.has("schema") && tree.has("payload") && tree.size() == 2;
    JsonNode value = connect ? tree.get("payload") : tree;
    if (value.isNull()) {
      return null;
    }
    ConnectAvro avro = new ConnectAvro();
    Schema schema = connect ? avro.schema(tree.get("schema"), value) : avro.told(value);
    return KnownSchemas.framed(schemas.add(schema), ConnectAvro.encode(schema, value));
  }
}
