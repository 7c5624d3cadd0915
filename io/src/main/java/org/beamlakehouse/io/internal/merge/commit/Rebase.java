package org.beamlakehouse.io.internal.merge.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.beamlakehouse.io.internal.merge.changes.ReplayLog;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Brings what was merged into an older state of a table onto a newer one. Only shards in which
 * other commits added or removed files are merged again; what was merged into the others holds.
 * Where the table is split otherwise by now, or was while the changes were on their way, all is
 * merged as one shard.
 */
final class Rebase {
  private final TableDefinition definition;
  private final ShardMerge merge;

  /**
   * For one commit to a table.
   *
   * @param merge what the table's shards are merged by
   */
  Rebase(TableDefinition definition, ShardMerge merge) {
    this.definition = definition;
    this.merge = merge;
  }

  /**
   * Gives results on a state of the table.
   *
   * @param arrived what was merged first of that which the table does not have yet, with all
   *     changes
   * @param results those that arrived, or what this gave for an earlier state
   * @return a result that is not the very same or {@link ShardResult#on} was merged again here, and
   *     the files of the old one are of no use any more
   */
  List<ShardResult> onto(
      TableState state, TablePlan.Mode mode, List<ShardResult> arrived, List<ShardResult> results) {
    if (results.stream().anyMatch(result -> !result.merged())
        || results.stream().map(result -> result.shard().count()).distinct().count() > 1) {
      return List.of(mergeAsOne(state, mode, arrived));
    }
    if (mode == TablePlan.Mode.FULL_REFRESH) {
      return results.stream().map(result -> on(state, result)).toList();
    }
    if (results.stream().anyMatch(result -> isSplitOtherwise(state, result))) {
      return List.of(mergeAsOne(state, mode, arrived));
    }
    // What an attempt that died has appended of these very results is no news to them.
    Set<String> ownFiles =
        state.ledger() == null
            ? Set.of()
            : ResultFiles.data(state.ledger(), results, ShardResult::ledgerFiles).stream()
                .map(DataFile::location)
                .collect(Collectors.toSet());
    Map<Long, TouchedShards> target = new HashMap<>();
    Map<Long, TouchedShards> ledger = new HashMap<>();
    List<ShardResult> rebased = new ArrayList<>();
    for (ShardResult result : results) {
      boolean touched =
          target
                  .computeIfAbsent(
                      result.base(), base -> touched(state.target(), base, state.base(), Set.of()))
                  .contains(result.shard())
              || ledger
                  .computeIfAbsent(
                      result.ledgerBase(),
                      base -> touched(state.ledger(), base, state.ledgerBase(), ownFiles))
                  .contains(result.shard());
      if (!touched) {
        rebased.add(on(state, result));
      } else if (result.changes() != null) {
        rebased.add(mergeAgain(state, result));
      } else {
        // It was merged as one before, from the changes of all that arrived.
        return List.of(mergeAsOne(state, mode, arrived));
      }
    }
    return rebased;
  }

  private static ShardResult on(TableState state, ShardResult result) {
    return result.on(state.base(), state.ledgerBase());
  }

  /** True for a result of another state that had other shards. */
  private static boolean isSplitOtherwise(TableState state, ShardResult result) {
    return result.shard().count() != state.sharding().count()
        && !(Objects.equals(result.base(), state.base())
            && Objects.equals(result.ledgerBase(), state.ledgerBase()));
  }

  private TouchedShards touched(
      @Nullable Table table, @Nullable Long from, @Nullable Long to, Set<String> ownFiles) {
    return TouchedShards.between(table, definition.keyColumns().get(0), from, to, ownFiles);
  }

  private ShardResult mergeAgain(TableState state, ShardResult result) {
    ReplayLog kept = result.changes();
    return merge(
            state, result.shard(), kept.blocks(state.target().io()), TablePlan.Mode.INCREMENTAL)
        .keeping(kept);
  }

  private ShardResult mergeAsOne(TableState state, TablePlan.Mode mode, List<ShardResult> arrived) {
    FileIO io = state.target().io();
    List<CloseableIterable<byte[]>> all = new ArrayList<>();
    for (ShardResult result : arrived) {
      all.add(Objects.requireNonNull(result.changes(), "changes").blocks(io));
    }
    return merge(
        state.unsplit(), new Shard(definition.name(), 0, 1), CloseableIterable.concat(all), mode);
  }

  private ShardResult merge(
      TableState state, Shard shard, CloseableIterable<byte[]> changes, TablePlan.Mode mode) {
    try (changes) {
      return merge.merge(state, shard, changes, mode);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot merge into " + definition.name() + " again", e);
    }
  }
}
