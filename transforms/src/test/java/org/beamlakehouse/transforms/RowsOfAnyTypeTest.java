package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.EnumerationType;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.FixedString;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.NanosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.schemas.logicaltypes.Timestamp;
import org.apache.beam.sdk.schemas.logicaltypes.UuidLogicalType;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

/** Rows go through as they are, whatever their types. */
class RowsOfAnyTypeTest {
  private static final EnumerationType OPS = EnumerationType.create("put", "drop");
  private static final Schema INNER =
      Schema.builder()
          .addNullableField("d", FieldType.DECIMAL)
          .addNullableField("t", FieldType.DATETIME)
          .build();
  private static final Instant NANOS = Instant.parse("2026-01-02T03:04:05.123456789Z");

  private static final Schema SCHEMA =
      Schema.builder()
          .addByteField("byte")
          .addInt16Field("short")
          .addInt32Field("int")
          .addInt64Field("long")
          .addFloatField("float")
          .addDoubleField("double")
          .addBooleanField("boolean")
          .addStringField("string")
          .addByteArrayField("bytes")
          .addDateTimeField("datetime")
          .addDecimalField("decimal")
          .addField("fixed_decimal", FieldType.logicalType(FixedPrecisionNumeric.of(10, 2)))
          .addField("date", FieldType.logicalType(SqlTypes.DATE))
          .addField("time", FieldType.logicalType(SqlTypes.TIME))
          .addField("local", FieldType.logicalType(SqlTypes.DATETIME))
          .addField("micros", FieldType.logicalType(new MicrosInstant()))
          .addField("nanos", FieldType.logicalType(new NanosInstant()))
          .addField("timestamp", FieldType.logicalType(Timestamp.NANOS))
          .addField("uuid", FieldType.logicalType(new UuidLogicalType()))
          .addField("text", FieldType.logicalType(FixedString.of(3)))
          .addField("op", FieldType.logicalType(OPS))
          .addArrayField("list", FieldType.row(INNER).withNullable(true))
          .addIterableField("iterable", FieldType.INT16)
          .addMapField("map", FieldType.STRING, FieldType.array(FieldType.DATETIME))
          .addRowField("row", INNER)
          .addNullableField("none", FieldType.row(INNER))
          // The name of a system column is a name like others.
          .addInt64Field("_sequence")
          .build();

  private static Row row(Instant nanos, String op) {
    Row inner =
        Row.withSchema(INNER)
            .addValues(new BigDecimal("1.500"), org.joda.time.Instant.ofEpochMilli(7))
            .build();
    return Row.withSchema(SCHEMA)
        .addValues((byte) -1, (short) 2, 3, 4L, 0.5f, -0.0, true, "s", new byte[] {1, 2})
        .addValues(org.joda.time.Instant.ofEpochMilli(1_234), new BigDecimal("12.50"))
        .addValues(new BigDecimal("3.14"), LocalDate.parse("2026-01-02"))
        .addValues(LocalTime.parse("03:04:05.123456789"))
        .addValues(LocalDateTime.parse("2026-01-02T03:04:05.123456789"))
        .addValues(Instant.parse("2026-01-02T03:04:05.123456Z"), nanos, NANOS)
        .addValues(new UUID(-1, 1), "abc", OPS.valueOf(op))
        .addValues(Arrays.asList(inner, null), List.of((short) 1, (short) 2))
        .addValues(Map.of("k", List.of(org.joda.time.Instant.ofEpochMilli(5))))
        .addValues(inner, null, 9L)
        .build();
  }

  @Test
  void comeBackAsTheyWere() {
    Row older = row(NANOS, "put");
    // A nanosecond later.
    Row newer = row(NANOS.plusNanos(1), "put");
    Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<Row> rows = pipeline.apply(Create.of(newer, older, newer).withRowSchema(SCHEMA));
    PCollection<Row> latest =
        rows.apply(
                DedupLatestByKey.rows()
                    .withKeyFields("uuid", "bytes", "date", "double")
                    .withSequenceFields("nanos")
                    .withChangeTypeField("op")
                    .withDeleteTypes("drop"))
            .get(DedupLatestByKey.LATEST);
    assertThat(latest.getSchema(), equalTo(SCHEMA));
    PAssert.that("latest", latest).containsInAnyOrder(newer);
    PCollection<Row> versions =
        rows.apply(
                ScdType2.rows()
                    .withKeyFields("uuid", "bytes")
                    .withSequenceFields("nanos")
                    .withTrackedFields("nanos")
                    .withChangeTypeField("op")
                    .withDeleteTypes("drop"))
            .get(ScdType2.VERSIONS);
    Schema schema = versions.getSchema();
    PAssert.that("versions", versions)
        .containsInAnyOrder(
            Row.withSchema(schema)
                .addValues(older.getValues())
                .addValues(NANOS, NANOS.plusNanos(1), false)
                .build(),
            Row.withSchema(schema)
                .addValues(newer.getValues())
                .addValues(NANOS.plusNanos(1), null, true)
                .build());
    PCollection<Row> deleted =
        pipeline
            .apply("deletes", Create.of(row(NANOS, "drop"), older).withRowSchema(SCHEMA))
            .apply(
                "deleted",
                DedupLatestByKey.rows()
                    .withKeyFields("long")
                    .withSequenceFields("nanos")
                    .withChangeTypeField("op")
                    .withDeleteTypes("drop"))
            .get(DedupLatestByKey.LATEST);
    PAssert.that("deleted", deleted).empty();
    pipeline.run().waitUntilFinish();
  }
}
