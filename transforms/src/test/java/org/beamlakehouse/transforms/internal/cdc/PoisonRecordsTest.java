package org.beamlakehouse.transforms.internal.cdc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No number in a record, however large, ends more than the record; what others throw does. */
class PoisonRecordsTest {
  private static final List<String> NUMBERS =
      List.of(
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "1e400",
          "-1e-400",
          "1e999999999",
          "9".repeat(400),
          "0.5",
          "-1");

  private static final TableDefinition TABLE =
      TableDefinition.builder()
          .name("silver.items")
          .source("items")
          .columns(
              List.of(
                  Column.builder().name("id").type(ColumnType.LONG).required(true).build(),
                  Column.of("amount", ColumnType.decimal(10, 2)),
                  Column.of("at", ColumnType.TIMESTAMPTZ),
                  Column.of("day", ColumnType.DATE),
                  Column.builder()
                      .name("twice")
                      .type(ColumnType.LONG)
                      .expression("units * 2")
                      .build()))
          .keyColumns(List.of("id"))
          .build();

  private static final String DEBEZIUM =
      "{\"op\":\"c\",\"ts_ms\":1700000000000,\"ts_us\":1700000000000000,\"ts_ns\":1700000000000000000,"
          + "\"after\":{\"id\":1,\"amount\":1,\"at\":1,\"day\":1,\"units\":1},"
          + "\"source\":{\"connector\":\"postgresql\",\"db\":\"d\",\"schema\":\"s\",\"table\":\"items\","
          + "\"lsn\":100,\"txId\":5,\"ts_ms\":1700000000000,\"ts_us\":1700000000000000,"
          + "\"ts_ns\":1700000000000000000}}";

  private static final String MYSQL =
      "{\"op\":\"c\",\"ts_ms\":1700000000000,\"after\":{\"id\":1,\"amount\":1,\"at\":1,\"day\":1,\"units\":1},"
          + "\"source\":{\"connector\":\"mysql\",\"db\":\"d\",\"table\":\"items\",\"file\":\"bin.1\","
          + "\"pos\":100,\"row\":5,\"server_id\":1,\"ts_ms\":1700000000000,\"ts_us\":1700000000000000}}";

  private static final String MAXWELL =
      "{\"database\":\"d\",\"table\":\"items\",\"type\":\"insert\",\"ts\":1700000000,\"xid\":7,"
          + "\"position\":\"bin.1:100\",\"xoffset\":3,\"data\":{\"id\":1,\"amount\":1,\"at\":1,\"day\":1,\"units\":1}}";

  private static final String CANAL =
      "{\"database\":\"d\",\"table\":\"items\",\"type\":\"INSERT\",\"es\":1700000000000,\"ts\":1700000000001,"
          + "\"isDdl\":false,\"id\":4,\"data\":[{\"id\":\"1\",\"amount\":\"1\",\"at\":\"1\",\"day\":\"1\",\"units\":\"1\"}]}";

  record Case(RecordFormat format, String record) {}

  /** Each number of each record in turn becomes each extreme one. */
  static Stream<Case> poison() {
    List<Case> cases = new ArrayList<>();
    add(cases, RecordFormat.DEBEZIUM_JSON, DEBEZIUM);
    add(cases, RecordFormat.DEBEZIUM_JSON, MYSQL);
    add(cases, RecordFormat.MAXWELL_JSON, MAXWELL);
    add(cases, RecordFormat.CANAL_JSON, CANAL);
    return cases.stream();
  }

  private static void add(List<Case> cases, RecordFormat format, String record) {
    var numbers = java.util.regex.Pattern.compile("(?<=[:\"])\\d+(?=[,}\"])").matcher(record);
    while (numbers.find()) {
      for (String number : NUMBERS) {
        cases.add(
            new Case(
                format,
                record.substring(0, numbers.start()) + number + record.substring(numbers.end())));
      }
    }
  }

  @Test
  void everyNumberMayBeAnything() {
    List<String> wrong = new ArrayList<>();
    poison()
        .forEach(
            poisoned -> {
              RecordParser parser = RecordParser.of(poisoned.format(), List.of(TABLE));
              List<String> told = new ArrayList<>();
              try {
                parser.parse(raw(poisoned.record()), null, sink(told));
              } catch (RuntimeException | Error e) {
                wrong.add(e + ": " + poisoned.record());
                return;
              }
              if (told.size() != 1) {
                wrong.add(told + ": " + poisoned.record());
              }
            });
    assertThat(wrong, is(List.of()));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatOthersThrowIsNotTheRecords(Throwable failure) {
    RecordParser parser = RecordParser.of(RecordFormat.DEBEZIUM_JSON, List.of(TABLE));
    List<String> told = new ArrayList<>();
    ParseSink broken =
        new Collecting(told) {
          @Override
          public void change(TableDefinition table, ChangeEvent event) {
            throw raised(failure);
          }
        };

    Throwable thrown =
        assertThrows(
            Throwable.class,
            () -> parser.parse(raw(DEBEZIUM.replace("\"at\":1,", "")), null, broken));

    assertThat(thrown, is(sameInstance(failure)));
    assertThat(told, is(List.of()));
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("the disk is full"),
        new StackOverflowError(),
        new AssertionError("other"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aRegistryThatFailsIsNotTheRecords(Throwable failure) {
    WriterSchemas schemas =
        id -> {
          throw raised(failure);
        };
    RecordParser parser = RecordParser.of(RecordFormat.DEBEZIUM_AVRO, List.of(TABLE), schemas);
    RawRecord record =
        RawRecord.of(
            "items",
            new byte[] {0, 0, 0, 0, 7, 1, 2},
            null,
            SourcePosition.inFile("f", 0),
            Instant.EPOCH);

    Throwable thrown =
        assertThrows(
            Throwable.class, () -> parser.parse(record, null, new Collecting(new ArrayList<>())));

    assertThat(thrown, is(sameInstance(failure)));
  }

  @Test
  void whatReadingThrowsIsToldWithoutTheValueThatItNames() {
    SinkGuard guard = new SinkGuard();
    guard.open(new Collecting(new ArrayList<>()));
    NumberFormatException error = new NumberFormatException("For input string: \"4111-1111\"");

    assertThat(guard.isOfTheRecord(error), is(true));
    assertThat(SinkGuard.told(error), containsString("NumberFormatException in PoisonRecordsTest"));
    assertThat(SinkGuard.told(error), not(containsString("4111")));
  }

  private static RawRecord raw(String json) {
    return RawRecord.of(
        "items",
        json.getBytes(StandardCharsets.UTF_8),
        null,
        SourcePosition.inFile("f.jsonl", 0),
        Instant.parse("2024-01-01T00:00:00Z"));
  }

  private static ParseSink sink(List<String> told) {
    return new Collecting(told);
  }

  private static RuntimeException raised(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  private static class Collecting implements ParseSink {
    private final List<String> told;

    Collecting(List<String> told) {
      this.told = told;
    }

    @Override
    public void change(TableDefinition table, ChangeEvent event) {
      told.add("change");
    }

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {
      told.add("quarantine");
    }

    @Override
    public void deadLetter(String error) {
      told.add("dead letter: " + error);
    }

    @Override
    public void halt(TableDefinition table, String error) {
      told.add("halt");
    }

    @Override
    public void skipped(SkipReason reason) {
      told.add("skipped");
    }
  }
}
