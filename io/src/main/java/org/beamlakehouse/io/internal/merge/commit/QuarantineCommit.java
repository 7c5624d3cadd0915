package org.beamlakehouse.io.internal.merge.commit;

import java.util.List;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.side.AppendWithProgress;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Commits the records of a table's batch that were put aside, once however often it comes. */
final class QuarantineCommit {
  private final CatalogConfig catalog;
  private final TableDefinition definition;

  QuarantineCommit(CatalogConfig catalog, TableDefinition definition) {
    this.catalog = catalog;
    this.definition = definition;
  }

  /**
   * Commits what the notes have.
   *
   * @throws IllegalArgumentException where there is something and the plan names no position
   */
  void commit(TablePlan plan, List<CommitNote> notes) {
    List<SideFile> files = notes.stream().flatMap(note -> note.sideFiles().stream()).toList();
    if (files.isEmpty()) {
      return;
    }
    if (plan.upTo() == null) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot commit the quarantine of %s: its plan names no upstream position; give one,"
                  + " so that repeated records are kept once",
              definition.name()));
    }
    AppendWithProgress.commit(
        Catalogs.load(catalog, definition.quarantineName()), files, plan.upstream(), plan.upTo());
  }
}
