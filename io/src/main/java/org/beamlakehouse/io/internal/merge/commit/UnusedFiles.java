package org.beamlakehouse.io.internal.merge.commit;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.FileJson;
import org.beamlakehouse.io.internal.merge.changes.ReplayLog;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that one execution of a commit has written itself, by merging shards again. They are
 * the only ones that it removes where they turn out to be of no use: nobody else knows them.
 *
 * <p>What came with the results is never removed, used or not. A runner may execute a commit twice,
 * one after the other or at once, with the same results or with some of them made anew, and what
 * one execution has no use for may be what the other commits, or has committed. Such files lie
 * under the locations of their tables, named by no snapshot, where any engine's removal of orphans
 * finds them. The one exception are {@linkplain #discardChanges changes that were kept}, which no
 * snapshot ever names.
 *
 * <p>It does what it can: a file that cannot be removed is an orphan as well.
 */
final class UnusedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(UnusedFiles.class);

  private final CatalogConfig catalog;
  private final TableDefinition definition;

  /** Results that were made here and not taken over from elsewhere. */
  private final Set<UUID> own = new HashSet<>();

  /** Results of which the ledger may have the files. */
  private final Set<UUID> remembered = new HashSet<>();

  private boolean outcomeUnknown;

  UnusedFiles(CatalogConfig catalog, TableDefinition definition) {
    this.catalog = catalog;
    this.definition = definition;
  }

  /** Takes note of what was merged here. */
  void wrote(ShardResult result) {
    own.add(result.id());
  }

  /** Takes note that the ledger is about to have what results remember, or has it. */
  void remember(Collection<ShardResult> results) {
    results.stream()
        .filter(result -> !result.ledgerFiles().isEmpty())
        .forEach(result -> remembered.add(result.id()));
  }

  /** Whether the ledger has grown by what was to be committed. */
  boolean areRemembered() {
    return !remembered.isEmpty();
  }

  /** From now on nobody knows whether a commit was made: everything stays. */
  void outcomeUnknown() {
    outcomeUnknown = true;
  }

  /** Removes the files of those of some results that were made here, and are in no table. */
  void discard(Collection<ShardResult> results) {
    if (outcomeUnknown) {
      return;
    }
    for (ShardResult result : results) {
      if (own.remove(result.id())) {
        delete(definition.name(), result.dataFiles());
        delete(definition.name(), result.deleteFiles());
        if (!remembered.contains(result.id())) {
          delete(definition.ledgerName(), result.ledgerFiles());
        }
      }
    }
  }

  /**
   * Removes the changes that were kept in case they had to be merged again; to be called once the
   * table has taken them in, by its progress or by a snapshot that names the results. Every other
   * execution with the same results finds that as well, before it asks for the changes; one that is
   * reading them right now fails to, looks once more and finds it then.
   */
  void discardChanges(Collection<ShardResult> results) {
    List<ReplayLog> kept =
        results.stream()
            .map(ShardResult::changes)
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
