package org.beamlakehouse.transforms.internal.rows;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.rows.RowSpec.Shape;

/**
 * Merges all changes of a key into its rows, with nothing stored before, and gives them one by one
 * or all in one element with the number of the pane.
 */
final class MergeRowsFn extends DoFn<KV<byte[], Iterable<Change>>, Row> {
  private final RowTable table;
  private final MergeRule rule;
  private final Schema schema;
  private final Distribution changesPerKey;

  MergeRowsFn(RowTable table, MergeRule rule, Schema schema) {
    this.table = table;
    this.rule = rule;
    this.schema = schema;
    this.changesPerKey = Metrics.distribution(table.spec().transform(), "changes_per_key");
  }

  @ProcessElement
  public void process(
      @Element KV<byte[], Iterable<Change>> element, PaneInfo pane, OutputReceiver<Row> out) {
    List<Change> changes = new ArrayList<>();
    element.getValue().forEach(changes::add);
    changesPerKey.update(changes.size());
    List<Row> rows = new ArrayList<>();
    for (StoredRow row : rule.merge(List.of(), List.of(), changes).rows()) {
      if (table.shows(row)) {
        rows.add(table.toRow(row));
      }
    }
    if (table.spec().shape() == Shape.ROW) {
      rows.forEach(out::output);
    } else {
      Row key = table.key(changes.get(0));
      out.output(Row.withSchema(schema).attachValues(List.of(key, pane.getIndex(), rows)));
    }
  }
}
