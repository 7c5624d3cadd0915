package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** Rows of a pipeline's own in {@link DedupLatestByKey} and {@link ScdType2}. */
class RowDoorsTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addNullableField("id", FieldType.INT64)
          .addNullableField("name", FieldType.STRING)
          .addNullableField("n", FieldType.INT64)
          .addNullableField("op", FieldType.STRING)
          .build();

  private static final DedupLatestByKey.Rows LATEST =
      DedupLatestByKey.rows()
          .withKeyFields("id")
          .withSequenceFields("n")
          .withChangeTypeField("op")
          .withUpsertTypes("I", "U")
          .withDeleteTypes("D")
          .withIgnoredTypes("before");

  private static final ScdType2.Rows VERSIONS =
      ScdType2.rows()
          .withKeyFields("id")
          .withSequenceFields("n")
          .withChangeTypeField("op")
          .withDeleteTypes("D");

  private final Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @Test
  void theLatestRowOfEachLivingKey() {
    PCollectionTuple latest =
        pipeline
            .apply(
                create(
                    row(1L, "b", 2L, "U"),
                    row(1L, "a", 1L, "I"),
                    row(2L, null, 5L, "D"),
                    row(2L, "late", 4L, "I"),
                    row(3L, "x", 7L, "U"),
                    row(3L, "y", 7L, "U"),
                    row(4L, "tie", 7L, "U"),
                    row(4L, null, 7L, "D")))
            .apply(LATEST);
    PAssert.that(latest.get(DedupLatestByKey.LATEST))
        .containsInAnyOrder(row(1L, "b", 2L, "U"), row(3L, "y", 7L, "U"));
    PAssert.that(latest.get(DedupLatestByKey.BAD_ROWS)).empty();
    pipeline.run().waitUntilFinish();
  }

  @Test
  void deletedRowsAreKeptOnRequestWithTheirLastValues() {
    PCollectionTuple latest =
        pipeline
            .apply(
                create(
                    row(1L, null, 2L, "D"),
                    row(1L, "a", 1L, "I"),
                    row(2L, "b", 1L, "I"),
                    row(3L, "whole", 9L, "D"),
                    row(3L, "c", 8L, "U")))
            .apply(LATEST.withDeletedRows());
    Schema schema = latest.get(DedupLatestByKey.LATEST).getSchema();
    PAssert.that(latest.get(DedupLatestByKey.LATEST))
        .containsInAnyOrder(
            Row.withSchema(schema).addValues(1L, "a", 2L, "D", true).build(),
            Row.withSchema(schema).addValues(2L, "b", 1L, "I", false).build(),
            Row.withSchema(schema).addValues(3L, "whole", 9L, "D", true).build());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void theVersionsOfEachKey() {
    PCollectionTuple versions =
        pipeline
            .apply(
                create(
                    row(1L, "a", 10L, "I"),
                    row(1L, "c", 20L, "U"),
                    row(1L, "b", 15L, "U"),
                    // Not tracked: it only says that what is known still holds.
                    row(1L, "c", 30L, "again"),
                    row(2L, null, 20L, "D"),
                    row(2L, "x", 10L, "I")))
            .apply(VERSIONS);
    Schema schema = versions.get(ScdType2.VERSIONS).getSchema();
    assertThat(
        schema.getFieldNames(),
        equalTo(List.of("id", "name", "n", "op", "valid_from", "valid_to", "is_current")));
    assertThat(schema.getField("valid_from").getType(), equalTo(FieldType.INT64));
    assertThat(schema.getField("valid_to").getType(), equalTo(FieldType.INT64.withNullable(true)));
    PAssert.that(versions.get(ScdType2.VERSIONS))
        .containsInAnyOrder(
            Row.withSchema(schema).addValues(1L, "a", 10L, "I", 10L, 15L, false).build(),
            Row.withSchema(schema).addValues(1L, "b", 15L, "U", 15L, 20L, false).build(),
            Row.withSchema(schema).addValues(1L, "c", 30L, "again", 20L, null, true).build(),
            Row.withSchema(schema).addValues(2L, "x", 10L, "I", 10L, 20L, false).build());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aRowThatIsNoChangeIsSetAsideWithTheReasonAndCostsNoOtherRow() {
    Row nullKey = row(null, "secret", 1L, "I");
    Row nullOrder = row(1L, "secret", null, "I");
    Row nullType = row(1L, "secret", 1L, null);
    Row unknownType = row(1L, "secret", 1L, "secret");
    PCollectionTuple latest =
        pipeline
            .apply(
                create(
                    nullKey,
                    row(1L, "a", 1L, "I"),
                    nullOrder,
                    nullType,
                    unknownType,
                    row(1L, "left out", 9L, "before")))
            .apply(LATEST);
    PAssert.that(latest.get(DedupLatestByKey.LATEST)).containsInAnyOrder(row(1L, "a", 1L, "I"));
    Schema bad = latest.get(DedupLatestByKey.BAD_ROWS).getSchema();
    assertThat(bad.getFieldNames(), equalTo(List.of("failed_row", "error_message")));
    PAssert.that(latest.get(DedupLatestByKey.BAD_ROWS))
        .containsInAnyOrder(
            bad(bad, nullKey, "Cannot take a row: its key field id is null"),
            bad(bad, nullOrder, "Cannot take a row: its sequence field n is null"),
            bad(bad, nullType, "Cannot take a row: its change type field op is null"),
            bad(
                bad,
                unknownType,
                "Cannot take a row: its change type field op is of a value that is not told"));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    assertThat(counter(result, "upserts"), is(1L));
    assertThat(counter(result, "deletes"), is(0L));
    assertThat(counter(result, "ignored"), is(1L));
    assertThat(counter(result, "bad_rows"), is(4L));
  }

  @Test
  void aNullValidTimeIsSetAsideAndWhatLiesOutsideTheOrderToo() {
    Schema schema =
        Schema.builder()
            .addInt64Field("id")
            .addNullableField("at", FieldType.INT32)
            .addLogicalTypeField("t", new NanosInstant())
            .build();
    Row noTime = Row.withSchema(schema).addValues(1L, null, Instant.EPOCH).build();
    Row farOff = Row.withSchema(schema).addValues(1L, 5, Instant.MAX).build();
    PCollectionTuple versions =
        pipeline
            .apply(Create.of(noTime, farOff).withRowSchema(schema))
            .apply(
                ScdType2.rows()
                    .withKeyFields("id")
                    .withSequenceFields("t")
                    .withValidTimeField("at"));
    PAssert.that(versions.get(ScdType2.VERSIONS)).empty();
    PAssert.that(versions.get(ScdType2.BAD_ROWS))
        .satisfies(
            rows -> {
              List<String> reasons = new ArrayList<>();
              rows.forEach(row -> reasons.add(row.getString("error_message")));
              assertThat(
                  reasons,
                  containsInAnyOrder(
                      "Cannot take a row: its valid time field at is null",
                      "Cannot take a row: its sequence field t is beyond what can be ordered"));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aWindowIsForItself() {
    PCollection<Row> rows =
        pipeline
            .apply(
                Create.timestamped(
                        at(0, row(1L, "a", 1L, "I")),
                        at(0, row(1L, "b", 2L, "U")),
                        at(1, row(1L, "c", 1L, "U")),
                        at(1, row(2L, "d", 1L, "U")),
                        at(2, row(1L, "e", 3L, "D")))
                    .withCoder(RowCoder.of(SCHEMA)))
            .setRowSchema(SCHEMA)
            .apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))));
    PCollection<Row> latest = rows.apply(LATEST).get(DedupLatestByKey.LATEST);
    PCollection<Row> versions = rows.apply(VERSIONS).get(ScdType2.VERSIONS);
    PAssert.that(latest).inWindow(window(0)).containsInAnyOrder(row(1L, "b", 2L, "U"));
    PAssert.that(latest)
        .inWindow(window(1))
        .containsInAnyOrder(row(1L, "c", 1L, "U"), row(2L, "d", 1L, "U"));
    PAssert.that(latest).inWindow(window(2)).empty();
    PAssert.that(versions).inWindow(window(2)).empty();
    PAssert.that(versions)
        .inWindow(window(0))
        .containsInAnyOrder(
            Row.withSchema(versions.getSchema()).addValues(1L, "a", 1L, "I", 1L, 2L, false).build(),
            Row.withSchema(versions.getSchema())
                .addValues(1L, "b", 2L, "U", 2L, null, true)
                .build());
    pipeline.run().waitUntilFinish();
  }

  private static TimestampedValue<Row> at(int minute, Row row) {
    return TimestampedValue.of(row, window(minute).start());
  }

  private static IntervalWindow window(int minute) {
    Duration length = Duration.standardMinutes(1);
    return new IntervalWindow(
        org.joda.time.Instant.EPOCH.plus(length.multipliedBy(minute)), length);
  }

  private static Row bad(Schema schema, Row row, String why) {
    return Row.withSchema(schema).addValues(row, why).build();
  }

  private static long counter(PipelineResult result, String name) {
    long sum = 0;
    for (var metric :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named("DedupLatestByKey", name))
                    .build())
            .getCounters()) {
      sum += metric.getAttempted();
    }
    return sum;
  }

  private static Row row(Long id, String name, Long n, String op) {
    return Row.withSchema(SCHEMA).addValues(id, name, n, op).build();
  }

  private static Create.Values<Row> create(Row... rows) {
    return Create.of(Arrays.asList(rows)).withRowSchema(SCHEMA);
  }
}
