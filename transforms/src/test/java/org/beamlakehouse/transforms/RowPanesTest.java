package org.beamlakehouse.transforms;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.transforms.internal.rows.NaiveRows;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams in which panes fire early, on time and late: whoever replaces by window and key in the
 * order of the panes has in the end what the rows of each window give at once. On the Direct runner
 * only, which fires as many panes as triggers allow.
 */
class RowPanesTest {
  private static final int ROWS = 40;
  private static final int MINUTES = 3;
  private static final Duration MINUTE = Duration.standardMinutes(1);

  private static final DedupLatestByKey.Rows LATEST =
      DedupLatestByKey.rows()
          .withKeyFields("id")
          .withSequenceFields("n")
          .withChangeTypeField("op")
          .withDeleteTypes("D")
          .inPanes();

  private static final ScdType2.Rows VERSIONS =
      ScdType2.rows()
          .withKeyFields("id")
          .withSequenceFields("n")
          .withValidTimeField("at")
          .withTrackedFields("v")
          .withChangeTypeField("op")
          .withDeleteTypes("D")
          .inPanes();

  private static Window<Row> fixedWindows() {
    return Window.<Row>into(FixedWindows.of(MINUTE))
        .triggering(
            AfterWatermark.pastEndOfWindow()
                .withEarlyFirings(AfterPane.elementCountAtLeast(2))
                .withLateFirings(AfterPane.elementCountAtLeast(1)))
        .withAllowedLateness(Duration.standardDays(1))
        .accumulatingFiredPanes();
  }

  private static Window<Row> globalWindow() {
    return Window.<Row>into(new GlobalWindows())
        .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
        .withAllowedLateness(Duration.ZERO)
        .accumulatingFiredPanes();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void latestRowsOfPanesAreThoseOfEachWindow(int seed) {
    check(seed, fixedWindows(), MINUTES, LATEST, DedupLatestByKey.PANES, RowPanesTest::latest);
    check(seed, globalWindow(), 1, LATEST, DedupLatestByKey.PANES, RowPanesTest::latest);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void versionsOfPanesAreThoseOfEachWindow(int seed) {
    check(seed, fixedWindows(), MINUTES, VERSIONS, ScdType2.PANES, RowPanesTest::versions);
    check(seed, globalWindow(), 1, VERSIONS, ScdType2.PANES, RowPanesTest::versions);
  }

  private static void check(
      int seed,
      Window<Row> windows,
      int windowCount,
      PTransform<PCollection<Row>, PCollectionTuple> transform,
      TupleTag<Row> tag,
      Function<List<Row>, List<String>> oracle) {
    Random random = new Random(seed);
    TestStream.Builder<Row> stream = TestStream.create(NaiveRows.SCHEMA);
    Map<String, List<Row>> byWindowAndKey = new TreeMap<>();
    for (int i = 0; i < ROWS; i++) {
      int n = 1 + random.nextInt(12);
      Row row =
          NaiveRows.row(
              1 + random.nextInt(3),
              "v" + random.nextInt(3),
              "w" + random.nextInt(3),
              n,
              10 * n,
              random.nextInt(3) == 0 ? "D" : "U");
      int minute = random.nextInt(MINUTES);
      stream = stream.addElements(TimestampedValue.of(row, time(minute)));
      String window = windowCount == 1 ? "all" : "" + time(minute).getMillis() / 60_000;
      byWindowAndKey
          .computeIfAbsent(window + "/" + row.getInt64("id"), key -> new ArrayList<>())
          .add(row);
      if (i == ROWS / 3 || i == 2 * ROWS / 3) {
        // The windows up to here are over; what comes for them from now on is late.
        stream = stream.advanceWatermarkTo(time(i * MINUTES / ROWS + 1));
      }
    }
    Map<String, List<String>> expected = new TreeMap<>();
    byWindowAndKey.forEach((key, rows) -> expected.put(key, oracle.apply(rows)));
    Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<String> panes =
        pipeline
            .apply(stream.advanceWatermarkToInfinity())
            .apply(windows)
            .apply("merge", transform)
            .get(tag)
            .apply(ParDo.of(new ShowFn()))
            .apply("together", Window.into(new GlobalWindows()));
    PAssert.that(panes)
        .satisfies(
            found -> {
              assertThat(replaced(found), is(expected));
              assertThat("several panes", found, hasItem(containsString("#1#")));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  /** Replaces by window and key in the order of the panes, whatever order they come in. */
  private static Map<String, List<String>> replaced(Iterable<String> panes) {
    Map<String, Long> numbers = new TreeMap<>();
    Map<String, List<String>> rows = new TreeMap<>();
    for (String pane : panes) {
      String[] parts = pane.split("#", 3);
      long number = Long.parseLong(parts[1]);
      assertThat("one element per key and pane", numbers.get(parts[0]), is(not(number)));
      if (number > numbers.getOrDefault(parts[0], -1L)) {
        numbers.put(parts[0], number);
        rows.put(parts[0], parts[2].isEmpty() ? List.of() : List.of(parts[2].split(" ")));
      }
    }
    return rows;
  }

  private static List<String> latest(List<Row> rows) {
    return NaiveRows.latest(rows).stream().map(RowPanesTest::show).toList();
  }

  private static List<String> versions(List<Row> rows) {
    return NaiveRows.versions(rows).stream()
        .map(version -> show(version.row()) + "[" + version.from() + "," + version.to() + ")")
        .toList();
  }

  private static String show(Row row) {
    return row.getInt64("id")
        + row.getString("v")
        + row.getString("w")
        + "@"
        + row.getInt32("n")
        + row.getString("op");
  }

  private static Instant time(int minute) {
    return Instant.ofEpochMilli(1).plus(MINUTE.multipliedBy(minute));
  }

  /** {@code window/key#pane#rows}. */
  static final class ShowFn extends DoFn<Row, String> {
    @ProcessElement
    public void process(@Element Row pane, BoundedWindow window, OutputReceiver<String> out) {
      List<String> rows = new ArrayList<>();
      for (Row row : pane.<Row>getArray("rows")) {
        rows.add(
            row.getSchema().hasField("valid_from")
                ? show(row)
                    + "["
                    + row.getInt32("valid_from")
                    + ","
                    + row.getInt32("valid_to")
                    + ")"
                : show(row));
      }
      String ofWindow =
          window instanceof IntervalWindow interval
              ? "" + interval.start().getMillis() / 60_000
              : "all";
      out.output(
          ofWindow
              + "/"
              + pane.getRow("key").getInt64("id")
              + "#"
              + pane.getInt64("pane")
              + "#"
              + String.join(" ", rows));
    }
  }
}
