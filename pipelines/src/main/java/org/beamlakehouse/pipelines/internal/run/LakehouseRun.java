package org.beamlakehouse.pipelines.internal.run;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.context.Version;
import org.beamlakehouse.pipelines.internal.gold.query.GoldSql;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.RunMode;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.request.RunResult;
import org.beamlakehouse.pipelines.internal.request.RunScope;
import org.beamlakehouse.pipelines.internal.silver.DiscardedBatches;
import org.beamlakehouse.pipelines.internal.silver.SourceTables;
import org.beamlakehouse.pipelines.internal.silver.TableFeed;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.NewLogs;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * One run of a project: everything that is new at its start goes through bronze, silver and gold
 * once; or everything that comes, until somebody ends the run.
 *
 * <p>A run keeps no state of its own: killed at any point and started again, the tables become
 * those of an undisturbed run. What goes wrong with one source, table or product is told in the
 * result, and the others go on.
 */
public final class LakehouseRun {
  private LakehouseRun() {}

  /**
   * Runs what is requested and waits for its end.
   *
   * @param progress told now and then how far work is, and what a person should know
   * @throws IllegalArgumentException where the request is wrong; nothing was run
   * @throws org.beamlakehouse.pipelines.internal.config.ConfigurationException likewise
   */
  public static RunResult execute(RunRequest request, Consumer<String> progress) {
    BeamOptions options = BeamOptions.parse(request.beamOptions());
    RunContext run = context(request, options);
    RunScope scope = RunScope.of(request);
    List<GoldSql> products =
        scope.products().stream()
            .map(product -> GoldSql.of(product, run.vars(), scope.project().tables()))
            .toList();
    return request.mode() == RunMode.CONTINUOUS
        ? new StreamRun(request, options, run, scope, products, progress).execute()
        : new BatchRun(request, options, run, scope, products, progress).execute();
  }

  /** Tells which tables begin anew, because they are fed by another table than before. */
  static void tellFeeds(RunScope scope, Map<String, Table> tables, Consumer<String> progress) {
    for (SourceTables source : scope.sources().values()) {
      for (TableDefinition definition : source.tables()) {
        Table target = tables.get(definition.name());
        if (target != null) {
          TableFeed.told(target, source.bronzeTable(), definition).ifPresent(progress);
        }
      }
    }
  }

  /** Keeps the operator's words before anything is planned by them. */
  static void discard(
      Set<String> tables, RunScope scope, RunContext run, Consumer<String> progress) {
    for (String table : tables) {
      boolean isKnown = false;
      for (SourceTables source : scope.sources().values()) {
        for (TableDefinition definition : source.tables()) {
          if (definition.name().equals(table)) {
            isKnown = true;
            int batches = DiscardedBatches.decide(scope.catalog(), run, source, definition);
            progress.accept(
                String.format(
                    "%s passes over %d batches of %s", table, batches, source.bronzeTable()));
          }
        }
      }
      if (!isKnown) {
        throw new IllegalArgumentException(
            "Cannot discard a batch of "
                + table
                + ": it is no silver table of this run; give the name of one that is halted");
      }
    }
  }

  /** Keeps the operator's word that logs begin anew. */
  static void confirmNewLogs(
      Set<String> sources, RunScope scope, RunContext run, Consumer<String> progress) {
    for (String name : sources) {
      SourceSettings source = scope.project().sources().get(name);
      if (source == null) {
        throw new IllegalArgumentException(
            "Cannot take --newLog=" + name + ": no source in lakehouse.yaml has that name");
      }
      for (String place : NewLogs.confirm(scope.catalog(), name, source.bronzeTable(), run)) {
        progress.accept("a new log of " + name + " begins: " + place);
      }
    }
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
