package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.ChangeEventCoder;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The transform around the rule on the direct runner with its checks on. The rule itself has its
 * own tests; here only what the pipeline adds could go wrong.
 */
class DedupLatestByKeyTest {
  private static final TableDefinition SOFT = Histories.table(StorageType.LATEST, DeleteMode.SOFT);
  private static final TableDefinition HARD = Histories.table(StorageType.LATEST, DeleteMode.HARD);

  private record History(String title, String changes, List<Row> rows) {}

  private static List<History> histories() {
    return List.of(
        history("the highest sequence wins, whatever the order", "1:U(b)@3 1:U(c)@2 1:U(a)@1", "b"),
        history("redelivery changes nothing", "1:U(a)@1 1:U(b)@2 1:U(a)@1 1:U(b)@2", "b"),
        history("a delete of an older row is late", "1:U(a)@5 1:D@2", "a"),
        history("a delete ends the row", "1:D@5 1:U(ghost)@4", null),
        history("an insert after a delete revives", "1:U(b)@3 1:D@2 1:U(a)@1", "b"),
        history("a delete wins a tie", "1:U(a)@5 1:D@5", null),
        history("an unsent column has its newest known value", "1:U(~,y)@3 1:U(a,x)@1", "a", "y"),
        history("unsent columns fill in any order", "1:U(a,~)@3 1:U(~,y)@2 1:U(c,x)@1", "a", "y"),
        history("a truncate ends what is below", "T@5 1:U(a)@4", null),
        history("a truncate keeps what is above", "1:U(a)@6 T@5 1:U(b)@4", "a"));
  }

  private static History history(String title, String changes, String v) {
    return history(title, changes, v, null);
  }

  private static History history(String title, String changes, String v, String w) {
    List<Row> rows = v == null ? List.of() : List.of(Histories.row(SOFT, 1, v, w));
    return new History(title, changes, rows);
  }

  /** All in one pipeline: starting one costs more than what it does here. */
  @Test
  void keepsTheLatestRow() {
    Pipeline pipeline = pipeline();
    for (TableDefinition table : List.of(SOFT, HARD)) {
      for (History history : histories()) {
        assertRows(
            pipeline,
            table.deletes() + " deletes: " + history.title(),
            DedupLatestByKey.of(table),
            Histories.parse(table, history.changes()),
            history.rows());
      }
    }
    pipeline.run().waitUntilFinish();
  }

  @Test
  void theSetOfChangesDecidesNotTheirOrderOrRepetition() {
    List<ChangeEvent> changes =
        new ArrayList<>(
            Histories.parse(
                SOFT,
                "1:U(a)@1 1:U(b,~)@4 1:U(~,x)@3 2:U(a)@2 2:D@5 2:U(c)@7 3:U(a)@1 4:U(d)@9 T@2"
                    + " T@6 4:D@11 4:U(e,f)@10 5:D@3 6:U(g)@6 6:U(h)@6"));
    List<Row> rows = new ArrayList<>();
    rows.add(Histories.row(SOFT, 2, "c", null));
    Random random = new Random(7);
    for (int i = 0; i < 30; i++) {
      // Enough changes of one key for the combiner to reduce before the end.
      changes.addAll(Histories.parse(SOFT, "7:U(a" + i + ",~)@" + (10 + i)));
    }
    changes.addAll(Histories.parse(SOFT, "7:U(~,z)@9"));
    rows.add(Histories.row(SOFT, 7, "a29", "z"));
    Pipeline pipeline = pipeline();
    for (int round = 0; round < 10; round++) {
      List<ChangeEvent> shuffled = new ArrayList<>(changes);
      for (int i = 0; i < changes.size(); i += 4) {
        shuffled.add(changes.get(random.nextInt(changes.size())));
      }
      Collections.shuffle(shuffled, random);
      assertRows(pipeline, "round " + round, DedupLatestByKey.of(SOFT), shuffled, rows);
    }
    pipeline.run().waitUntilFinish();
  }

