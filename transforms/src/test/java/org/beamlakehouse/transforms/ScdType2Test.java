package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.ChangeEventCoder;
import org.beamlakehouse.transforms.internal.merge.RowHash;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.Test;

/** The transform around the rule on the direct runner with its checks on. */
class ScdType2Test {
  private static final TableDefinition TABLE =
      Histories.table(StorageType.HISTORY, DeleteMode.SOFT);

  /** Title, changes, versions; all in one pipeline, starting one costs more than it does here. */
  private static final String[][] HISTORIES = {
    {"unchanged values confirm", "1:U(a)@10 1:U(a)@20", "1:a[10,~)"},
    {"a change before all", "1:U(a)@10 1:U(b)@5", "1:b[5,10) 1:a[10,~)"},
    {"a change inside", "1:U(c)@20 1:U(b)@15 1:U(a)@10", "1:a[10,15) 1:b[15,20) 1:c[20,~)"},
    {"a late delete inside", "1:U(a)@10 1:U(b)@30 1:D@20", "1:a[10,20) 1:b[30,~)"},
    {
      "confirmations are split",
      "1:U(A)@5 1:U(A)@10 1:U(A)@15 1:U(C)@20 1:U(B)@12",
      "1:A[5,12) 1:B[12,15) 1:A[15,20) 1:C[20,~)"
    },
    {"the gap of a delete stays", "1:U(a)@10 1:U(a)@11 1:D@12 1:U(b)@20", "1:a[10,12) 1:b[20,~)"},
    {"a delete before its insert", "1:D@20 1:U(x)@10", "1:x[10,20)"},
    {"born and deleted at once", "1:U(a)@10 1:D@10", ""},
    {
      "unsent columns have the value of their time",
      "1:U(a,x)@10 1:U(c,~)@20 1:U(b,y)@15",
      "1:a[10,15) 1:b[15,20) 1:c[20,~)"
    },
    {
      "a truncate closes all below",
      "1:U(a)@10 2:U(b)@5 2:U(c)@30 T@20",
      "1:a[10,20) 2:b[5,20) 2:c[30,~)"
    },
    {"keys do not mix", "1:U(a)@10 2:U(a)@11 1:D@12", "1:a[10,12) 2:a[11,~)"},
  };

  @Test
  void versionsTellTheHistory() {
    Pipeline pipeline = pipeline();
    for (String[] history : HISTORIES) {
      assertVersions(pipeline, history[0], Histories.parse(TABLE, history[1]), history[2]);
    }
    pipeline.run().waitUntilFinish();
  }

  @Test
  void theSetOfChangesDecidesNotTheirOrderOrRepetition() {
    List<ChangeEvent> changes =
        Histories.parse(
            TABLE,
            "1:U(a)@10 1:U(a)@12 1:D@15 1:U(b)@20 2:U(c)@5 2:U(c)@9 2:U(d)@14 T@7 3:D@3 3:U(e)@1");
    Random random = new Random(11);
    Pipeline pipeline = pipeline();
    for (int round = 0; round < 6; round++) {
      List<ChangeEvent> shuffled = new ArrayList<>(changes);
      shuffled.addAll(changes.subList(round, round + 4));
      Collections.shuffle(shuffled, random);
      assertVersions(
          pipeline,
          "round " + round,
          shuffled,
          "1:a[10,15) 1:b[20,~) 2:c[5,7) 2:c[9,14) 2:d[14,~) 3:e[1,3)");
    }
    pipeline.run().waitUntilFinish();
  }

  @Test
  void rowsHaveTheContractsColumnsAndThoseOfVersions() {
    Pipeline pipeline = pipeline();
    PCollection<Row> rows =
        pipeline
            .apply(create(Histories.parse(TABLE, "1:U(a,x)@10 1:D@20")))
            .apply(ScdType2.of(TABLE));
    assertThat(
        rows.getSchema().getFieldNames(),
        equalTo(List.of("id", "v", "w", "valid_from", "valid_to", "is_current", "row_hash")));
    String hash = RowHash.of(TABLE).hash(new Object[] {1L, "a", "x"});
    PAssert.that(rows)
        .containsInAnyOrder(
            Row.withSchema(rows.getSchema())
                .addValues(1L, "a", "x", 10L, 20L, false, hash)
                .build());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void timesFinerThanMicrosecondsAreCutOff() {
    TableDefinition table = TABLE.toBuilder().sequenceBy(List.of()).build();
    Instant from = Instant.parse("2024-01-01T00:00:00.123456789Z");
    List<ChangeEvent> events = new ArrayList<>();
    for (ChangeEvent event : Histories.parse(TABLE, "1:U(a)@10 1:U(b)@20 1:D@30")) {
      Instant time = from.plusNanos(1_000 * events.size());
      events.add(event.toBuilder().eventTime(time).validTime(time).build());
    }
    Pipeline pipeline = pipeline();
    PCollection<Row> rows =
        pipeline
            .apply(Create.of(events).withCoder(ChangeEventCoder.of(table)))
            .apply(ScdType2.of(table));
    Instant cut = Instant.parse("2024-01-01T00:00:00.123456Z");
    PAssert.that(rows)
        .satisfies(
            found -> {
              List<String> shown = new ArrayList<>();
              found.forEach(
                  row ->
                      shown.add(
                          row.getString("v")
                              + row.getLogicalTypeValue("valid_from", Instant.class)
                              + row.getLogicalTypeValue("valid_to", Instant.class)));
              assertThat(
                  shown,
                  containsInAnyOrder(
                      "a" + cut + cut.plusNanos(1_000),
                      "b" + cut.plusNanos(1_000) + cut.plusNanos(2_000)));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void tablesOfOtherStorageAreRefused() {
    TableDefinition latest = Histories.table(StorageType.LATEST, DeleteMode.SOFT);
    PCollection<ChangeEvent> events = pipeline().apply(create(List.of()));
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> events.apply(ScdType2.of(latest)));
    assertThat(e.getMessage(), containsString("storage is LATEST"));
  }

  private static void assertVersions(
      Pipeline pipeline, String title, List<ChangeEvent> events, String expected) {
    PCollection<String> versions =
        pipeline
            .apply(title, create(events))
            .apply(title + ": history", ScdType2.of(TABLE))
            .apply(title + ": show", ParDo.of(new ShowFn()));
    PAssert.that(title, versions)
        .containsInAnyOrder(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
  }

  private static Create.Values<ChangeEvent> create(List<ChangeEvent> events) {
    return Create.of(events).withCoder(ChangeEventCoder.of(TABLE));
  }

  private static Pipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }

  /** Versions in the notation {@code key:value[from,to)}. */
  static final class ShowFn extends DoFn<Row, String> {
    @ProcessElement
    public void process(@Element Row row, OutputReceiver<String> out) {
      Long to = row.getInt64("valid_to");
      if (row.getBoolean("is_current") != (to == null)) {
        throw new AssertionError("is_current disagrees with valid_to");
      }
      out.output(
          String.format(
              "%d:%s[%d,%s)",
              row.getInt64("id"),
              row.getString("v"),
              row.getInt64("valid_from"),
              to == null ? "~" : to));
    }
  }
}
