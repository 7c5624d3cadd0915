package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.beamlakehouse.transforms.QualityGate.OnFail;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.QualityRule.Action;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class QualityGateTest {

  private static final Schema SCHEMA =
      Schema.builder()
          .addInt64Field("id")
          .addNullableField("amount", FieldType.INT32)
          .addNullableField("status", FieldType.STRING)
          .build();

  private static final QualityGate GATE =
      QualityGate.of(
          new QualityRule("amount_positive", "amount > 0", Action.QUARANTINE),
          new QualityRule("known_status", "status IN ('NEW', 'PAID')", Action.WARN),
          new QualityRule("no_test_rows", "status <> 'TEST'", Action.DROP),
          new QualityRule("id_in_range", "id < 1000", Action.FAIL));

  private static final Row GOOD = row(1L, 5, "NEW");
  private static final Row UNKNOWN = row(2L, null, null);
  private static final Row WARNED = row(3L, 5, "LOST");
  private static final Row NEGATIVE = row(4L, -5, "LOST");
  private static final Row TEST = row(5L, 1, "TEST");
  private static final Row HALTING = row(1000L, -1, "NEW");

  private final Pipeline pipeline = Pipeline.create();

  @Test
  void splitsFlagsAndCounts() {
    PCollectionTuple gate = rows(GOOD, UNKNOWN, WARNED, NEGATIVE, TEST).apply(GATE);

    Schema passed = gate.get(QualityGate.PASSED).getSchema();
    Schema failed = gate.get(QualityGate.QUARANTINED).getSchema();
    PAssert.that(gate.get(QualityGate.PASSED))
        .containsInAnyOrder(
            Row.withSchema(passed).addValues(1L, 5, "NEW", true, null).build(),
            Row.withSchema(passed).addValues(2L, null, null, true, null).build(),
            Row.withSchema(passed).addValues(3L, 5, "LOST", false, "known_status").build());
    PAssert.that(gate.get(QualityGate.QUARANTINED))
        .containsInAnyOrder(
            Row.withSchema(failed)
                .addValues(
                    4L,
                    -5,
                    "LOST",
                    List.of("amount_positive", "known_status"),
                    "amount_positive; known_status")
                .build());
    PAssert.that(gate.get(QualityGate.HALTED)).empty();
    PAssert.that(gate.get(QualityGate.COUNTS))
        .containsInAnyOrder(
            count("amount_positive", 4, 1),
            count("known_status", 2, 3),
            count("no_test_rows", 4, 1),
            count("id_in_range", 5, 0));
    PipelineResult result = pipeline.run();

    assertThat(counter(result, "known_status.failed"), is(3L));
    assertThat(counter(result, "rows.quarantined"), is(1L));
    assertThat(counter(result, "rows.dropped"), is(1L));
    assertThat(counter(result, "rows.passed"), is(2L));
    assertThat(counter(result, "rows.warned"), is(1L));
  }

  @Test
  void aRowThatHaltsFailsThePipelineByDefault() {
    rows(GOOD, HALTING).apply(GATE);

    var error = assertThrows(Pipeline.PipelineExecutionException.class, pipeline::run);

    assertThat(error.getCause().getClass().getName(), is(QualityGateException.class.getName()));
    assertThat(
        error.getCause().getMessage(),
        containsString("it fails amount_positive; id_in_range, and a rule with action FAIL"));
  }

  @Test
  void aRowThatHaltsIsRoutedOnRequest() {
    PCollectionTuple gate = rows(GOOD, HALTING).apply(GATE.withOnFail(OnFail.ROUTE));

    PCollection<Row> halted = gate.get(QualityGate.HALTED);
    PAssert.that(halted)
        .containsInAnyOrder(
            Row.withSchema(halted.getSchema())
                .addValues(
                    1000L,
                    -1,
                    "NEW",
                    List.of("amount_positive", "id_in_range"),
                    "amount_positive; id_in_range")
                .build());
    PAssert.that(gate.get(QualityGate.QUARANTINED)).empty();
    pipeline.run();
  }

  @Test
  void countsPerWindow() {
    PCollection<Row> rows =
        pipeline
            .apply(
                Create.timestamped(
                        TimestampedValue.of(GOOD, new org.joda.time.Instant(0)),
                        TimestampedValue.of(WARNED, new org.joda.time.Instant(90_000)))
                    .withCoder(RowCoder.of(SCHEMA)))
            .setRowSchema(SCHEMA)
            .apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))));

    PCollectionTuple gate =
        rows.apply(QualityGate.of(new QualityRule("known", "status = 'NEW'", Action.WARN)));

    PAssert.that(gate.get(QualityGate.COUNTS))
        .containsInAnyOrder(count("known", 1, 0), count("known", 0, 1));
    pipeline.run();
  }

  @Test
  void partialCountsOfAnEndlessInputAddUp() {
    TestStream<Row> stream =
        TestStream.create(RowCoder.of(SCHEMA))
            .addElements(GOOD, WARNED)
            .addElements(WARNED)
            .advanceWatermarkToInfinity();

    PCollectionTuple gate =
        pipeline
            .apply(stream)
            .setRowSchema(SCHEMA)
            .apply(QualityGate.of(new QualityRule("known", "status = 'NEW'", Action.WARN)));

    PAssert.that(gate.get(QualityGate.COUNTS))
        .satisfies(
            counts -> {
              assertThat(sum(counts, "passed_records"), is(1L));
              assertThat(sum(counts, "failed_records"), is(2L));
              return null;
            });
    pipeline.run();
  }

  @Test
  void readsEveryTypeOfBeamSchemas() {
    Schema schema =
        Schema.builder()
            .addByteField("b")
            .addInt16Field("s")
            .addFloatField("f")
            .addDoubleField("d")
            .addDecimalField("n")
            .addDateTimeField("joda")
            .addByteArrayField("bytes")
            .addArrayField("tags", FieldType.STRING)
            .addMapField("labels", FieldType.STRING, FieldType.INT64)
            .addRowField("row", Schema.builder().addStringField("city").build())
            .addField("date", ColumnType.DATE.toBeam())
            .addField("time", ColumnType.TIME.toBeam())
            .addField("ts", ColumnType.TIMESTAMP.toBeam())
            .addField("tstz", ColumnType.TIMESTAMPTZ.toBeam())
            .addField("uuid", ColumnType.UUID.toBeam())
            .addField("fixed", ColumnType.fixed(2).toBeam())
            .addField("decimal", ColumnType.decimal(10, 2).toBeam())
            .build();
    Row row =
        Row.withSchema(schema)
            .addValues(
                (byte) 1,
                (short) 2,
                1.5f,
                2.5,
                new BigDecimal("1.25"),
                new org.joda.time.Instant(0),
                new byte[] {1},
                List.of("a"),
                Map.of("k", 1L),
                Row.withSchema(Schema.builder().addStringField("city").build())
                    .addValue("Bern")
                    .build(),
                LocalDate.of(2024, 1, 2),
                LocalTime.of(1, 2),
                LocalDateTime.of(2024, 1, 2, 3, 4),
                Instant.parse("2024-01-02T03:04:05.000006Z"),
                new UUID(0, 1),
                new byte[] {1, 2},
                new BigDecimal("1.20"))
            .build();
    String condition =
        "b = 1 AND s = 2 AND f = 1.5 AND d = 2.5 AND n = 1.25"
            + " AND joda = TIMESTAMP '1970-01-01 00:00:00' AND bytes = X'01' AND tags[1] = 'a'"
            + " AND labels['k'] = 1 AND \"row\".city = 'Bern' AND \"date\" = DATE '2024-01-02'"
            + " AND \"time\" = TIME '01:02:00' AND ts = '2024-01-02 03:04:00'"
            + " AND tstz = '2024-01-02T03:04:05.000006Z'"
            + " AND \"uuid\" = '00000000-0000-0000-0000-000000000001' AND fixed = X'0102'"
            + " AND \"decimal\" = 1.2";

    PCollectionTuple gate =
        pipeline
            .apply(Create.of(row).withCoder(RowCoder.of(schema)))
            .setRowSchema(schema)
            .apply(
                QualityGate.of(
                    new QualityRule("all", condition, Action.DROP),
                    new QualityRule("none", "NOT (" + condition + ")", Action.WARN)));

    PAssert.that(gate.get(QualityGate.COUNTS))
        .containsInAnyOrder(count("all", 1, 0), count("none", 0, 1));
    PCollection<Row> passed = gate.get(QualityGate.PASSED);
    PAssert.that(passed)
        .containsInAnyOrder(
            Row.withSchema(passed.getSchema())
                .addValues(row.getValues())
                .addValues(false, "none")
                .build());
    pipeline.run();
  }

  @Test
  void anInputWithoutSchemaIsRefused() {
    @SuppressWarnings({"unchecked", "rawtypes"}) // rows whose coder does not say that they are
    PCollection<Row> rows =
        (PCollection<Row>)
            (PCollection) pipeline.apply(Create.of("a").withCoder(StringUtf8Coder.of()));

    var error = assertThrows(IllegalArgumentException.class, () -> rows.apply(GATE));

    assertThat(error.getMessage(), containsString("the input has no schema"));
  }

  @Test
  void aWrongConditionIsRefusedWhenTheGateIsApplied() {
    PCollection<Row> rows = rows(GOOD);
    QualityGate gate = QualityGate.of(new QualityRule("typo", "amuont > 0", Action.WARN));

    var error = assertThrows(IllegalArgumentException.class, () -> rows.apply(gate));

    assertThat(error.getMessage(), containsString("Cannot use quality rule typo"));
    assertThat(error.getMessage(), containsString("known are id, amount, status"));
  }

  @Test
  void anInputWithTheAddedFieldsIsRefused() {
    PCollection<Row> passed = rows(GOOD).apply(GATE).get(QualityGate.PASSED);

    var error = assertThrows(IllegalArgumentException.class, () -> passed.apply("Again", GATE));

    assertThat(error.getMessage(), containsString("already has a field dq_passed"));
  }

  private PCollection<Row> rows(Row... rows) {
    return pipeline
        .apply(Create.of(List.of(rows)).withCoder(RowCoder.of(SCHEMA)))
        .setRowSchema(SCHEMA);
  }

  private static Row row(Long id, Integer amount, String status) {
    return Row.withSchema(SCHEMA).addValues(id, amount, status).build();
  }

  private static Row count(String rule, long passed, long failed) {
    return Row.withSchema(QualityGate.COUNTS_SCHEMA).addValues(rule, passed, failed).build();
  }

  private static long sum(Iterable<Row> rows, String field) {
    return StreamSupport.stream(rows.spliterator(), false)
        .mapToLong(row -> row.getInt64(field))
        .sum();
  }

  private static long counter(PipelineResult result, String name) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder()
                .addNameFilter(MetricNameFilter.named("QualityGate", name))
                .build())
        .getCounters()
        .iterator()
        .next()
        .getAttempted();
  }
}
