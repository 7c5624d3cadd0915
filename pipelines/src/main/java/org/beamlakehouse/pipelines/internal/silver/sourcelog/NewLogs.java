package org.beamlakehouse.pipelines.internal.silver.sourcelog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.bronze.decisions.Decision;
import org.beamlakehouse.io.internal.bronze.decisions.Decisions;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.transforms.internal.log.LogBeginning;

/**
 * Where logs of sources begin anew: noticed by a run, confirmed by an operator, both kept with
 * bronze. What is confirmed is the very text that was noticed, so it holds for the places that the
 * halt named, whatever came since.
 */
public final class NewLogs {
  private NewLogs() {}

  /** The beginnings that operators have told, of all sources of a bronze table. */
  public static List<LogBeginning> told(List<Decision> decisions) {
    return decisions.stream()
        .filter(decision -> decision.kind() == Decision.Kind.NEW_LOG)
        .map(decision -> LogJson.beginning(decision.places()))
        .toList();
  }

  /** Keeps what a run has noticed, for an operator to confirm. */
  static void notice(
      CatalogConfig catalog,
      String bronzeTable,
      UUID bronze,
      LogBeginning beginning,
      RunContext run) {
    Decisions.keep(
        catalog,
        facts(beginning.source(), bronzeTable, run),
        bronze,
        new Decision(Decision.Kind.NOTICED_LOG, null, LogJson.write(beginning)));
  }

  /**
   * Confirms that the logs of a source begin anew where the last halt has said so.
   *
   * @return the places, for each log
   * @throws IllegalArgumentException where no run has noticed a beginning that is not confirmed yet
   */
  public static List<String> confirm(
      CatalogConfig catalog, String source, String bronzeTable, RunContext run) {
    Map<String, Decision> open = new LinkedHashMap<>();
    UUID bronze = null;
    Table table = Catalogs.find(catalog, bronzeTable).orElse(null);
    if (table != null) {
      bronze = table.uuid();
      List<Decision> all = Decisions.of(catalog, bronzeTable, bronze);
      all.forEach(decision -> take(decision, Decision.Kind.NOTICED_LOG, source, open));
      Map<String, Decision> told = new LinkedHashMap<>();
      all.forEach(decision -> take(decision, Decision.Kind.NEW_LOG, source, told));
      open.keySet().removeAll(told.keySet());
    }
    if (open.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot take --newLog=%s: no run has noticed that a log of %s begins anew, or it was"
                  + " told before; run without it",
              source, source));
    }
    for (Decision noticed : open.values()) {
      Decisions.keep(
          catalog,
          facts(source, bronzeTable, run),
          bronze,
          new Decision(Decision.Kind.NEW_LOG, null, noticed.places()));
    }
    return open.values().stream()
        .map(decision -> LogJson.beginning(decision.places()))
        .map(beginning -> beginning.log() + " at " + beginning.describe())
        .toList();
  }

  /** Sorts a decision by log and number; the later of two counts. */
  private static void take(
      Decision decision, Decision.Kind kind, String source, Map<String, Decision> byLog) {
    if (decision.kind() == kind) {
      LogBeginning beginning = LogJson.beginning(decision.places());
      if (beginning.source().equals(source)) {
        byLog.put(beginning.log() + "\n" + beginning.number(), decision);
      }
    }
  }

  private static RunFacts facts(String source, String bronzeTable, RunContext run) {
    return new RunFacts(
        source,
        bronzeTable,
        run.runId(),
        run.pipelineVersion(),
        run.startedAt().getEpochSecond() * 1_000_000 + run.startedAt().getNano() / 1_000);
  }
}
