package org.beamlakehouse.transforms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.SourcePosition;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;

/** The Java code of the README, compiled, run, and compared with what stands there. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path THIS =
      Path.of("src/test/java/org/beamlakehouse/transforms/ReadmeTest.java");

  private static final Pattern IN_README = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern IN_TEST = Pattern.compile("(?s) // README\n(.*?) +// end\n");

  private static final Schema SCHEMA =
      Schema.builder()
          .addInt64Field("id")
          .addStringField("status")
          .addLogicalTypeField("updated_at", new MicrosInstant())
          .addStringField("op")
          .build();

  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @Test
  void theCodeOfTheReadmeIsTheCodeOfThisTest() throws IOException {
    List<String> here = blocks(THIS, IN_TEST);
    assertThat(here, hasSize(3));
    assertThat(blocks(README, IN_README), equalTo(here));
  }

  @Test
  void latestRowsOfRows() {
    PCollection<Row> changes =
        pipeline.apply(
            Create.of(
                    row(1, "paid", NOON.plusSeconds(1), "U"),
                    row(1, "new", NOON, "I"),
                    row(2, "new", NOON, "I"),
                    row(2, "", NOON.plusSeconds(2), "D"))
                .withRowSchema(SCHEMA));
    // README
    PCollectionTuple orders =
        changes.apply(
            DedupLatestByKey.rows()
                .withKeyFields("id")
                .withSequenceFields("updated_at")
                .withChangeTypeField("op")
                .withDeleteTypes("D"));
    PCollection<Row> latest = orders.get(DedupLatestByKey.LATEST);
    PCollection<Row> bad = orders.get(DedupLatestByKey.BAD_ROWS);
    // end
    PAssert.that(latest).containsInAnyOrder(row(1, "paid", NOON.plusSeconds(1), "U"));
    PAssert.that(bad).empty();
    pipeline.run().waitUntilFinish();
  }

  @Test
  void versionsOfRows() {
    PCollection<Row> changes =
        pipeline.apply(
            Create.of(row(1, "paid", NOON.plusSeconds(1), "U"), row(1, "new", NOON, "I"))
                .withRowSchema(SCHEMA));
    // README
    PCollectionTuple history =
        changes.apply(
            ScdType2.rows()
                .withKeyFields("id")
                .withSequenceFields("updated_at")
                .withTrackedFields("status")
                .withChangeTypeField("op")
                .withDeleteTypes("D"));
    // The fields of the rows, and valid_from, valid_to, is_current.
    PCollection<Row> versions = history.get(ScdType2.VERSIONS);
    // end
    Schema schema = versions.getSchema();
    PAssert.that(versions)
        .containsInAnyOrder(
            Row.withSchema(schema)
                .addValues(row(1, "new", NOON, "I").getValues())
                .addValues(NOON, NOON.plusSeconds(1), false)
                .build(),
            Row.withSchema(schema)
                .addValues(row(1, "paid", NOON.plusSeconds(1), "U").getValues())
                .addValues(NOON.plusSeconds(1), null, true)
                .build());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void rowsOfRecords() {
    String json =
        "{\"op\":\"c\",\"after\":{\"id\":1,\"email\":\"a@b\"},"
            + "\"source\":{\"table\":\"customers\",\"lsn\":7,\"ts_ms\":1000},\"ts_ms\":1000}";
    PCollection<RawRecord> records =
        pipeline.apply(
            // Its coder comes by itself.
            Create.of(
                    RawRecord.of(
                        "shop", json.getBytes(UTF_8), null, SourcePosition.inFile("f", 0), NOON))
                .withType(TypeDescriptor.of(RawRecord.class)));
    // README
    TableDefinition customers =
        TableDefinition.builder()
            .name("silver.customers")
            .columns(Column.required("id", ColumnType.LONG), Column.of("email", ColumnType.STRING))
            .keyColumns("id")
            .build();
    PCollectionTuple parsed =
        records.apply(ParseCdc.of(RecordFormat.DEBEZIUM_JSON, List.of(customers)));
    PCollection<Row> latest = parsed.get(ParseCdc.CHANGES).apply(DedupLatestByKey.of(customers));
    TableDefinition kept = customers.toBuilder().storage(StorageType.HISTORY).build();
    PCollection<Row> versions = parsed.get(ParseCdc.CHANGES).apply(ScdType2.of(kept));
    // end
    PAssert.that(parsed.get(ParseCdc.BAD_RECORDS)).empty();
    PAssert.that(latest)
        .containsInAnyOrder(Row.withSchema(customers.rowSchema()).addValues(1L, "a@b").build());
    PAssert.thatSingleton(versions)
        .satisfies(
            row -> {
              assertThat(row.getString("email"), equalTo("a@b"));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private static List<String> blocks(Path file, Pattern pattern) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = pattern.matcher(Files.readString(file));
    while (matcher.find()) {
      blocks.add(matcher.group(1).stripTrailing().stripIndent());
    }
    return blocks;
  }

  private static Row row(long id, String status, Instant updatedAt, String op) {
    return Row.withSchema(SCHEMA).addValues(id, status, updatedAt, op).build();
  }
}
