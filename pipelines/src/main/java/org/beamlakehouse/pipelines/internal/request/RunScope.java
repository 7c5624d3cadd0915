package org.beamlakehouse.pipelines.internal.request;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.merge.table.EvolvedTables;
import org.beamlakehouse.io.internal.registry.RegistryConfig;
import org.beamlakehouse.io.internal.registry.RegistrySchemas;
import org.beamlakehouse.pipelines.internal.gold.query.GoldProduct;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.silver.SourceTables;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;

/**
 * The part of a project that a run works on.
 *
 * @param project the project
 * @param catalog its catalog
 * @param sources the sources with the chosen silver tables they feed
 * @param products the chosen gold products
 * @param fullRefresh chosen silver and gold tables to rebuild
 */
public record RunScope(
    Project project,
    CatalogConfig catalog,
    Map<SourceSettings, SourceTables> sources,
    List<GoldProduct> products,
    Set<String> fullRefresh) {

  /**
   * The scope of a request.
   *
   * @throws IllegalArgumentException where a chosen table is not the project's
   */
  public static RunScope of(RunRequest request) {
    Project project = request.project();
    Set<String> unknown = new LinkedHashSet<>(request.tables());
    project.tables().forEach(table -> unknown.remove(table.name()));
    project.goldProducts().forEach(product -> unknown.remove(product.table()));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot run "
              + String.join(", ", unknown)
              + ": no contract or gold product has that name");
    }
    boolean all = request.tables().isEmpty();

    Map<SourceSettings, SourceTables> sources = new LinkedHashMap<>();
    Set<String> chosen = new LinkedHashSet<>();
    for (SourceSettings source : project.sources().values()) {
      List<TableDefinition> tables = new ArrayList<>();
      List<TableDefinition> others = new ArrayList<>();
      for (TableDefinition table : project.tables()) {
        if (table.source().equals(source.name())) {
          if (all || request.tables().contains(table.name())) {
            tables.add(table);
            chosen.add(table.name());
          } else {
            others.add(table);
          }
        }
      }
      if (all || !tables.isEmpty()) {
        sources.put(source, sourceTables(source, tables, others));
      }
    }
    List<GoldProduct> products = new ArrayList<>();
    for (GoldProduct product : project.goldProducts()) {
      if (all || request.tables().contains(product.table())) {
        products.add(product);
        chosen.add(product.table());
      }
    }
    return new RunScope(
        project, project.catalog(), sources, products, request.fullRefresh() ? chosen : Set.of());
  }

  /** The sources that feed a table which takes up unknown fields. */
  public List<SourceSettings> evolving() {
    return sources.keySet().stream()
        .filter(
            source ->
                sources.get(source).tables().stream()
                    .anyMatch(table -> table.unknownFields() == UnknownFields.EVOLVE))
        .toList();
  }

  /** The same scope with the columns that its tables have gained. */
  public RunScope evolved() {
    Map<SourceSettings, SourceTables> evolved = new LinkedHashMap<>();
    sources.forEach(
        (source, of) ->
            evolved.put(
                source,
                of.withTables(
                    of.tables().stream()
                        .map(table -> EvolvedTables.definition(catalog, table))
                        .toList())));
    return new RunScope(project, catalog, evolved, products, fullRefresh);
  }

  private static SourceTables sourceTables(
      SourceSettings source, List<TableDefinition> tables, List<TableDefinition> others) {
    RegistryConfig registry = source.schemaRegistry();
    return new SourceTables(
        source.bronzeTable(),
        source.format(),
        registry == null ? null : new RegistrySchemas(registry),
        tables,
        others);
  }
}
