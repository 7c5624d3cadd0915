package org.beamlakehouse.transforms;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * The latest row of each key from all changes of one table: SCD type 1 with no table behind it.
 *
 * <pre>{@code
 * PCollection<Row> customers = changes.apply(DedupLatestByKey.of(table));
 * }</pre>
 *
 * <p><b>Input:</b> changes of the one table, in any order and any number of times, with a {@link
 * org.beamlakehouse.transforms.change.ChangeEventCoder}. <b>Output:</b> one row per living key,
 * with {@link TableDefinition#rowSchema()}.
 *
 * <p>The rule is that of the merged tables: the highest sequence wins, ties are decided by values,
 * columns that the source did not send have their newest known value, a truncate deletes what is
 * below it. So the output depends on the set of changes only, whatever their order and bundling.
 *
 * <p><b>Windows.</b> Each window is for itself and knows nothing of the ones before: in the global
 * window of a bounded input the rows are those of the whole history, in fixed windows of a stream
 * they are what the window's changes tell. A trigger that fires several panes should accumulate;
 * each pane then replaces the one before. To keep rows from window to window, merge into a table.
 *
 * <p><b>Cost.</b> Changes are combined before the shuffle, as a rule to one per key and bundle. The
 * table's truncates are held in memory by every worker; they are expected to be few.
 */
@AutoValue
public abstract class DedupLatestByKey
    extends PTransform<PCollection<ChangeEvent>, PCollection<Row>> {

  abstract TableDefinition table();

  abstract boolean deletedRows();

  /**
   * Latest rows of a table that {@linkplain StorageType#LATEST keeps the latest row}.
   *
   * @param table of which the columns, the key, {@code deletes} and {@code ignoreNullColumns} count
   */
  public static DedupLatestByKey of(TableDefinition table) {
    return new AutoValue_DedupLatestByKey(table, false);
  }

  /**
   * Keeps the rows of deleted keys as well, with their last known values, and adds the columns
   * {@code is_deleted} and {@code deleted_at} (null while the key lives). By default they are left
   * out. Needs soft deletes: with hard ones there is no row to keep.
   */
  public DedupLatestByKey withDeletedRows() {
    return new AutoValue_DedupLatestByKey(table(), true);
  }

  @Override
  public PCollection<Row> expand(PCollection<ChangeEvent> events) {
    if (table().storage() != StorageType.LATEST) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the latest row per key of %s: its storage is %s; define it with storage"
                  + " LATEST (storedAsScdType: 1)",
              table().name(), table().storage()));
    }
    if (deletedRows() && table().deletes() != DeleteMode.SOFT) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot keep the deleted rows of %s: its deletes are %s; define it with deletes SOFT,"
                  + " or leave withDeletedRows() away",
              table().name(), table().deletes()));
    }
    MergeRule rule = MergeRules.of(table());
    RowShape shape = deletedRows() ? RowShape.withDeleted(table()) : RowShape.living(table());
    KeyedChanges keyed = KeyedChanges.of(table(), events);
    return keyed
        .changes()
        .apply("Reduce", Combine.perKey(new ReduceChanges(rule)))
        .apply(
            "Merge",
            ParDo.of(new MergeKeys(rule, keyed.truncates(), shape))
                .withSideInputs(keyed.truncates()))
        .setRowSchema(shape.schema());
  }
}
