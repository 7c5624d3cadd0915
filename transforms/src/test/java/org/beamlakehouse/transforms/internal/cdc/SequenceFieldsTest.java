package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fields that order changes and are no columns: each line of {@code sequences/fields.txt} is tried
 * in every way of coming that it names, in JSON and in Avro, as the first and as the second field,
 * for each way of keeping rows.
 */
class SequenceFieldsTest {
  private static final Path FILE = Path.of("src/test/resources/sequences/fields.txt");
  private static final String NO_PLACE = "! ";

  private record Line(String way, String type, String value, String later) {

    String field() {
      return switch (way) {
        case "source" -> "source.commit_scn";
        case "flatsource" -> "__source_commit_scn";
        default -> "placed";
      };
    }

    RecordFormat format() {
      return switch (way) {
        case "json" -> RecordFormat.JSON;
        case "maxwell" -> RecordFormat.MAXWELL_JSON;
        case "canal" -> RecordFormat.CANAL_JSON;
        default -> RecordFormat.DEBEZIUM_JSON;
      };
    }

    RawRecord record(String json, long place) {
      String row = way.equals("canal") ? "{\"id\":\"1\",\"rev\":\"1\"" : "{\"id\":1,\"rev\":1";
      String placed = row + ",\"placed\":" + json + "}";
      String payload =
          switch (way) {
            case "json" -> placed;
            case "flat" -> row + ",\"placed\":" + json + ",\"__op\":\"c\",\"__table\":\"t\"}";
            case "flatsource" ->
                row + ",\"__op\":\"c\",\"__table\":\"t\",\"__source_commit_scn\":" + json + "}";
            case "maxwell" ->
                "{\"table\":\"t\",\"type\":\"insert\",\"ts\":1,\"xid\":1,\"data\":" + placed + "}";
            case "canal" ->
                "{\"table\":\"t\",\"type\":\"INSERT\",\"es\":1,\"ts\":1,\"data\":[" + placed + "]}";
            default -> {
              boolean inRow = way.equals("debezium");
              yield "{\"before\":null,\"after\":"
                  + (inRow ? placed : row + "}")
                  + ",\"source\":{\"table\":\"t\",\"ts_ms\":1"
                  + (inRow ? "" : ",\"commit_scn\":" + json)
                  + "},\"op\":\"c\"}";
            }
          };
      return RawRecord.of(
          "shop",
          payload.getBytes(StandardCharsets.UTF_8),
          null,
          SourcePosition.inFile("changes.jsonl", place),
          ParseCase.INGESTED_AT);
    }

    TableDefinition table(StorageType storage, String... fields) {
      return TableDefinition.builder()
          .name("silver.t")
          .columns(TypeText.columns("id long, rev int"))
          .keyColumns("id")
          .storage(storage)
          .sequenceBy(fields)
          .sequenceTypes(type.equals("-") ? Map.of() : Map.of(field(), TypeText.type(type)))
          .build();
    }

    @Override
    public String toString() {
      return way + ", " + type + ": " + value + ", " + later;
    }
  }

  static Stream<Line> lines() {
    try {
      return Files.readAllLines(FILE).stream()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| "))
          .flatMap(
              cells ->
                  Arrays.stream(cells[0].split("; "))
                      .map(way -> new Line(way, cells[1], cells[2], cells[3])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void theTypeTellsTheOrder(Line line) {
    for (StorageType storage : StorageType.values()) {
      for (TableDefinition table :
          List.of(line.table(storage, line.field()), line.table(storage, "rev", line.field()))) {
        check(line, table, false);
        if (AvroCasesTest.avroOf(line.format()) != null) {
          check(line, table, true);
        }
      }
    }
  }

  private static void check(Line line, TableDefinition table, boolean inAvro) {
    // Were the two equal, the later one would have the lower place.
    Outcomes first = parse(line, table, line.value(), 2, inAvro);
    if (line.later().startsWith(NO_PLACE)) {
      assertThat(first.changes(), hasSize(0));
      String said = first.all().toString();
      assertThat(said, containsString("sequence"));
      assertThat(said, containsString(line.field()));
      if (!first.all().get(0).has("deadLetter")) {
        assertThat(said, containsString(line.later().substring(NO_PLACE.length())));
      } else {
        assertThat(said, containsString("sequenceByType"));
      }
      return;
    }
    Outcomes second = parse(line, table, line.later(), 1, inAvro);
    assertThat(first.all().toString(), first.changes(), hasSize(1));
    assertThat(second.all().toString(), second.changes(), hasSize(1));
    ChangeEvent one = first.changes().get(0);
    ChangeEvent other = second.changes().get(0);
    assertThat(one.sequence(), lessThan(other.sequence()));
    assertThat(one.validTime(), instanceOf(table.validTimeType().zero().getClass()));
  }

  private static Outcomes parse(
      Line line, TableDefinition table, String json, long place, boolean inAvro) {
    Outcomes outcomes = new Outcomes();
    RawRecord record = line.record(json, place);
    if (inAvro) {
      KnownSchemas schemas = new KnownSchemas();
      RecordParser.of(AvroCasesTest.avroOf(line.format()), List.of(table), schemas)
          .parse(AvroCasesTest.inAvro(record, schemas), null, outcomes);
    } else {
      RecordParser.of(line.format(), List.of(table)).parse(record, null, outcomes);
    }
    return outcomes;
  }
}
