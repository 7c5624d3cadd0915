package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.EnumerationType;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What is put together wrongly is refused when the pipeline is made, with the field and the mend.
 */
class RowDoorsRefusedTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addInt64Field("id")
          .addStringField("name")
          .addDateTimeField("updated_at")
          .addDecimalField("amount")
          .addBooleanField("flag")
          .addArrayField("tags", FieldType.STRING)
          .addLogicalTypeField("kind", EnumerationType.create("a"))
          .addStringField("op")
          .build();

  private static final Duration MINUTE = Duration.standardMinutes(1);

  private final Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  private static DedupLatestByKey.Rows dedup() {
    return DedupLatestByKey.rows().withKeyFields("id").withSequenceFields("updated_at");
  }

  private static ScdType2.Rows scd() {
    return ScdType2.rows().withKeyFields("id").withSequenceFields("updated_at");
  }

  @Test
  void fieldsThatAreNotThereOrCannotBeWhatTheyAreToBe() {
    refused(DedupLatestByKey.rows(), "no fields in withKeyFields; name at least one");
    refused(
        DedupLatestByKey.rows().withKeyFields("id"),
        "no fields in withSequenceFields; name at least one");
    refused(
        dedup().withSequenceFields("updatd_at"),
        "no field 'updatd_at', which withSequenceFields names; did you mean 'updated_at'?");
    refused(dedup().withKeyFields("id", "id"), "'id' is twice in withKeyFields");
    refused(dedup().withKeyFields("amount"), "key field 'amount' is of type DECIMAL");
    refused(dedup().withKeyFields("kind"), "key field 'kind' is of type Enum");
    refused(dedup().withSequenceFields("flag"), "'flag' of withSequenceFields is of type BOOLEAN");
    refused(dedup().withSequenceFields("id", "amount"), "'amount' of withSequenceFields");
    refused(scd().withValidTimeField("tags"), "'tags' of withValidTimeField is of type ARRAY");
    refused(scd().withValidTimeField("x"), "no field 'x', which withValidTimeField names");
    refused(scd().withTrackedFields("nam"), "withTrackedFields names; did you mean 'name'?");
    refused(scd().withTrackedFields(), "no fields in withTrackedFields");
  }

  @Test
  void changeTypesThatSayTooLittleOrTooMuch() {
    refused(dedup().withDeleteTypes("D"), "name the field in withChangeTypeField");
    refused(dedup().withChangeTypeField("op"), "name those that do in withDeleteTypes");
    refused(
        dedup().withChangeTypeField("op").withDeleteTypes("D").withUpsertTypes("D"),
        "'D' is given twice");
    refused(
        scd().withChangeTypeField("tags").withDeleteTypes("D"),
        "'tags' is of type ARRAY; it must be a string");
    refused(scd().withChangeTypeField("opp").withDeleteTypes("D"), "did you mean 'op'?");
  }

  @Test
  void inputsWithoutASchemaOrWithFieldsThatAreAdded() {
    PCollection<Row> plain = pipeline.apply("plain", Create.empty(RowCoder.of(SCHEMA)));
    PCollection<Row> none =
        PCollection.createPrimitiveOutputInternal(
            pipeline, plain.getWindowingStrategy(), PCollection.IsBounded.BOUNDED, null);
    refused(none, dedup(), "the input has no schema; set one with setRowSchema");
    Schema more = Schema.builder().addFields(SCHEMA.getFields()).addInt64Field("valid_to").build();
    refused(
        pipeline.apply("more", Create.empty(more)),
        scd(),
        "already has a field 'valid_to', which the output adds; rename or drop it");
  }

  @Test
  void windowsThatNeverEndOrPanesThatCannotBePutTogether() {
    PCollection<Row> stream =
        pipeline.apply(TestStream.create(SCHEMA).advanceWatermarkToInfinity());
    refused(stream, dedup(), "unbounded and in the global window without a trigger");
    refused(stream, scd().inPanes(), "unbounded and in the global window without a trigger");

    Window<Row> late =
        Window.<Row>into(FixedWindows.of(MINUTE))
            .withAllowedLateness(MINUTE)
            .discardingFiredPanes();
    refused(stream.apply("late", late), scd().inPanes(), "use accumulatingFiredPanes()");
    refused(stream.apply("accumulating", late.accumulatingFiredPanes()), dedup(), "add inPanes()");
    refused(
        stream.apply(
            "sessions",
            Window.<Row>into(Sessions.withGapDuration(MINUTE))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes()),
        dedup().inPanes(),
        "its windows merge");
    refused(
        stream.apply(
            "global",
            Window.<Row>into(new GlobalWindows())
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes()),
        dedup(),
        "add inPanes()");
  }

  @Test
  void windowsThatFireOnceAreTaken() {
    PCollection<Row> stream =
        pipeline.apply(TestStream.create(SCHEMA).advanceWatermarkToInfinity());
    stream.apply("fixed", Window.into(FixedWindows.of(MINUTE))).apply("1", dedup());
    stream.apply("sessions", Window.into(Sessions.withGapDuration(MINUTE))).apply("2", scd());
  }

  @Test
  void displayDataTellsHowTheyAreSet() {
    DisplayData shown =
        DisplayData.from(
            scd().withTrackedFields("name", "op").withChangeTypeField("op").withDeleteTypes("D"));
    List<String> items =
        shown.items().stream().map(item -> item.getKey() + "=" + item.getValue()).toList();
    assertThat(
        items,
        hasItems(
            "keyFields=id",
            "sequenceFields=updated_at",
            "trackedFields=name, op",
            "changeTypeField=op",
            "deleteTypes=D",
            "output=ROW"));
    assertThat(
        DisplayData.from(dedup().inPanes()).items().stream()
            .filter(item -> item.getKey().equals("output"))
            .findFirst()
            .orElseThrow()
            .getValue(),
        equalTo("PANE"));
  }

  private void refused(PTransform<PCollection<Row>, PCollectionTuple> transform, String why) {
    refused(pipeline.apply("rows " + why, Create.empty(SCHEMA)), transform, why);
  }

  private static void refused(
      PCollection<Row> rows, PTransform<PCollection<Row>, PCollectionTuple> transform, String why) {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> rows.apply("at " + why, transform));
    assertThat(e.getMessage(), startsWith("Cannot apply "));
    assertThat(e.getMessage(), containsString(why));
  }
}
