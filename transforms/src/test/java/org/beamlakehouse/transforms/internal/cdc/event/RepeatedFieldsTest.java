package org.beamlakehouse.transforms.internal.cdc.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.ParseCase;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.TypeText;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of two fields of one name in an object the last one holds, and the row is counted. */
class RepeatedFieldsTest {
  private final RecordParser parser =
      RecordParser.of(
          RecordFormat.JSON,
          List.of(
              TableDefinition.builder()
                  .name("silver.t")
                  .columns(
                      TypeText.columns(
                          "id long, v int, c int from o.c, s struct<a:int>, m map<string,int>"))
                  .keyColumns("id")
                  .storage(StorageType.EVENTS)
                  .build()));

  /** Each line: fields of a row | 1 where it is counted | the column v. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"v\": 1 | 0 | 1",
        "\"v\": 1, \"v\": 2 | 1 | 2",
        "\"v\": 1, \"\\u0076\": 2 | 1 | 2",
        "\"v\": 3, \"x\": 1, \"x\": 1 | 1 | 3",
        "\"v\": 3, \"o\": {\"c\": 1, \"c\": 1} | 1 | 3",
        "\"v\": 3, \"s\": {\"a\": 1, \"a\": 1} | 1 | 3",
        "\"v\": 3, \"m\": {\"a\": 1, \"a\": 1} | 1 | 3",
        "\"v\": 3, \"m\": {\"v\": 1}, \"s\": {\"v\": 1}, \"o\": {\"v\": 1} | 0 | 3",
      })
  void rowsAreCounted(String fields, int count, int v) {
    Counted counted = new Counted();
    parser.parse(record("{\"id\":1," + fields + "}"), null, counted);

    assertThat(counted.rows.get(), is(count));
    assertThat(counted.last.after().getValue("v"), is((Object) v));
  }

  @Test
  void theNextRowIsNotCounted() {
    Counted counted = new Counted();
    parser.parse(record("{\"id\":1,\"v\":1,\"v\":2}"), null, counted);
    parser.parse(record("{\"id\":1,\"v\":1}"), null, counted);
    parser.parse(record("{\"id\":1,\"v\":1,\"v\":2"), null, counted);
    parser.parse(record("{\"id\":1,\"v\":1}"), null, counted);

    assertThat(counted.rows.get(), is(1));
  }

  private static RawRecord record(String payload) {
    return RawRecord.of(
        "shop",
        payload.getBytes(StandardCharsets.UTF_8),
        null,
        SourcePosition.inFile("changes.jsonl", 0),
        ParseCase.INGESTED_AT);
  }

  private static final class Counted implements ParseSink {
    private final AtomicInteger rows = new AtomicInteger();
    private ChangeEvent last;

    @Override
    public void change(TableDefinition table, ChangeEvent event) {
      last = event;
    }

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {
      throw new AssertionError(error);
    }

    @Override
    public void deadLetter(String error) {
      // The damaged one.
    }

    @Override
    public void halt(TableDefinition table, String error) {
      throw new AssertionError(error);
    }

    @Override
    public void skipped(SkipReason reason) {
      throw new AssertionError(reason.name());
    }

    @Override
    public void repeatedField(TableDefinition table) {
      rows.incrementAndGet();
    }
  }
}
