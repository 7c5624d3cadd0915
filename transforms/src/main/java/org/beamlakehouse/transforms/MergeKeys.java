package org.beamlakehouse.transforms;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.StoredRow;

/**
 * Merges all changes of a key into its rows, with nothing stored before. A truncate concerns every
 * key, so it is handed to the rule as the engine hands it what is remembered.
 */
final class MergeKeys extends DoFn<KV<byte[], Iterable<Change>>, Row> {
  private final MergeRule rule;
  private final PCollectionView<List<Change>> truncates;
  private final RowShape shape;

  MergeKeys(MergeRule rule, PCollectionView<List<Change>> truncates, RowShape shape) {
    this.rule = rule;
    this.truncates = truncates;
    this.shape = shape;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    List<Change> changes = new ArrayList<>();
    context.element().getValue().forEach(changes::add);
    List<Change> remembered = new ArrayList<>(context.sideInput(truncates));
    for (StoredRow row : rule.merge(List.of(), remembered, changes).rows()) {
      if (shape.shows(row)) {
        context.output(shape.toRow(row));
      }
    }
  }
}
