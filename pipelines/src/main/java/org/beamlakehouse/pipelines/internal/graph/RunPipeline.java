package org.beamlakehouse.pipelines.internal.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Snapshot;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.pipelines.internal.bronze.Ingests;
import org.beamlakehouse.pipelines.internal.context.HopOutputs;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.gold.GoldHop;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.ops.WriteRunLog;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.RunScope;
import org.beamlakehouse.pipelines.internal.silver.EvolveTables;
import org.beamlakehouse.pipelines.internal.silver.SilverHop;
import org.beamlakehouse.pipelines.internal.silver.SourceTables;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Builds the graph of a run: sources to bronze to silver to gold, each hop fed by what the one
 * before hands on. Any part may be left out: gold products take the tables that are not in the
 * graph as they are.
 */
public final class RunPipeline {
  private final RunScope scope;
  private final RunContext run;

  public RunPipeline(RunScope scope, RunContext run) {
    this.scope = scope;
    this.run = run;
  }

  /**
   * Adds what has to be done before the hops of sources whose tables take up unknown fields: the
   * sources are taken in, and the tables get their columns.
   */
  public void evolve(Pipeline pipeline, Ingests ingests, List<SourceSettings> evolving) {
    PCollection<CommittedSnapshot> bronze = ingests.expand(pipeline, scope.catalog(), run);
    bronze.apply(
        "Evolve",
        new EvolveTables(
            scope.catalog(),
            evolving.stream().map(source -> scope.sources().get(source)).toList(),
            scope.fullRefresh()));
    log(List.of(bronze));
  }

  /**
   * Adds the hops to a pipeline.
   *
   * @param ingests the sources to take in, with the silver tables of the scope that they feed
   * @param ingested the sources that were taken in before, likewise
   * @param products the gold products
   */
  public void build(
      Pipeline pipeline, Ingests ingests, List<SourceSettings> ingested, List<GoldQuery> products) {
    List<PCollection<CommittedSnapshot>> hops = new ArrayList<>();
    List<PCollection<CommittedSnapshot>> forGold = new ArrayList<>();
    Set<String> present = new LinkedHashSet<>();
    List<PCollection<CommittedSnapshot>> landed = new ArrayList<>();
    if (!ingests.isEmpty()) {
      landed.add(ingests.expand(pipeline, scope.catalog(), run));
    }
    if (!ingested.isEmpty()) {
      landed.add(
          pipeline.apply(
              "IngestedBefore",
              Create.of(ingested.stream().map(s -> asItIs("bronze", s.bronzeTable())).toList())));
    }
    if (!landed.isEmpty()) {
      PCollection<CommittedSnapshot> bronze = HopOutputs.together("BronzeTables", landed);
      hops.add(bronze);
      List<SourceTables> sources =
          scope.sources().values().stream().filter(source -> !source.tables().isEmpty()).toList();
      if (!sources.isEmpty()) {
        PCollection<CommittedSnapshot> silver =
            bronze.apply(
                "Silver", new SilverHop(scope.catalog(), sources, scope.fullRefresh(), run));
        hops.add(silver);
        forGold.add(silver);
        sources.forEach(s -> s.tables().forEach(table -> present.add(table.name())));
      }
    }
    List<CommittedSnapshot> others = others(products, present);
    if (!others.isEmpty()) {
      forGold.add(pipeline.apply("OtherTables", Create.of(others)));
    }
    if (!products.isEmpty()) {
      PCollection<CommittedSnapshot> inputs = HopOutputs.together("SilverTables", forGold);
      for (GoldQuery product : products) {
        hops.add(
            inputs.apply(
                "Gold " + product.table(),
                new GoldHop(
                    scope.catalog(),
                    product,
                    refresh(product.table()),
                    run.stamp(),
                    OnFailure.THROW)));
      }
    }
    log(hops);
  }

  private void log(List<PCollection<CommittedSnapshot>> hops) {
    HopOutputs.together("AllHops", hops)
        .apply(
            "RunLog", new WriteRunLog(scope.catalog(), run, ruleActions(scope), OnFailure.THROW));
  }

  /** A table that this graph does not make, as it is now. */
  private CommittedSnapshot asItIs(String hop, String table) {
    Snapshot current = Catalogs.load(scope.catalog(), table).currentSnapshot();
    long now = System.currentTimeMillis();
    return CommittedSnapshot.of(
        hop,
        table,
        current == null ? null : current.snapshotId(),
        CommittedSnapshot.UNCHANGED,
        Map.of(),
        null,
        now,
        now);
  }

  /** The silver tables that products read and this graph does not make, as they are now. */
  private List<CommittedSnapshot> others(List<GoldQuery> products, Set<String> present) {
    CatalogConfig catalog = scope.catalog();
    Set<String> names = new LinkedHashSet<>();
    products.forEach(product -> names.addAll(product.inputTables()));
    names.removeAll(present);
    List<CommittedSnapshot> others = new ArrayList<>();
    for (TableDefinition table : scope.project().tables()) {
      if (names.contains(table.name())) {
        SilverTables.target(catalog, table);
        others.add(asItIs("silver", table.name()));
      }
    }
    return others;
  }

  private GoldHop.Refresh refresh(String table) {
    return scope.fullRefresh().contains(table) ? GoldHop.Refresh.FULL : GoldHop.Refresh.INCREMENTAL;
  }

  /** Action of each quality rule, as the run log takes it. */
  public static Map<String, String> ruleActions(RunScope scope) {
    Map<String, String> actions = new TreeMap<>();
    for (TableDefinition table : scope.project().tables()) {
      for (QualityRule rule : table.qualityRules()) {
        actions.put(
            table.name() + ":" + rule.name(), rule.action().name().toLowerCase(Locale.ROOT));
      }
    }
    return actions;
  }
}
