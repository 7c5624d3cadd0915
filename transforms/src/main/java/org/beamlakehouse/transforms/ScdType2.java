package org.beamlakehouse.transforms;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The history of each key from all changes of one table: SCD type 2 with no table behind it.
 *
 * <pre>{@code
 * PCollection<Row> versions = changes.apply(ScdType2.of(table));
 * }</pre>
 *
 * <p><b>Input:</b> changes of the one table, in any order and any number of times, with a {@link
 * org.beamlakehouse.transforms.change.ChangeEventCoder}. <b>Output:</b> one row per version: the
 * contract's columns, then {@code valid_from} (inclusive) and {@code valid_to} (exclusive, null
 * while open) of {@link TableDefinition#validTimeType()}, {@code is_current}, and {@code row_hash}
 * over the tracked columns. Versions of a key never overlap; those of one key come in no certain
 * order.
 *
 * <p>The rule is that of the merged tables: a version opens only where a tracked column changed,
 * late changes land in their place, a delete closes, a truncate closes what is below it. So the
 * output depends on the set of changes only, whatever their order and bundling.
 *
 * <p><b>Windows.</b> Each window is for itself and knows nothing of the ones before: in the global
 * window of a bounded input the versions are those of the whole history, in fixed windows of a
 * stream they are what the window's changes tell. A trigger that fires several panes should
 * accumulate; each pane then replaces the one before. To keep history from window to window, merge
 * into a table.
 *
 * <p><b>Cost.</b> Every change is shuffled, and those of one key are held in memory together. So
 * are the table's truncates, by every worker.
 */
@AutoValue
public abstract class ScdType2 extends PTransform<PCollection<ChangeEvent>, PCollection<Row>> {

  abstract TableDefinition table();

  /**
   * Versions of a table that {@linkplain StorageType#HISTORY keeps history}.
   *
   * @param table of which the columns, the key, {@code sequenceBy}, {@code trackedColumns} and
   *     {@code ignoreNullColumns} count
   */
  public static ScdType2 of(TableDefinition table) {
    return new AutoValue_ScdType2(table);
  }

  @Override
  public PCollection<Row> expand(PCollection<ChangeEvent> events) {
    if (table().storage() != StorageType.HISTORY) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the history of %s: its storage is %s; define it with storage HISTORY"
                  + " (storedAsScdType: 2)",
              table().name(), table().storage()));
    }
    RowShape shape = RowShape.versions(table());
    KeyedChanges keyed = KeyedChanges.of(table(), events);
    return keyed
        .changes()
        .apply("GroupByKey", GroupByKey.create())
        .apply(
            "Merge",
            ParDo.of(new MergeKeys(MergeRules.of(table()), keyed.truncates(), shape))
                .withSideInputs(keyed.truncates()))
        .setRowSchema(shape.schema());
  }
}
