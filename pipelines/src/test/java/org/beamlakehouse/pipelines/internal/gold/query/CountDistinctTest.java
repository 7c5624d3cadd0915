package org.beamlakehouse.pipelines.internal.gold.query;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.extensions.sql.SqlTransform;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class CountDistinctTest {

  private static final Schema EVENTS =
      Schema.builder()
          .addNullableField("day", FieldType.logicalType(SqlTypes.DATE))
          .addNullableField("ok", FieldType.BOOLEAN)
          .addNullableField("big", FieldType.INT64)
          .addNullableField("small", FieldType.INT32)
          .addNullableField("name", FieldType.STRING)
          .addNullableField("amount", FieldType.DECIMAL)
          .addNullableField("ratio", FieldType.DOUBLE)
          .addNullableField("single", FieldType.FLOAT)
          .addNullableField("ts", FieldType.DATETIME)
          .addNullableField("bin", FieldType.BYTES)
          .build();

  private static final List<Row> ROWS =
      List.of(
          row("2024-01-01", true, 1L, 1, "a", "1.0", 0.0, 1f, 0, 1),
          row("2024-01-01", true, 1L, 2, "b", "1.00", -0.0, 2f, 1, 2),
          row("2024-01-01", false, 2L, 3, "c", "2", 1.0, 3f, 2, 3),
          row("2024-01-02", true, 2L, 3, "a", "2.5", 2.0, 3f, 2, 3),
          row("2024-01-02", null, 3L, 3, "A", "2.5", 2.0, 3f, 2, 3),
          Row.withSchema(EVENTS).addValues(Arrays.asList(new Object[10])).build());

  private final Pipeline pipeline = Pipeline.create();

  @Test
  void countsValuesOfEveryTypeOnceAndNullsNever() {
    query(
        "SELECT COUNT_DISTINCT(big), COUNT_DISTINCT(small), COUNT_DISTINCT(name),"
            + " COUNT_DISTINCT(amount), COUNT_DISTINCT(ratio), COUNT_DISTINCT(single),"
            + " COUNT_DISTINCT(ts), COUNT_DISTINCT(bin), COUNT_DISTINCT(`day`),"
            + " COUNT_DISTINCT(ok), count_distinct(UPPER(name)),"
            + " COUNT_DISTINCT(CASE WHEN ok THEN big END), COUNT(*) FROM PCOLLECTION",
        "[3, 3, 4, 3, 3, 3, 3, 3, 2, 2, 3, 2, 6]");
  }

  @Test
  void countsPerGroupOfTheRowsThatMeetABooleanColumn() {
    query(
        "SELECT `day`, COUNT_DISTINCT(big) AS users, COUNT(*) AS events FROM PCOLLECTION"
            + " WHERE ok GROUP BY `day`",
        "[2024-01-01, 1, 2]",
        "[2024-01-02, 1, 1]");
  }

  @Test
  void aGroupOfNullsAloneHasNoValues() {
    query(
        "SELECT `day`, COUNT_DISTINCT(big) FROM PCOLLECTION WHERE big IS NULL GROUP BY `day`",
        "[null, 0]");
  }

  @Test
  void worksInAJoin() {
    PCollection<Row> rows = rows();
    PCollectionTuple tables =
        PCollectionTuple.of(new TupleTag<Row>("a"), rows).and(new TupleTag<Row>("b"), rows);
    assertRows(
        tables.apply(
            CountDistinct.register(
                SqlTransform.query(
                    "SELECT a.name, COUNT_DISTINCT(b.big) FROM a JOIN b ON a.name = b.name"
                        + " WHERE a.name IS NOT NULL GROUP BY a.name"))),
        "[a, 2]",
        "[b, 1]",
        "[c, 1]",
        "[A, 1]");
  }

  @Test
  void accumulatorsSurviveTheirCoder() throws Exception {
    CountDistinct count = CountDistinct.of(String.class);
    Set<Object> seen = count.createAccumulator();
    for (Object value : Arrays.asList("", "ä", 7L, null, new BigDecimal("1.50"), -1L)) {
      seen = count.addInput(seen, value);
    }

    Set<Object> copy =
        CoderUtils.clone(count.getAccumulatorCoder(CoderRegistry.createDefault(), null), seen);

    assertThat(copy, is(seen));
    assertThat(count.extractOutput(copy), is(5L));
    assertThat(
        count.extractOutput(count.mergeAccumulators(List.of(seen, count.createAccumulator()))),
        is(5L));
    assertThat(count.extractOutput(count.mergeAccumulators(List.of())), is(0L));
  }

  private void query(String sql, String... expected) {
    assertRows(rows().apply(CountDistinct.register(SqlTransform.query(sql))), expected);
  }

  private void assertRows(PCollection<Row> actual, String... expected) {
    PAssert.that(
            actual.apply(
                MapElements.into(TypeDescriptors.strings()).via(row -> row.getValues().toString())))
        .containsInAnyOrder(expected);
    pipeline.run();
  }

  private PCollection<Row> rows() {
    return pipeline.apply(Create.of(ROWS).withRowSchema(EVENTS));
  }

  private static Row row(
      String day,
      Boolean ok,
      long big,
      int small,
      String name,
      String amount,
      double ratio,
      float single,
      long millis,
      int binary) {
    return Row.withSchema(EVENTS)
        .addValues(
            LocalDate.parse(day),
            ok,
            big,
            small,
            name,
            new BigDecimal(amount),
            ratio,
            single,
            Instant.ofEpochMilli(millis),
            new byte[] {(byte) binary})
        .build();
  }
}
