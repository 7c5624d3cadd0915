package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;

/**
 * Connector messages collected elsewhere, read where their folder lies beside the repository. They
 * come in the order of their log, so replaying them plainly gives the table they should.
 */
class SharedCasesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final TableDefinition products =
      TableDefinition.builder()
          .name("silver.products")
          .columns(TypeText.columns("id long, name string, description string, weight float"))
          .keyColumns("id")
          .build();

  @Test
  void messagesGiveTheExpectedTable() throws IOException {
    for (JsonNode test : cases()) {
      Outcomes outcomes = new Outcomes();
      RecordParser parser = RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(products));
      int number = 0;
      for (JsonNode event : test.get("events")) {
        parser.parse(
            RawRecord.of(
                "",
                bytes(event.get("value")),
                bytes(event.get("key")),
                SourcePosition.inFile("cases.jsonl", number++),
                ParseCase.INGESTED_AT),
            null,
            outcomes);
      }
      JsonNode expected = test.get("expect");
      JsonNode table =
          expected.has("final") ? expected.get("final") : expected.get("final_without_delete");
      assertThat(test.get("id").asText(), replay(outcomes.changes()), is(rows(table)));
      int unidentified = expected.has("final_without_delete") ? 1 : 0;
      List<?> bad = outcomes.all().stream().filter(o -> o.has("quarantine")).toList();
      assertThat(test.get("id").asText(), bad.size(), is(unidentified));
      assertThat(outcomes.all().stream().filter(o -> o.has("deadLetter")).count(), is(0L));
      if (unidentified > 0) {
        assertThat(bad.toString(), containsString("identifies no row"));
      }
    }
  }

  @Test
  void everyMessageOfARealHistoryIsAChange() throws IOException {
    Path folder = shared("data/ourairports");
    TableDefinition countries =
        TableDefinition.builder()
            .name("silver.countries")
            .columns(
                TypeText.columns(
                    "id string, code string, name string, continent string,"
                        + " wikipedia_link string, keywords string"))
            .keyColumns("id")
            .build();
    RecordParser parser = RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(countries));
    Outcomes outcomes = new Outcomes();
    List<String> lines = unzipped(folder.resolve("countries.changes.jsonl.gz"));
    for (int i = 0; i < lines.size(); i++) {
      parser.parse(
          RawRecord.of(
              "",
              lines.get(i).getBytes(StandardCharsets.UTF_8),
              null,
              SourcePosition.inFile("countries", i),
              ParseCase.INGESTED_AT),
          null,
          outcomes);
    }
    assertThat(outcomes.changes().size(), is(lines.size()));
    assertThat(outcomes.changes().stream().noneMatch(c -> c.rescuedData() != null), is(true));
  }

  private static List<String> unzipped(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  private static Map<Long, String> replay(List<ChangeEvent> changes) {
    Map<Long, String> table = new TreeMap<>();
    for (ChangeEvent change : changes) {
      Long id = change.key().getInt64("id");
      if (change.operation().isUpsert()) {
        Row row = change.after();
        table.put(
            id,
            row.getString("name")
                + "|"
                + row.getString("description")
                + "|"
                + row.getFloat("weight"));
      } else {
        table.remove(id);
      }
    }
    return table;
  }

  private static Map<Long, String> rows(JsonNode expected) {
    Map<Long, String> table = new TreeMap<>();
    for (JsonNode row : expected) {
      table.put(
          row.get("id").asLong(),
          row.get("name").asText()
              + "|"
              + row.get("description").asText()
              + "|"
              + row.get("weight").floatValue());
    }
    return table;
  }

  private static List<JsonNode> cases() throws IOException {
    try (Stream<String> lines = Files.lines(shared("cases/cdc.jsonl"))) {
      List<JsonNode> cases = new ArrayList<>();
      for (String line : lines.toList()) {
        cases.add(MAPPER.readTree(line));
      }
      return cases;
    }
  }

  private static Path shared(String path) {
    Path shared = Path.of("../../shared").resolve(path);
    if (!Files.exists(shared)) {
      // The reason of a skipped test is shown nowhere.
      String missing = "there is no shared/" + path + " beside the repository";
      System.err.println("DID NOT RUN: " + SharedCasesTest.class.getName() + ": " + missing);
      assumeTrue(false, missing);
    }
    return shared;
  }

  private static byte[] bytes(JsonNode text) {
    return text == null || text.isNull() ? null : text.asText().getBytes(StandardCharsets.UTF_8);
  }
}
