package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.SchemaBuilder;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler.BadRecordErrorHandler;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.RawRecordCoder;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.internal.cdc.KnownSchemas;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.InputKind;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;
import org.junit.jupiter.api.Test;

class ParseCdcTest {
  private static final String GOOD =
      "{\"before\":null,\"after\":{\"id\":%s,\"name\":\"a\"},\"source\":{\"table\":\"t\",\"lsn\":1,"
          + "\"ts_ms\":5},\"op\":\"c\"}";

  private final TableDefinition table =
      TableDefinition.builder()
          .name("silver.t")
          .columns(Column.of("id", ColumnType.LONG), Column.of("name", ColumnType.STRING))
          .keyColumns("id")
          .build();

  private final Pipeline pipeline = Pipeline.create();

  @Test
  void changesAndBadRecordsComeApart() {
    PCollectionTuple parsed =
        records(GOOD.formatted(1), GOOD.formatted("\"x\""), "{", "", GOOD.formatted(2))
            .apply(ParseCdc.of(RecordFormat.DEBEZIUM_JSON, List.of(table)));

    PAssert.that(keys(parsed.get(ParseCdc.CHANGES))).containsInAnyOrder(1L, 2L);
    PAssert.that(descriptions(parsed.get(ParseCdc.BAD_RECORDS)))
        .containsInAnyOrder(
            "Cannot accept the record for silver.t: column id is long but got a string",
            "Cannot parse the record: the JSON is truncated at byte 1");
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    assertThat(
        counters(result),
        is(Map.of("changes", 2L, "quarantined", 1L, "dead_letters", 1L, "skipped.tombstone", 1L)));
  }

  @Test
  void recordsInAvroAreReadByTheirWritersSchemas() {
    KnownSchemas schemas = new KnownSchemas();
    int id =
        schemas.add(
            SchemaBuilder.record("r")
                .fields()
                .requiredLong("id")
                .requiredString("name")
                .endRecord());
    byte[] data = {4, 2, 'a'};
    PCollectionTuple parsed =
        pipeline
            .apply(
                Create.of(
                        record(KnownSchemas.framed(id, data), 0),
                        record(KnownSchemas.framed(id + 1, data), 1))
                    .withCoder(RawRecordCoder.of()))
            .apply(ParseCdc.of(RecordFormat.AVRO, List.of(table)).withWriterSchemas(schemas));

    PAssert.that(keys(parsed.get(ParseCdc.CHANGES))).containsInAnyOrder(2L);
    PAssert.that(descriptions(parsed.get(ParseCdc.BAD_RECORDS)))
        .containsInAnyOrder("Cannot parse the record: there is no schema 2");
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    assertThat(counters(result), is(Map.of("changes", 1L, "dead_letters", 1L)));
  }

  private static RawRecord record(byte[] payload, long offset) {
    return RawRecord.of(
        "", payload, null, SourcePosition.inFile("a", offset), Instant.ofEpochSecond(0));
  }

