package org.beamlakehouse.pipelines.internal.gold;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/** Gathers what Beam SQL says of rows for which a query cannot be computed, in all of its steps. */
final class RowErrors extends PTransform<PCollection<Row>, PCollection<GoldFailure>> {
  /** Field of Beam SQL's error rows. */
  private static final String ERROR = "error";

  /** Errors that quote no value. */
  private static final Set<String> HARMLESS =
      Set.of(
          "/ by zero",
          "Division by zero",
          "BigInteger divide by zero",
          "integer overflow",
          "long overflow");

  private final String table;
  private final transient List<PCollection<GoldFailure>> all = new ArrayList<>();

  RowErrors(String table) {
    this.table = table;
  }

  @Override
  public PCollection<GoldFailure> expand(PCollection<Row> errors) {
    PCollection<GoldFailure> told =
        errors
            .apply("Tell", ParDo.of(new Tell(table)))
            .setCoder(SerializableCoder.of(GoldFailure.class));
    all.add(told);
    return told;
  }

  /** What was gathered, once the query is part of a graph. */
  List<PCollection<GoldFailure>> all() {
    return all;
  }

  /** One of a bundle will do. */
  private static final class Tell extends DoFn<Row, GoldFailure> {
    private final String table;
    private transient boolean isTold;

    Tell(String table) {
      this.table = table;
    }

    @StartBundle
    public void start() {
      isTold = false;
    }

    @ProcessElement
    public void tell(@Element Row error, OutputReceiver<GoldFailure> out) {
      if (isTold) {
        return;
      }
      isTold = true;
      String text = error.getString(ERROR);
      out.output(
          new GoldFailure(
              String.format(
                  "Cannot publish %s: its query fails for a row%s",
                  table,
                  text != null && HARMLESS.contains(text)
                      ? ": " + text
                      : "; lakehouse run --verbose --tables " + table + " tells where"),
              true));
    }
  }
}
