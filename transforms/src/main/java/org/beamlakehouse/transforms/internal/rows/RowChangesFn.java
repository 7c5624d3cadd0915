package org.beamlakehouse.transforms.internal.rows;

import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Makes a change of each row, by the bytes of its key, and sets bad rows aside. */
final class RowChangesFn extends DoFn<Row, KV<byte[], Change>> {
  private final RowTable table;
  private final TupleTag<KV<byte[], Change>> changes;
  private final TupleTag<Row> bad;
  private final Schema badSchema;
  private final Counter upserts;
  private final Counter deletes;
  private final Counter ignored;
  private final Counter badRows;
  private transient @Nullable ChangeCodec codec;

  RowChangesFn(
      RowTable table, TupleTag<KV<byte[], Change>> changes, TupleTag<Row> bad, Schema badSchema) {
    this.table = table;
    this.changes = changes;
    this.bad = bad;
    this.badSchema = badSchema;
    String namespace = table.spec().transform();
    this.upserts = Metrics.counter(namespace, "upserts");
    this.deletes = Metrics.counter(namespace, "deletes");
    this.ignored = Metrics.counter(namespace, "ignored");
    this.badRows = Metrics.counter(namespace, "bad_rows");
  }

  @Setup
  public void setup() {
    codec = ChangeCodec.of(table.definition());
  }

  @ProcessElement
  public void process(@Element Row row, MultiOutputReceiver out) {
    Change change;
    try {
      change = table.change(row);
    } catch (BadRowException e) {
      badRows.inc();
      // The row is not checked again: that it is bad may be why it is here.
      out.get(bad).output(Row.withSchema(badSchema).attachValues(List.of(row, e.getMessage())));
      return;
    }
    if (change == null) {
      ignored.inc();
      return;
    }
    (change.kind() == Kind.DELETE ? deletes : upserts).inc();
    out.get(changes).output(KV.of(codec.keyBytes(table.keyValues(change)), change));
  }
}
