package org.beamlakehouse.io.merge;

import java.util.List;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.FileJson;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files that workers wrote and that surely are in no table. It does what it can: a file
 * that stays is an orphan, which maintenance removes.
 */
final class Uncommitted {
  private static final Logger LOG = LoggerFactory.getLogger(Uncommitted.class);

  private final CatalogConfig catalog;
  private final TableDefinition definition;

  Uncommitted(CatalogConfig catalog, TableDefinition definition) {
    this.catalog = catalog;
    this.definition = definition;
  }

  /** Removes what was merged for a table of which neither rows nor ledger were committed. */
  void delete(List<BucketResult> results) {
    deleteTargetFiles(results);
    delete(
        definition.ledgerName(), results.stream().flatMap(r -> r.ledgerFiles().stream()).toList());
    deleteChanges(results);
  }

  /** Removes the changes that were kept in case they had to be merged again. */
  void deleteChanges(List<BucketResult> results) {
    List<KeptChanges> kept =
        results.stream()
            .map(BucketResult::changes)
            .filter(changes -> changes != null && changes.location() != null)
            .toList();
    if (kept.isEmpty()) {
      return;
    }
    try {
      FileIO io = Catalogs.load(catalog, definition.name()).io();
      kept.forEach(changes -> changes.discard(io));
    } catch (RuntimeException e) {
      warn(definition.name(), e);
    }
  }

  /** Removes what was written for the target; the ledger may be committed already. */
  void deleteTargetFiles(List<BucketResult> results) {
    delete(definition.name(), results.stream().flatMap(r -> r.dataFiles().stream()).toList());
    delete(definition.name(), results.stream().flatMap(r -> r.deleteFiles().stream()).toList());
  }

  /** Removes what was written for a shard that was merged again, but for committed ledger files. */
  void deleteSuperseded(BucketResult result, Set<String> ledgerFilesCommitted) {
    deleteTargetFiles(List.of(result));
    delete(
        definition.ledgerName(),
        result.ledgerFiles().stream().filter(f -> !ledgerFilesCommitted.contains(f)).toList());
  }

  /**
   * Removes what was written for the target in a merge that is not found among the target's
   * snapshots, unless the table was rolled back: then a snapshot that is out of sight may hold it.
   */
  void abandon(Table target, List<BucketResult> results) {
    List<Long> ancestors = SnapshotUtil.currentAncestorIds(target);
    if (results.stream().allMatch(r -> r.base() == null || ancestors.contains(r.base()))) {
      deleteTargetFiles(results);
    }
  }

  private void delete(String name, List<String> files) {
    if (files.isEmpty()) {
      return;
    }
    try {
      Table table = Catalogs.load(catalog, name);
      // The vectors of a shard share one file.
      files.stream()
          .map(json -> FileJson.read(table, json).location())
          .distinct()
          .forEach(table.io()::deleteFile);
    } catch (RuntimeException e) {
      warn(name, e);
    }
  }

  private static void warn(String table, RuntimeException e) {
    LOG.warn("Cannot remove files of {} that are not needed; maintenance will", table, e);
  }
}
