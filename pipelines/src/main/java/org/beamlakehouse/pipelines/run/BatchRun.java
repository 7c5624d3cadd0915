package org.beamlakehouse.pipelines.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.merge.UnfitTableException;
import org.beamlakehouse.pipelines.gold.GoldQuery;
import org.beamlakehouse.pipelines.gold.GoldSql;
import org.beamlakehouse.pipelines.ops.RunContext;
import org.beamlakehouse.pipelines.project.SourceSettings;

/** Takes everything that is new at the start of a run through bronze, silver and gold, once. */
final class BatchRun {
  /** How often a product is computed again where another run publishes it at the same time. */
  private static final int GOLD_ATTEMPTS = 5;

  private final RunRequest request;
  private final BeamOptions options;
  private final RunContext run;
  private final RunScope scope;
  private final List<GoldSql> products;
  private final Consumer<String> progress;
  private final RunReport report;

  private final Ingests ingests = new Ingests();
  private final Ingests early = new Ingests();
  private final List<SourceSettings> evolving;
  private final List<SourceSettings> ingested = new ArrayList<>();

  BatchRun(
      RunRequest request,
      BeamOptions options,
      RunContext run,
      RunScope scope,
      List<GoldSql> products,
      Consumer<String> progress) {
    this.request = request;
    this.options = options;
    this.run = run;
    this.scope = scope;
    this.products = products;
    this.progress = progress;
    this.report = new RunReport(scope, run);
    this.evolving = new ArrayList<>(scope.evolving());
  }

  RunResult execute() {
    LakehouseRun.discard(request.discard(), scope, run, progress);
    LakehouseRun.confirmNewLogs(request.newLogs(), scope, run, progress);
    IdleCheck idle = new IdleCheck(scope.catalog());
    report.complete(idle.tables(scope));
    LakehouseRun.tellFeeds(scope, idle.tables(scope), progress);
    boolean silverWork = look() || idle.hasSilverWork(scope);
    if (!silverWork && products.stream().noneMatch(p -> idle.hasGoldWork(scope, p))) {
      return report.isEmpty() ? new RunResult(null, List.of(), List.of()) : report.result();
    }
    // All queries are planned first: a mistake in one stops the run before it has begun.
    List<GoldQuery> queries = products.stream().map(GoldQuery::of).toList();
    RunPipeline hops = new RunPipeline(scope, run);
    if (silverWork) {
      silver(hops);
    }
    for (int i = 0; i < queries.size() && !report.hasFailures(); i++) {
      gold(hops, products.get(i), queries.get(i));
    }
    return report.result();
  }

  /** Asks all sources for what is new; one that does not answer is told, and left as it is. */
  private boolean look() {
    boolean news = false;
    for (SourceSettings source : scope.sources().keySet()) {
      Ingests ingest = evolving.contains(source) ? early : ingests;
      try {
        news |= ingest.add(scope, source, run, request.missingOffsets(), progress);
      } catch (IllegalArgumentException e) {
        // What the project says of it is wrong, which is found before anything was run.
        throw e;
      } catch (RuntimeException e) {
        evolving.remove(source);
        report.tell("bronze", source.bronzeTable(), CommittedSnapshot.FAILED, "ingest into", e);
      }
    }
    return news;
  }

  private void silver(RunPipeline hops) {
    try {
      if (!evolving.isEmpty()) {
        progress.accept("fields that no contract knows");
        execute(pipeline -> hops.evolve(pipeline, early, evolving));
        ingested.addAll(evolving);
      }
      if (!ingests.isEmpty() || !ingested.isEmpty()) {
        progress.accept("bronze and silver");
        RunPipeline evolved = new RunPipeline(scope.evolved(), run);
        execute(pipeline -> evolved.build(pipeline, ingests, ingested, List.of()));
      }
    } catch (RuntimeException e) {
      report.fail(e);
    }
  }

  private void gold(RunPipeline hops, GoldSql product, GoldQuery query) {
    try {
      boolean hasWork = new IdleCheck(scope.catalog()).hasGoldWork(scope, product);
      for (int attempt = 0; hasWork && attempt < GOLD_ATTEMPTS; attempt++) {
        progress.accept(query.table());
        execute(pipeline -> hops.build(pipeline, new Ingests(), List.of(), List.of(query)));
        // Where another run was faster, what it did not take in is left.
        hasWork = new IdleCheck(scope.catalog()).isBehind(product);
      }
    } catch (UnfitTableException e) {
      report.tell("gold", query.table(), CommittedSnapshot.HALTED, "publish", e);
    } catch (RuntimeException e) {
      report.tell("gold", query.table(), CommittedSnapshot.FAILED, "publish", e);
    }
  }

  private void execute(Consumer<Pipeline> graph) {
    Pipeline pipeline = Pipeline.create(options.options());
    graph.accept(pipeline);
    ProgressReport.until(options.start(pipeline), progress);
  }
}
