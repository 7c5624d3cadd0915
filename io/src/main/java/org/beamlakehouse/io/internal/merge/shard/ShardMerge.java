package org.beamlakehouse.io.internal.merge.shard;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.merge.changes.HashRange;
import org.beamlakehouse.io.internal.merge.changes.ReplayLog;
import org.beamlakehouse.io.internal.merge.changes.ShardChanges;
import org.beamlakehouse.io.internal.merge.stored.FilePlanner;
import org.beamlakehouse.io.internal.merge.stored.LedgerReader;
import org.beamlakehouse.io.internal.merge.stored.ShardView;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;
import org.beamlakehouse.io.internal.merge.stored.StoredPosition;
import org.beamlakehouse.io.internal.merge.table.Clock;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.io.internal.merge.write.LedgerWriter;
import org.beamlakehouse.io.internal.merge.write.NewRow;
import org.beamlakehouse.io.internal.merge.write.ShardWriter;
import org.beamlakehouse.io.internal.merge.write.TargetWriter;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Merges the changes of one shard into what a table has stored, and writes the difference to files
 * that are not yet part of it.
 *
 * <p>Of the stored rows it reads the key and the columns that decide between changes, in the files
 * that can hold a key of the changes; whole rows only of keys whose rule asks for them. A truncate
 * makes it read the keys of the whole shard.
 *
 * <p>Rows that the rule hands back as they are stay where they are. The others are deleted by
 * position and written anew, so a key may move to another partition.
 */
public final class ShardMerge {
  /** A block that makes a merge a full refresh; real blocks are never empty. */
  public static final byte[] FULL_REFRESH = new byte[0];

  /** What a stored row takes in memory when its key alone is looked for. */
  private static final long STORED_KEY_MEMORY = 160;

  private final CatalogConfig catalog;
  private final TableDefinition definition;
  private final MergeRule rule;
  private final ChangeCodec codec;
  private final Clock clock;
  private final long memory;
  private final FilePlanner targetFiles;
  private final FilePlanner ledgerFiles;

  /**
   * A merge into one table.
   *
   * @param memory bytes that the changes of a pass may take, and as many its stored rows; what is
   *     beyond is merged in further passes
   */
  public ShardMerge(CatalogConfig catalog, TableDefinition definition, Clock clock, long memory) {
    this.catalog = catalog;
    this.definition = definition;
    this.rule = MergeRules.of(definition);
    this.codec = ChangeCodec.of(definition);
    this.clock = clock;
    this.memory = memory;
    this.targetFiles = new FilePlanner(definition.keyColumns());
    this.ledgerFiles = new FilePlanner(LedgerReader.decidingColumns(definition));
  }

  /**
   * Merges changes into one shard.
   *
   * @param blocks all changes of the shard's keys and every truncate, in any order, as {@link
   *     ShippedBlocks}; iterated once. An empty block among them says the same as the mode {@code
   *     FULL_REFRESH}
   * @return what was written; nothing but the changes where the table is no longer split as the
   *     shard says
   */
  public ShardResult merge(Shard shard, Iterable<byte[]> blocks, TablePlan.Mode mode) {
    TableState state = TableState.load(catalog, definition);
    ReplayLog.Writer kept = new ReplayLog.Writer(state::target);
    Iterable<byte[]> keeping = kept.keeping(blocks);
    try {
      ShardResult result =
          state.sharding().count() == shard.count()
              ? merge(state, shard, keeping, mode)
              : unmerged(state, shard, keeping);
      return result.keeping(kept.finish());
    } catch (RuntimeException e) {
      kept.abort(e);
      throw e;
    }
  }