  @Test
  void badRecordsKeepTheWholeRecord() {
    PCollectionTuple parsed =
        records("nothing of the kind")
            .apply(ParseCdc.of(RecordFormat.DEBEZIUM_JSON, List.of(table)));

    PAssert.thatSingleton(parsed.get(ParseCdc.BAD_RECORDS))
        .satisfies(
            bad -> {
              assertThat(bad.getRecord().getHumanReadableJsonRecord(), is("nothing of the kind"));
              assertThat(decoded(bad).position().toString(), is("a.jsonl:0"));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void badRecordsGoToTheHandler() throws Exception {
    BadRecordErrorHandler<PCollection<String>> handler =
        pipeline.registerBadRecordErrorHandler(new Descriptions());
    records("[]")
        .apply(ParseCdc.of(RecordFormat.JSON, List.of(table)).withBadRecordErrorHandler(handler));
    handler.close();

    PAssert.that(handler.getOutput())
        .containsInAnyOrder("Cannot parse the record: it is no JSON object");
    pipeline.run().waitUntilFinish();
  }

  @Test
  void extractsBecomeTheHistoryOfTheirDifferences() {
    TableDefinition versions =
        table.toBuilder()
            .storage(StorageType.HISTORY)
            .input(InputKind.SNAPSHOTS)
            .sequenceBy("day")
            .build();
    PCollection<String> rows =
        records(
                "{\"id\":2,\"name\":\"b\",\"day\":3}",
                "{\"id\":1,\"name\":\"a\",\"day\":1}",
                "{\"id\":2,\"name\":5,\"day\":2}",
                "{\"id\":2,\"name\":\"b\",\"day\":1}")
            .apply(ParseCdc.of(RecordFormat.JSON, List.of(versions)))
            .get(ParseCdc.CHANGES)
            .apply(ScdType2.of(versions))
            .apply(
                MapElements.into(TypeDescriptors.strings())
                    .via(
                        row ->
                            row.getValue("name")
                                + "["
                                + row.getValue("valid_from")
                                + ","
                                + row.getValue("valid_to")
                                + ")"));

    PAssert.that(rows).containsInAnyOrder("a[1,2)", "b[1,null)");
    pipeline.run().waitUntilFinish();
  }

  @Test
  void tableThatMayNotMeetUnknownFieldsHaltsThePipeline() {
    TableDefinition strict = table.toBuilder().unknownFields(UnknownFields.FAIL).build();
    records("{\"id\":1,\"more\":2}").apply(ParseCdc.of(RecordFormat.JSON, List.of(strict)));

    RuntimeException failure = assertThrows(RuntimeException.class, () -> pipeline.run());

    assertThat(failure.getMessage(), containsString("no column reads the field more"));
    assertThat(failure.getMessage(), containsString("(record a.jsonl:0)"));
  }

  @Test
  void tablesOfSeveralSourcesAreRefused() {
    TableDefinition other = table.toBuilder().name("silver.u").source("elsewhere").build();
    PCollection<RawRecord> records = records("{}");
    ParseCdc parse = ParseCdc.of(RecordFormat.JSON, List.of(table, other));

    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> records.apply(parse));

    assertThat(refused.getMessage(), containsString("apply one for each"));
  }

  @Test
  void noTableIsRefused() {
    PCollection<RawRecord> records = records("{}");
    ParseCdc parse = ParseCdc.of(RecordFormat.JSON, List.of());

    assertThrows(IllegalArgumentException.class, () -> records.apply(parse));
  }

  private static final class Descriptions
      extends PTransform<PCollection<BadRecord>, PCollection<String>> {
    @Override
    public PCollection<String> expand(PCollection<BadRecord> bad) {
      return descriptions(bad);
    }
  }

  private PCollection<RawRecord> records(String... payloads) {
    List<RawRecord> records = new ArrayList<>();
    for (String payload : payloads) {
      records.add(
          RawRecord.of(
              "",
              payload.getBytes(StandardCharsets.UTF_8),
              null,
              SourcePosition.inFile("a.jsonl", records.size()),
              Instant.EPOCH));
    }
    return pipeline.apply(Create.of(records).withCoder(RawRecordCoder.of()));
  }

  private static PCollection<Long> keys(PCollection<ChangeEvent> changes) {
    return changes.apply(
        MapElements.into(TypeDescriptors.longs()).via(event -> event.key().getInt64("id")));
  }

  private static PCollection<String> descriptions(PCollection<BadRecord> bad) {
    return bad.apply(
        MapElements.into(TypeDescriptors.strings())
            .via(record -> record.getFailure().getDescription()));
  }

  private static RawRecord decoded(BadRecord bad) {
    try {
      return CoderUtils.decodeFromByteArray(
          RawRecordCoder.of(), bad.getRecord().getEncodedRecord());
    } catch (CoderException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Long> counters(PipelineResult result) {
    MetricsFilter filter =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace("ParseCdc")).build();
    Map<String, Long> counters = new TreeMap<>();
    for (MetricResult<Long> counter : result.metrics().queryMetrics(filter).getCounters()) {
      counters.put(counter.getName().getName(), counter.getAttempted());
    }
    return counters;
  }
}
