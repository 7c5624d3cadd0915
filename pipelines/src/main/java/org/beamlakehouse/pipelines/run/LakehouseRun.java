package org.beamlakehouse.pipelines.run;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.beamlakehouse.io.merge.SilverTables;
import org.beamlakehouse.pipelines.gold.GoldQuery;
import org.beamlakehouse.pipelines.gold.GoldSql;
import org.beamlakehouse.pipelines.ops.RunContext;
import org.beamlakehouse.pipelines.ops.RunLog;
import org.beamlakehouse.pipelines.project.SourceSettings;
import org.beamlakehouse.pipelines.silver.SourceTables;
import org.beamlakehouse.pipelines.silver.TableFeed;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * One run of a project: everything that is new at its start goes through bronze, silver and gold
 * once; or everything that comes, until somebody ends the run.
 *
 * <p>A run keeps no state of its own: killed at any point and started again, the tables become
 * those of an undisturbed run.
 */
public final class LakehouseRun {
  private LakehouseRun() {}

  /**
   * Runs what is requested and waits for its end.
   *
   * @param progress told now and then how far work is, and what a person should know
   * @throws IllegalArgumentException where the request is wrong; nothing was run
   * @throws org.beamlakehouse.pipelines.config.ConfigurationException likewise
   */
  public static RunResult execute(RunRequest request, Consumer<String> progress) {
    BeamOptions options = BeamOptions.parse(request.beamOptions());
    RunContext run = context(request, options);
    RunScope scope = RunScope.of(request);
    List<GoldSql> products =
        scope.products().stream()
            .map(product -> GoldSql.of(product, run.vars(), scope.project().tables()))
            .toList();
    List<SourceSettings> evolving = scope.evolving();
    for (SourceTables source : scope.sources().values()) {
      for (TableDefinition table : source.tables()) {
        TableFeed.told(scope.catalog(), source.bronzeTable(), table).ifPresent(progress);
      }
    }
    if (request.mode() == RunMode.CONTINUOUS) {
      return goOn(request, options, run, scope, products, progress);
    }
    Ingests ingests = new Ingests();
    Ingests early = new Ingests();
    boolean news = false;
    for (SourceSettings source : scope.sources().keySet()) {
      Ingests ingest = evolving.contains(source) ? early : ingests;
      news |= ingest.add(scope, source, run, request.missingOffsets(), progress);
    }
    IdleCheck idle = new IdleCheck(scope.catalog());
    boolean silverWork = news || idle.hasSilverWork(scope);
    if (!silverWork && products.stream().noneMatch(p -> idle.hasGoldWork(scope, p))) {
      return new RunResult(null, List.of());
    }
    // All queries are planned first: a mistake in one stops the run before it has begun.
    List<GoldQuery> queries = products.stream().map(GoldQuery::of).toList();
    RunPipeline hops = new RunPipeline(scope, run);
    if (silverWork) {
      if (!evolving.isEmpty()) {
        progress.accept("fields that no contract knows");
        execute(options, progress, pipeline -> hops.evolve(pipeline, early, evolving));
      }
      progress.accept("bronze and silver");
      RunPipeline evolved = new RunPipeline(scope.evolved(), run);
      execute(options, progress, pipeline -> evolved.build(pipeline, ingests, evolving, List.of()));
    }
    for (int i = 0; i < queries.size(); i++) {
      GoldQuery query = queries.get(i);
      if (idle.hasGoldWork(scope, products.get(i))) {
        progress.accept(query.table());
        execute(
            options,
            progress,
            pipeline -> hops.build(pipeline, new Ingests(), List.of(), List.of(query)));
      }
    }
    return new RunResult(run.runId(), RunLog.read(scope.catalog(), run.runId()));
  }

  private static RunResult goOn(
      RunRequest request,
      BeamOptions options,
      RunContext run,
      RunScope scope,
      List<GoldSql> products,
      Consumer<String> progress) {
    if (request.fullRefresh()) {
      throw new IllegalArgumentException(
          "Cannot rebuild tables in mode continuous: run once with --full-refresh before");
    }
    if (!scope.evolving().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot run the source "
              + scope.evolving().get(0).name()
              + " in mode continuous: a table that it feeds takes up unknown fields, which changes"
              + " the graph; use available-now, or set onUnknownFields to rescue");
    }
    if (scope.sources().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot run in mode continuous without a source: choose a silver table with --tables");
    }
    List<GoldQuery> queries = products.stream().map(GoldQuery::of).toList();
    // Products may read tables that this run does not make.
    scope.project().tables().forEach(table -> SilverTables.target(scope.catalog(), table));
    progress.accept(
        String.format(
            "commits what is new every %s s, until you end it",
            scope.project().commitInterval().toMillis() / 1_000.0));
    ContinuousPipeline hops = new ContinuousPipeline(scope, run, request.missingOffsets());
    execute(options, progress, pipeline -> hops.build(pipeline, queries));
    return new RunResult(run.runId(), RunLog.read(scope.catalog(), run.runId()));
  }

  private static void execute(
      BeamOptions options, Consumer<String> progress, Consumer<Pipeline> graph) {
    Pipeline pipeline = Pipeline.create(options.options());
    graph.accept(pipeline);
    ProgressReport.until(options.start(pipeline), progress);
  }

  private static RunContext context(RunRequest request, BeamOptions options) {
    Map<String, String> vars = new LinkedHashMap<>();
    vars.put("run_date", LocalDate.now(ZoneOffset.UTC).toString());
    vars.putAll(request.vars());
    return new RunContext(
        UUID.randomUUID().toString(),
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        Version.current(),
        request.mode().label(),
        options.options().getRunner().getSimpleName(),
        vars);
  }
}