  /** A result that only keeps its changes. */
  private ShardResult unmerged(TableState state, Shard shard, Iterable<byte[]> blocks) {
    long started = clock.getAsLong();
    // They are kept as they pass.
    blocks.forEach(block -> {});
    return new ShardResult(
        UUID.randomUUID(),
        shard,
        false,
        state.base(),
        state.ledgerBase(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new MergeCounts(definition.storage()).toMap(),
        started,
        null);
  }

  /**
   * As {@link #merge(Shard, Iterable, TablePlan.Mode)}, into a table as it was loaded, which is
   * split as the shard says.
   */
  public ShardResult merge(
      TableState state, Shard shard, Iterable<byte[]> blocks, TablePlan.Mode mode) {
    long started = clock.getAsLong();
    ShardWriter writer = new ShardWriter(shard.index());
    try (ShardChanges changes = ShardChanges.collect(blocks, codec, rule, memory)) {
      boolean refresh = mode == TablePlan.Mode.FULL_REFRESH || changes.isFullRefresh();
      Run run = new Run(state, shard, writer);
      try (run) {
        return run.merge(changes, refresh, started);
      }
    } catch (RuntimeException e) {
      writer.abort(e);
      throw e;
    }
  }

  /** One merge. */
  private final class Run implements HashRangeMerge.Output, Closeable {
    private final TableState state;
    private final Shard shard;
    private final ShardWriter writer;
    private final TargetShape shape;
    private final TargetWriter rows;
    private @Nullable LedgerWriter ledger;
    private final MergeCounts counts = new MergeCounts(definition.storage());

    Run(TableState state, Shard shard, ShardWriter writer) {
      this.state = state;
      this.shard = shard;
      this.writer = writer;
      this.shape = new TargetShape(definition, state.target().schema());
      this.rows = new TargetWriter(state, shape, writer, memory);
    }

    ShardResult merge(ShardChanges changes, boolean refresh, long started) {
      ShardView view =
          new ShardView(
              refresh ? state.emptied() : state,
              shape,
              shard.index(),
              codec,
              targetFiles,
              ledgerFiles);
      List<Change> truncates = List.copyOf(changes.truncates());
      Deque<HashRange> parts = new ArrayDeque<>();
      if (!changes.isEmpty()) {
        // A truncate is merged into every stored row.
        long more = truncates.isEmpty() ? 0 : STORED_KEY_MEMORY * view.storedRows();
        parts.addAll(changes.parts(more));
      }
      List<Change> unknownTruncates = truncates;
      while (!parts.isEmpty()) {
        HashRange part = parts.poll();
        HashRangeMerge merge =
            new HashRangeMerge(view, rule, part, changes.load(part), truncates, memory);
        if (!merge.read() && part.isSplittable()) {
          part.halves().forEach(parts::addFirst);
          continue;
        }
        counts.pass();
        merge.apply(counts, this);
        unknownTruncates = merge.unknown(truncates);
      }
      // Every shard gets every truncate; the first one remembers it for all.
      if (shard.index() == 0) {
        unknownTruncates.forEach(truncate -> remember(null, truncate));
      }
      counts.read(view.reader());
      return write(List.copyOf(view.reader().files()), started);
    }

    @Override
    public void row(StoredRow row, @Nullable StoredPosition before) {
      rows.add(new NewRow(shape.toRow(row), before));
    }

    @Override
    public void remove(StoredPosition place) {
      place.file().delete(place.position());
    }

    @Override
    public void remember(Object @Nullable [] key, Change change) {
      if (ledger == null) {
        Table table =
            state.ledger() != null
                ? state.ledger()
                : SilverTables.ledger(
                    catalog, definition, state.target(), state.sharding().count());
        ledger = new LedgerWriter(definition, table, writer);
      }
      ledger.add(key, change);
    }

    private ShardResult write(List<StoredFile> files, long started) {
      Table target = state.target();
      TargetWriter.Written written = rows.finish(files);
      return new ShardResult(
          UUID.randomUUID(),
          shard,
          true,
          state.base(),
          state.ledgerBase(),
          ShardWriter.toJson(target, written.dataFiles()),
          ShardWriter.toJson(target, written.deletes()),
          ShardWriter.toJson(target, written.replacedDeletes()),
          ShardWriter.toJson(target, written.removedFiles()),
          written.referencedFiles(),
          ledger == null ? List.of() : ledger.finish(),
          counts.toMap(),
          started,
          null);
    }

    @Override
    public void close() {
      rows.close();
      if (ledger != null) {
        ledger.close();
      }
    }
  }
}
