package org.beamlakehouse.pipelines.internal.run;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.commit.HaltMark;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.pipelines.internal.gold.FailedProducts;
import org.beamlakehouse.pipelines.internal.gold.GoldTable;
import org.beamlakehouse.pipelines.internal.gold.query.GoldSql;
import org.beamlakehouse.pipelines.internal.request.RunScope;
import org.beamlakehouse.pipelines.internal.silver.SourceTables;
import org.beamlakehouse.pipelines.internal.silver.TableFeed;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Looks from outside whether a run would find anything to do, so that an idle run costs a few looks
 * at the catalog and no pipeline.
 */
final class IdleCheck {
  /** A table that any catalog can be asked for. */
  private static final String OTHER_TABLE = "ops.runs";

  private final CatalogConfig catalog;
  private final Map<String, Optional<Table>> loaded = new HashMap<>();

  /** A check of the tables as they are now: each is looked at once. */
  IdleCheck(CatalogConfig catalog) {
    this.catalog = catalog;
  }

  /** The tables of a scope that there are, by name. */
  Map<String, Table> tables(RunScope scope) {
    Set<String> names = new LinkedHashSet<>();
    for (SourceTables source : scope.sources().values()) {
      names.add(source.bronzeTable());
      names.add(source.deadLetterTable());
      source.tables().forEach(table -> names.add(table.name()));
    }
    scope.products().forEach(product -> names.add(product.table()));
    Map<String, Table> tables = new LinkedHashMap<>();
    names.forEach(name -> load(name).ifPresent(table -> tables.put(name, table)));
    return tables;
  }

  private Optional<Table> load(String name) {
    return loaded.computeIfAbsent(
        name,
        n -> {
          try {
            return Catalogs.find(catalog, n);
          } catch (RuntimeException e) {
            throwIfAway(e);
            // Of this table alone nothing can be seen: whoever works on it tells that.
            return Optional.empty();
          }
        });
  }

  /** Throws a failure on where the catalog answers nothing else either. */
  private void throwIfAway(RuntimeException failure) {
    try {
      Catalogs.exists(catalog, OTHER_TABLE);
    } catch (RuntimeException e) {
      throw failure;
    }
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
    Optional<Table> bronzeTable = load(source.bronzeTable());
    if (bronzeTable.isEmpty()) {
      return true;
    }
    Table bronze = bronzeTable.get();
    Progress.Position available = Progress.Position.of(bronze, bronze.currentSnapshot());
    for (TableDefinition definition : source.tables()) {
      Optional<Table> silver = load(definition.name());
      if (silver.isEmpty()
          || TableFeed.isBehind(silver.get(), source.bronzeTable(), available, definition)) {
        return true;
      }
    }
    return false;
  }

  /**
   * True where a stream has nothing to do: what is left is of tables that it has parked, and of
   * products that wait for other rows.
   */
  boolean isAtRest(RunScope scope, List<GoldSql> products, String run) {
    for (SourceTables source : scope.sources().values()) {
      Optional<Table> bronze = load(source.bronzeTable());
      if (bronze.isEmpty()) {
        return false;
      }
      Progress.Position available =
          Progress.Position.of(bronze.get(), bronze.get().currentSnapshot());
      for (TableDefinition definition : source.tables()) {
        Optional<Table> table = load(definition.name());
        if (table.isEmpty()
            || (TableFeed.isBehind(table.get(), source.bronzeTable(), available, definition)
                && !isParked(definition, table.get(), source.bronzeTable(), run))) {
          return false;
        }
      }
    }
    return products.stream()
        .noneMatch(
            product ->
                isBehind(product)
                    && !FailedProducts.isWaiting(run, product.table(), this::isCurrent));
  }

  private boolean isCurrent(String name, long snapshot) {
    Snapshot current = load(name).map(Table::currentSnapshot).orElse(null);
    return snapshot == (current == null ? -1 : current.snapshotId());
  }

  private boolean isParked(TableDefinition definition, Table table, String upstream, String run) {
    if (HaltMark.of(table, upstream).filter(mark -> mark.run().equals(run)).isPresent()) {
      return true;
    }
    try {
      SilverTables.target(catalog, definition);
      return false;
    } catch (UnfitTableException | UnsupportedOperationException e) {
      return true;
    }
  }

  /** True where a product does not show its inputs as they are. */
  boolean isBehind(GoldSql product) {
    Optional<Table> table = load(product.table());
    if (table.isEmpty() || !GoldTable.wasMadeBy(table.get(), product.fingerprint())) {
      return true;
    }
    Progress progress = Progress.of(table.get());
    for (String input : product.inputs()) {
      Optional<Table> of = load(input);
      if (of.isEmpty()) {
        return true;
      }
      Progress.Position position = progress.position(input);
      if (position == null || !isCurrent(input, position.snapshot())) {
        return true;
      }
    }
    return false;
  }
}