  @Test
  void deletedRowsAreKeptOnRequestWithTheirLastValues() {
    DedupLatestByKey dedup = DedupLatestByKey.of(SOFT).withDeletedRows();
    Pipeline pipeline = pipeline();
    PCollection<Row> rows =
        pipeline
            .apply(create(SOFT, Histories.parse(SOFT, "1:U(a,x)@1 1:D@2 2:U(b)@1 3:D@4 4:U(c)@1")))
            .apply(dedup);
    Schema schema = rows.getSchema();
    assertThat(
        schema.getFieldNames(), equalTo(List.of("id", "v", "w", "is_deleted", "deleted_at")));
    PAssert.that(rows)
        .containsInAnyOrder(
            Row.withSchema(schema).addValues(1L, "a", "x", true, Histories.time(2)).build(),
            Row.withSchema(schema).addValues(2L, "b", null, false, null).build(),
            Row.withSchema(schema).addValues(3L, null, null, true, Histories.time(4)).build(),
            Row.withSchema(schema).addValues(4L, "c", null, false, null).build());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aWindowIsForItself() {
    List<TimestampedValue<ChangeEvent>> timed = new ArrayList<>();
    for (ChangeEvent event : Histories.parse(SOFT, "1:U(a)@1 1:U(b)@2 2:U(a)@1 T@9 1:U(c)@3")) {
      // The truncate falls into the second window, where only c is.
      long second = event.sequence().compareTo(Sequence.of(3)) >= 0 ? 70 : 5;
      timed.add(TimestampedValue.of(event, new org.joda.time.Instant(second * 1_000)));
    }
    Pipeline pipeline = pipeline();
    PCollection<Row> rows =
        pipeline
            .apply(Create.timestamped(timed).withCoder(ChangeEventCoder.of(SOFT)))
            .apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))))
            .apply(DedupLatestByKey.of(SOFT));
    PAssert.that(rows)
        .inWindow(window(0))
        .containsInAnyOrder(Histories.row(SOFT, 1, "b", null), Histories.row(SOFT, 2, "a", null));
    PAssert.that(rows).inWindow(window(60)).empty();
    pipeline.run().waitUntilFinish();
  }

  @Test
  void keysAndValuesMayBeOfAnyType() {
    ColumnType struct =
        ColumnType.struct(List.of(new ColumnType.Field("x", ColumnType.INT, false)));
    TableDefinition table =
        TableDefinition.builder()
            .name("silver.t")
            .columns(
                Column.of("s", struct),
                Column.required("b", ColumnType.BINARY),
                Column.of("l", ColumnType.list(struct)),
                Column.of("m", ColumnType.map(ColumnType.STRING, ColumnType.LONG)),
                Column.required("at", ColumnType.TIMESTAMP))
            .keyColumns("at", "b")
            .build();
    Schema inner = struct.toBeam().getRowSchema();
    Row x = Row.withSchema(inner).addValues(1).build();
    LocalDateTime at = LocalDateTime.parse("2026-01-02T03:04:05.000006");
    Row older =
        Row.withSchema(table.rowSchema()).addValues(null, new byte[] {1}, null, null, at).build();
    Row newer =
        Row.withSchema(table.rowSchema())
            .addValues(x, new byte[] {1}, Arrays.asList(x, null), Map.of("a", 1L), at)
            .build();
    List<ChangeEvent> events =
        Stream.of(newer, older)
            .map(
                row ->
                    ChangeEvent.builder()
                        .table("silver.t")
                        .operation(Operation.READ)
                        .key(
                            Row.withSchema(table.keySchema()).addValues(at, new byte[] {1}).build())
                        .after(row)
                        .sequence(Sequence.of(row == newer ? 2 : 1))
                        .eventTime(Instant.EPOCH)
                        .validTime(Instant.EPOCH)
                        .ingestedAt(Instant.EPOCH)
                        .build())
            .toList();
    Pipeline pipeline = pipeline();
    assertRows(pipeline, "typed", DedupLatestByKey.of(table), events, List.of(newer));
    pipeline.run().waitUntilFinish();
  }

  @Test
  void tablesOfOtherStorageAreRefused() {
    TableDefinition history = Histories.table(StorageType.HISTORY, DeleteMode.SOFT);
    assertRefused(DedupLatestByKey.of(history), history, "storage is HISTORY");
  }

  @Test
  void deletedRowsOfHardDeletesAreRefused() {
    assertRefused(DedupLatestByKey.of(HARD).withDeletedRows(), HARD, "deletes are HARD");
  }

  private static void assertRefused(DedupLatestByKey dedup, TableDefinition table, String why) {
    PCollection<ChangeEvent> events = pipeline().apply(create(table, List.of()));
    Exception e = assertThrows(IllegalArgumentException.class, () -> events.apply(dedup));
    assertThat(e.getMessage(), containsString(why));
  }

  private static void assertRows(
      Pipeline pipeline,
      String title,
      DedupLatestByKey dedup,
      List<ChangeEvent> events,
      List<Row> expected) {
    PCollection<Row> rows =
        pipeline.apply(title, create(dedup.table(), events)).apply(title + ": dedup", dedup);
    assertThat(rows.getSchema(), equalTo(dedup.table().rowSchema()));
    PAssert.that(title, rows).containsInAnyOrder(expected);
  }

  private static Create.Values<ChangeEvent> create(
      TableDefinition table, List<ChangeEvent> events) {
    return Create.of(events).withCoder(ChangeEventCoder.of(table));
  }

  private static IntervalWindow window(long second) {
    return new IntervalWindow(
        new org.joda.time.Instant(second * 1_000), Duration.standardMinutes(1));
  }

  private static Pipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }
}
