package org.beamlakehouse.pipelines.internal.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.pipelines.internal.bronze.Ingests;
import org.beamlakehouse.pipelines.internal.bronze.SourceQuestions;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.GoldSql;
import org.beamlakehouse.pipelines.internal.graph.RunPipeline;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.beamlakehouse.pipelines.internal.request.RunScope;

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

  /** Sources that are taken in before the others: their tables take up unknown fields. */
  private final Map<SourceSettings, Ingests> early = new LinkedHashMap<>();

  /** Whether a pipeline failed. */
  private boolean isCutShort;

  /** Sources of which bronze has all that it will get. */
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
    if (isCutShort) {
      recordWhatIsLeft();
    }
    return report.result();
  }

  /** What ended in the middle of its work may have committed and not recorded it. */
  private void recordWhatIsLeft() {
    try {
      report.complete(new IdleCheck(scope.catalog()).tables(scope));
    } catch (RuntimeException e) {
      report.fail(e);
    }
  }

  /**
   * Asks all sources for what is new; one that does not answer is told, and left as it is: what
   * bronze has of it goes on.
   */
  private boolean look() {
    List<SourceSettings> evolving = scope.evolving();
    Map<SourceSettings, Future<Ingests.Found>> questions = new LinkedHashMap<>();
    boolean news = false;
    try (SourceQuestions sideBySide = new SourceQuestions(scope.sources().size())) {
      for (SourceSettings source : scope.sources().keySet()) {
        questions.put(
            source,
            sideBySide.ask(() -> Ingests.ask(scope, source, run, request.missingOffsets())));
      }
      for (SourceSettings source : scope.sources().keySet()) {
        try {
          Ingests.Found found = SourceQuestions.answer(questions.get(source));
          Ingests to =
              evolving.contains(source)
                  ? early.computeIfAbsent(source, unused -> new Ingests())
                  : ingests;
          news |= found.addTo(to, progress);
        } catch (IllegalArgumentException e) {
          // What the project says of it is wrong, which is found before anything was run.
          throw e;
        } catch (RuntimeException e) {
          report.tell("bronze", source.bronzeTable(), CommittedSnapshot.FAILED, "ingest into", e);
          if (!evolving.contains(source)
              && Catalogs.exists(scope.catalog(), source.bronzeTable())) {
            ingested.add(source);
          }
        }
      }
    }
    return news;
  }

  private void silver(RunPipeline hops) {
    try {
      if (!early.isEmpty()) {
        progress.accept("fields that no contract knows");
        evolve(hops, List.copyOf(early.keySet()));
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

  /** Where it fails for some sources together, each has its turn alone. */
  private void evolve(RunPipeline hops, List<SourceSettings> sources) {
    try {
      Ingests all = new Ingests();
      sources.forEach(source -> all.addAll(early.get(source)));
      execute(pipeline -> hops.evolve(pipeline, all, sources));
      ingested.addAll(sources);
    } catch (RuntimeException e) {
      if (sources.size() == 1) {
        report.tell("bronze", sources.get(0).bronzeTable(), CommittedSnapshot.FAILED, "read", e);
      } else {
        sources.forEach(source -> evolve(hops, List.of(source)));
      }
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
    boolean isWhole = false;
    try {
      ProgressReport.until(options.start(pipeline), progress);
      isWhole = true;
    } finally {
      isCutShort |= !isWhole;
    }
  }
}
