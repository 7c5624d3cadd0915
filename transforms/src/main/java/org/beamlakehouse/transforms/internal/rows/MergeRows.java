package org.beamlakehouse.transforms.internal.rows;

import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.pack.ChangeCoder;
import org.beamlakehouse.transforms.internal.rows.RowSpec.Shape;

/** The steps that rows take: to changes, by key, through the rule, to rows. */
public final class MergeRows {
  private MergeRows() {}

  /**
   * Merges the rows of an input.
   *
   * @param grouping brings the changes of a key together; may leave out what cannot matter
   * @param merged tag of the rows or panes
   * @param bad tag of the rows that are no changes
   */
  public static PCollectionTuple apply(
      RowTable table,
      PCollection<Row> rows,
      MergeRule rule,
      PTransform<? super PCollection<KV<byte[], Change>>, PCollection<KV<byte[], Iterable<Change>>>>
          grouping,
      TupleTag<Row> merged,
      TupleTag<Row> bad) {
    Schema badSchema =
        Schema.builder()
            .addRowField("failed_row", table.input())
            .addStringField("error_message")
            .build();
    TupleTag<KV<byte[], Change>> changes = new TupleTag<>("changes") {};
    PCollectionTuple split =
        rows.apply(
            "KeyRows",
            ParDo.of(new RowChangesFn(table, changes, bad, badSchema))
                .withOutputTags(changes, TupleTagList.of(bad)));
    Schema schema = table.spec().shape() == Shape.ROW ? table.output() : paneSchema(table);
    PCollection<Row> all =
        split
            .get(changes)
            .setCoder(KvCoder.of(ByteArrayCoder.of(), ChangeCoder.of(table.definition())))
            .apply("GroupByKey", grouping)
            .apply("Merge", ParDo.of(new MergeRowsFn(table, rule, schema)))
            .setRowSchema(schema);
    return PCollectionTuple.of(merged, all).and(bad, split.get(bad).setRowSchema(badSchema));
  }

  private static Schema paneSchema(RowTable table) {
    return Schema.builder()
        .addRowField("key", table.keySchema())
        .addInt64Field("pane")
        .addArrayField("rows", FieldType.row(table.output()))
        .build();
  }
}
