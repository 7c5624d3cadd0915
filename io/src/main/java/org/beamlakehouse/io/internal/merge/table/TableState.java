package org.beamlakehouse.io.internal.merge.table;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A table as one worker sees it for one merge: everything is read from the two snapshots that were
 * current when it was loaded.
 *
 * @param base snapshot of the target; null while it has none
 * @param ledger null while the table has none
 * @param ledgerBase snapshot of the ledger; null while it has none
 * @param ledgerSince ledger files of a lower sequence number no longer count
 */
public record TableState(
    TableDefinition definition,
    Table target,
    @Nullable Long base,
    @Nullable Table ledger,
    @Nullable Long ledgerBase,
    long ledgerSince,
    Sharding sharding) {

  /** Loads a table, created where it is missing. */
  public static TableState load(CatalogConfig catalog, TableDefinition definition) {
    // The target first: a ledger that is ahead of its target is harmless, one that is behind would
    // lack what the target's rows rely on.
    Table target = SilverTables.target(catalog, definition);
    Table ledger = SilverTables.existingLedger(catalog, definition);
    return new TableState(
        definition,
        target,
        current(target),
        ledger,
        current(ledger),
        MergeSummaries.ledgerSince(target, ledger),
        Sharding.of(target, definition));
  }

  /** The same table as if nothing were stored in it. */
  public TableState emptied() {
    return new TableState(definition, target, null, ledger, null, ledgerSince, sharding);
  }

  /** The same table, to be merged into by one worker. */
  public TableState unsplit() {
    return new TableState(
        definition,
        target,
        base,
        ledger,
        ledgerBase,
        ledgerSince,
        Sharding.whole(target, definition));
  }

  private static @Nullable Long current(@Nullable Table table) {
    Snapshot snapshot = table == null ? null : table.currentSnapshot();
    return snapshot == null ? null : snapshot.snapshotId();
  }
}
