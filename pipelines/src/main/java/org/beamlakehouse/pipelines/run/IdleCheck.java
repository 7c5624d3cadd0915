package org.beamlakehouse.pipelines.run;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.pipelines.gold.GoldSql;
import org.beamlakehouse.pipelines.gold.GoldTable;
import org.beamlakehouse.pipelines.silver.SourceTables;
import org.beamlakehouse.pipelines.silver.TableFeed;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Looks from outside whether a run would find anything to do, so that an idle run costs a few looks
 * at the catalog and no pipeline.
 */
final class IdleCheck {
  private final CatalogConfig catalog;

  IdleCheck(CatalogConfig catalog) {
    this.catalog = catalog;
  }

  /** True where a silver table of a source is behind its bronze table. */
  boolean hasSilverWork(RunScope scope) {
    return scope.sources().values().stream()
        .anyMatch(source -> isBehind(source) || isRefreshed(scope, source));
  }

  /** True where a product does not show the silver tables as they are. */
  boolean hasGoldWork(RunScope scope, GoldSql product) {
    return scope.fullRefresh().contains(product.table()) || isBehind(product);
  }

  private static boolean isRefreshed(RunScope scope, SourceTables source) {
    return source.tables().stream().anyMatch(table -> scope.fullRefresh().contains(table.name()));
  }

  private boolean isBehind(SourceTables source) {
    if (!Catalogs.exists(catalog, source.bronzeTable())) {
      return true;
    }
    Table bronze = Catalogs.load(catalog, source.bronzeTable());
    Progress.Position available = Progress.Position.of(bronze, bronze.currentSnapshot());
    for (TableDefinition definition : source.tables()) {
      if (TableFeed.isBehind(catalog, source.bronzeTable(), available, definition)) {
        return true;
      }
    }
    return false;
  }

  private boolean isBehind(GoldSql product) {
    if (!Catalogs.exists(catalog, product.table())) {
      return true;
    }
    Table table = Catalogs.load(catalog, product.table());
    if (!GoldTable.wasMadeBy(table, product.fingerprint())) {
      return true;
    }
    Progress progress = Progress.of(table);
    for (String input : product.inputs()) {
      if (!Catalogs.exists(catalog, input)) {
        return true;
      }
      Snapshot current = Catalogs.load(catalog, input).currentSnapshot();
      Progress.Position position = progress.position(input);
      if (position == null
          || position.snapshot() != (current == null ? -1 : current.snapshotId())) {
        return true;
      }
    }
    return false;
  }
}
