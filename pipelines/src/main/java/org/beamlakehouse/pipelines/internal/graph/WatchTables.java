package org.beamlakehouse.pipelines.internal.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.merge.commit.HaltMark;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.UnfitTableException;
import org.beamlakehouse.pipelines.engine.Engine;
import org.beamlakehouse.pipelines.internal.context.PlannedWork;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.request.HaltedException;
import org.beamlakehouse.pipelines.internal.request.OnHalt;
import org.beamlakehouse.pipelines.internal.silver.SourceTables;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what a stream did to its tables: work that failed is to be planned again, and where a
 * table is halted, the stream ends if it is to, or if all of its tables are.
 */
final class WatchTables extends DoFn<CommittedSnapshot, Void> {
  private static final Logger LOG = LoggerFactory.getLogger(WatchTables.class);

  private final CatalogConfig catalog;
  private final RunContext run;
  private final List<SourceTables> sources;
  private final OnHalt onHalt;

  /** What was said last of a table that failed. */
  private final Map<String, String> told = new HashMap<>();

  WatchTables(CatalogConfig catalog, RunContext run, List<SourceTables> sources, OnHalt onHalt) {
    this.catalog = catalog;
    this.run = run;
    this.sources = List.copyOf(sources);
    this.onHalt = onHalt;
  }

  @ProcessElement
  public void watch(@Element CommittedSnapshot table) {
    switch (table.getStatus()) {
      case CommittedSnapshot.FAILED -> {
        PlannedWork.failed(run.runId(), table.getTable());
        if (!String.valueOf(table.getMessage())
            .equals(told.put(table.getTable(), table.getMessage()))) {
          LOG.warn("{}; it is tried again, the others go on", table.getMessage());
        }
      }
      case CommittedSnapshot.HALTED -> halted(table);
      default -> {
        // All is well.
      }
    }
  }

  private void halted(CommittedSnapshot table) {
    if (onHalt == OnHalt.STOP || isEveryTableParked()) {
      throw Engine.of(run.runner())
          .map(engine -> engine.finalFailure(new HaltedException(table.getMessage())))
          .orElseGet(() -> new HaltedException(table.getMessage()));
    }
    LOG.warn(
        "{}; it is parked until the stream is started again, the others go on", table.getMessage());
  }

  private boolean isEveryTableParked() {
    for (SourceTables source : sources) {
      for (TableDefinition definition : source.tables()) {
        if (!isParked(definition, source.bronzeTable())) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isParked(TableDefinition definition, String upstream) {
    try {
      Table table = SilverTables.target(catalog, definition);
      return HaltMark.of(table, upstream)
          .filter(mark -> mark.run().equals(run.runId()))
          .isPresent();
    } catch (UnfitTableException | UnsupportedOperationException e) {
      return true;
    } catch (RuntimeException e) {
      // It may well be looked at later.
      return false;
    }
  }
}
