package org.beamlakehouse.transforms.internal.cdc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.TombstoneMode;
import org.beamlakehouse.transforms.table.UnknownFields;

/**
 * One line of a case file: tables, the raw records of their source, and what is to come of them.
 *
 * <p>{@code tables} are names in {@code tables.json}. {@code records} hold the payload as JSON in
 * {@code value}, as text in {@code text} or as hexadecimal bytes in {@code hex}, and where they
 * matter {@code key}, {@code topic} and {@code schema} (name of a file beside, put around the value
 * as Kafka Connect does). {@code expect} lists the outcomes in order; only the members given are
 * compared, and {@code deadLetter}, {@code halt} and {@code error} need only be contained.
 */
public record ParseCase(String name, JsonNode json) {
  public static final Instant INGESTED_AT = Instant.parse("2026-01-01T00:00:00Z");

  private static final Path FOLDER = Path.of("src/test/resources/cdc");
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .setNodeFactory(
              com.fasterxml.jackson.databind.node.JsonNodeFactory.withExactBigDecimals(true));

  static Stream<ParseCase> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList().stream()
          .flatMap(ParseCase::ofFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<ParseCase> ofFile(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> !line.isBlank())
          .map(line -> of(file.getFileName() + ": ", line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ParseCase of(String prefix, String line) {
    try {
      JsonNode json = MAPPER.readTree(line);
      return new ParseCase(prefix + json.path("name").asText(), json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read the case " + line, e);
    }
  }

  RecordFormat format() {
    return RecordFormat.valueOf(json.path("format").asText("DEBEZIUM_JSON"));
  }

  List<TableDefinition> tables() {
    return stream(json.path("tables")).map(name -> table(name.asText())).toList();
  }

  List<RawRecord> records() {
    List<RawRecord> records = new ArrayList<>();
    for (JsonNode node : json.path("records")) {
      byte[] key = node.has("key") ? bytes(node.get("key").toString()) : null;
      String topic = node.path("topic").asText("");
      SourcePosition position =
          topic.isEmpty()
              ? SourcePosition.inFile("changes.jsonl", records.size())
              : SourcePosition.inTopic(topic, 0, records.size());
      records.add(RawRecord.of("shop", payload(node), key, position, INGESTED_AT));
    }
    return records;
  }

  List<JsonNode> expected() {
    return stream(json.path("expect")).toList();
  }

  Outcomes parse() {
    Outcomes outcomes = new Outcomes();
    RecordParser parser = RecordParser.of(format(), tables());
    records().forEach(record -> parser.parse(record, null, outcomes));
    return outcomes;
  }

  private static byte[] payload(JsonNode record) {
    if (record.has("hex")) {
      return HexFormat.of().parseHex(record.get("hex").asText());
    }
    if (record.has("text")) {
      return bytes(record.get("text").asText());
    }
    if (!record.has("value")) {
      return null;
    }
    String value = record.get("value").toString();
    if (record.has("schema")) {
      return bytes(
          "{\"schema\":" + read(record.get("schema").asText()) + ",\"payload\":" + value + "}");
    }
    return bytes(value);
  }

  static TableDefinition table(String name) {
    JsonNode json = readTree("tables.json").path(name);
    TableDefinition.Builder table =
        TableDefinition.builder()
            .name("silver." + name)
            .source("shop")
            .columns(TypeText.columns(json.path("columns").asText()))
            .keyColumns(json.path("key").asText("id").split(","))
            .input(InputKind.valueOf(json.path("input").asText("CHANGES")))
            .storage(StorageType.valueOf(json.path("storage").asText("LATEST")))
            .unknownFields(UnknownFields.valueOf(json.path("unknown").asText("RESCUE")));
    if (json.has("sourceTable")) {
      table.sourceTable(json.path("sourceTable").asText());
    }
    if (json.has("sequenceBy")) {
      table.sequenceBy(json.path("sequenceBy").asText().split(","));
    }
    if (json.has("sequenceTypes")) {
      Map<String, ColumnType> types = new HashMap<>();
      json.path("sequenceTypes")
          .fields()
          .forEachRemaining(
              type -> types.put(type.getKey(), TypeText.type(type.getValue().asText())));
      table.sequenceTypes(types);
    }
    if (json.has("eventTime")) {
      table.eventTime(json.path("eventTime").asText());
    }
    if (json.has("tombstones")) {
      table.tombstones(TombstoneMode.valueOf(json.path("tombstones").asText()));
    }
    if (json.has("deletes")) {
      table.applyAsDeletes(json.path("deletes").asText());
    }
    if (json.has("truncates")) {
      table.applyAsTruncates(json.path("truncates").asText());
    }
    return table.build();
  }

  public static JsonNode readTree(String file) {
    try {
      return MAPPER.readTree(read(file));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read " + file, e);
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(FOLDER.resolve(file)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  @Override
  public String toString() {
    return name;
  }
}
