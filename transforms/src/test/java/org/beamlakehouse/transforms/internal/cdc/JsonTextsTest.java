package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What JSON allows, forbids and leaves open ({@code json/texts.txt}), as a record and inside
 * records of every format: each ends in exactly one place, and costs the record behind it nothing.
 */
class JsonTextsTest {
  private static final List<RecordFormat> FORMATS =
      List.of(
          RecordFormat.JSON,
          RecordFormat.DEBEZIUM_JSON,
          RecordFormat.MAXWELL_JSON,
          RecordFormat.CANAL_JSON);

  /**
   * A text.
   *
   * @param kind {@code y} where it is JSON, {@code n} where it is not, {@code i} where both may be
   *     said
   * @param shown as it is written in the file
   */
  record Text(char kind, String shown) {
    byte[] bytes() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = 0; i < shown.length(); i++) {
        if (shown.charAt(i) == '%') {
          bytes.write(Integer.parseInt(shown, i + 1, i + 3, 16));
          i += 2;
        } else {
          bytes.write(shown.charAt(i));
        }
      }
      return bytes.toByteArray();
    }

    @Override
    public String toString() {
      return kind + " " + shown.substring(0, Math.min(shown.length(), 60));
    }
  }

  static Stream<Text> texts() {
    try {
      return Files.readAllLines(Path.of("src/test/resources/json/texts.txt")).stream()
          .filter(line -> !line.startsWith("#"))
          .map(line -> new Text(line.charAt(0), line.substring(2)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void everyTextInsideARecordEndsInOnePlace(Text text) {
    for (RecordFormat format : FORMATS) {
      for (String field : List.of("unread", "s", "d", "m", "st")) {
        RecordParser parser = RecordParser.of(format, List.of(table()));
        ObjectNode got = one(parser, record(format, field, text.bytes()));
        String seen = format + " " + field + ": " + got;
        if (text.kind != 'i') {
          assertThat(seen, got.has("deadLetter"), is(text.kind == 'n'));
        }
        if (text.kind == 'y' && field.equals("unread")) {
          String json = new String(text.bytes(), StandardCharsets.UTF_8).strip();
          assertThat(seen, got.path("rescued").asText(), is("{\"unread\":" + json + "}"));
        }
        assertThatTheNextIsAsIfAlone(format, parser, seen);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void everyTextAsARecordEndsInOnePlace(Text text) {
    for (RecordFormat format : FORMATS) {
      RecordParser parser = RecordParser.of(format, List.of(table()));
      ObjectNode got = one(parser, text.bytes());
      if (text.kind == 'n') {
        assertThat(format + ": " + got, got.has("deadLetter"), is(true));
      }
      assertThatTheNextIsAsIfAlone(format, parser, format + ": " + got);
    }
  }

  private static void assertThatTheNextIsAsIfAlone(
      RecordFormat format, RecordParser parser, String seen) {
    byte[] good = record(format, "s", "\"good\"".getBytes(StandardCharsets.UTF_8));
    ObjectNode alone = one(RecordParser.of(format, List.of(table())), good);
    assertThat(seen, one(parser, good), is(alone));
  }

  private static ObjectNode one(RecordParser parser, byte[] payload) {
    Outcomes outcomes = new Outcomes();
    parser.parse(
        RawRecord.of(
            "shop",
            payload,
            null,
            SourcePosition.inFile("changes.jsonl", 0),
            ParseCase.INGESTED_AT),
        null,
        outcomes);
    assertThat(outcomes.all().toString(), outcomes.all(), hasSize(1));
    return outcomes.all().get(0);
  }

  private static byte[] record(RecordFormat format, String field, byte[] value) {
    String begin =
        switch (format) {
          case DEBEZIUM_JSON -> "{\"before\":null,\"after\":{\"id\":1,";
          case MAXWELL_JSON ->
              "{\"table\":\"t\",\"type\":\"insert\",\"ts\":1,\"xid\":1,\"data\":{\"id\":1,";
          case CANAL_JSON ->
              "{\"table\":\"t\",\"type\":\"INSERT\",\"es\":1,\"ts\":1,\"data\":[{\"id\":\"1\",";
          default -> "{\"id\":1,";
        };
    String end =
        switch (format) {
          case DEBEZIUM_JSON -> "},\"source\":{\"lsn\":1,\"table\":\"t\"},\"op\":\"c\"}";
          case MAXWELL_JSON -> "}}";
          case CANAL_JSON -> "}]}";
          default -> "}";
        };
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes((begin + "\"" + field + "\":").getBytes(StandardCharsets.UTF_8));
    record.writeBytes(value);
    record.writeBytes(end.getBytes(StandardCharsets.UTF_8));
    return record.toByteArray();
  }

  private static TableDefinition table() {
    List<Column> columns = new ArrayList<>(TypeText.columns("id long, s string, d double"));
    columns.addAll(TypeText.columns("m map<string,list<int>>, st struct<a:struct<b:int>>"));
    return TableDefinition.builder()
        .name("silver.t")
        .columns(columns)
        .keyColumns("id")
        .storage(StorageType.EVENTS)
        .build();
  }
}
