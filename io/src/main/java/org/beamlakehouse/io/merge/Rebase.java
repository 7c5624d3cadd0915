package org.beamlakehouse.io.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Brings what was merged into an older state of a table onto a newer one. Only shards in which
 * other commits added or removed files are merged again; what was merged into the others holds.
 */
final class Rebase {
  private final TableDefinition definition;
  private final MergeBucket merge;

  /**
   * For one table.
   *
   * @param merge what the table's shards are merged by
   */
  Rebase(TableDefinition definition, MergeBucket merge) {
    this.definition = definition;
    this.merge = merge;
  }

  /**
   * Gives each result on a state of the table.
   *
   * @return in the same order; a result that is not the very same or {@link BucketResult#on} was
   *     merged again, and the files of the old one are of no use any more
   * @throws ConcurrentCommitException where the table is split otherwise by now
   */
  List<BucketResult> onto(TableState state, TablePlan.Mode mode, List<BucketResult> results) {
    Map<Long, TouchedShards> target = new HashMap<>();
    Map<Long, TouchedShards> ledger = new HashMap<>();
    List<BucketResult> rebased = new ArrayList<>();
    for (BucketResult result : results) {
      boolean holds =
          mode == TablePlan.Mode.FULL_REFRESH
              || (!target
                      .computeIfAbsent(
                          result.base(), base -> touched(state.target(), base, state.base()))
                      .contains(result.shard())
                  && !ledger
                      .computeIfAbsent(
                          result.ledgerBase(),
                          base -> touched(state.ledger(), base, state.ledgerBase()))
                      .contains(result.shard()));
      rebased.add(holds ? result.on(state.base(), state.ledgerBase()) : mergeAgain(state, result));
    }
    return rebased;
  }

  private TouchedShards touched(@Nullable Table table, @Nullable Long from, @Nullable Long to) {
    return TouchedShards.between(table, definition.keyColumns().get(0), from, to);
  }

  private BucketResult mergeAgain(TableState state, BucketResult result) {
    KeptChanges changes = Objects.requireNonNull(result.changes(), "changes");
    try (CloseableIterator<byte[]> blocks = changes.open(state.target().io())) {
      return merge
          .merge(state, result.shard(), () -> blocks, TablePlan.Mode.INCREMENTAL)
          .keeping(changes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot merge into " + definition.name() + " again", e);
    }
  }
}
