package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.beam.sdk.values.KV;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.Change.Kind;
import org.beamlakehouse.transforms.merge.MergeRule;
import org.beamlakehouse.transforms.merge.MergeRules;
import org.beamlakehouse.transforms.pack.ChangeBlock;
import org.beamlakehouse.transforms.pack.ChangeCodec;
import org.beamlakehouse.transforms.pack.ChangeMapper;
import org.beamlakehouse.transforms.pack.Key;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Packs changes into blocks of bytes, one per shard of their tables, which are shipped at a
 * fraction of the cost of single elements. A step that makes changes packs them itself and gives
 * the blocks to {@link IcebergMerge#BLOCKS}: between two steps a runner may copy each element more
 * than once. Changes of one key that come near each other are combined where the table's rule
 * allows.
 *
 * <p>A target table that is missing is created, because its partitioning decides the shards. Holds
 * what is looked up per table for as long as a worker lives; not thread-safe.
 */
public final class ChangePacking {
  /** Bytes of all unfinished blocks of a packer; bounds memory where tables are many. */
  private static final long MAX_BUFFERED_BYTES = 64L * 1024 * 1024;

  /** Tables of which changes are held back to be combined; bounds memory as well. */
  private static final int MAX_TABLES = 64;

  private final Tables tables;
  private final Map<String, PerTable> perTable = new HashMap<>();

  private record PerTable(
      ChangeMapper mapper,
      ChangeCodec codec,
      MergeRule rule,
      Sharding sharding,
      List<Shard> shards,
      int[] keyIndexes) {
    Key key(Change change) {
      Object[] key = new Object[keyIndexes.length];
      for (int i = 0; i < key.length; i++) {
        key[i] = change.values()[keyIndexes[i]];
      }
      return Key.of(key);
    }

    Shard shard(Change change) {
      return shards.get(sharding.shardOf(change.values()[keyIndexes[0]]));
    }
  }

  ChangePacking(Tables tables) {
    this.tables = tables;
  }

  /**
   * The packing of changes for a merge of the same tables.
   *
   * @param pipelineVersion value of {@code pipeline_version} in the rows that are written
   */
  public static ChangePacking into(
      CatalogConfig catalog, List<TableDefinition> tables, String pipelineVersion) {
    return new ChangePacking(Tables.of(catalog, tables, pipelineVersion, Clock.SYSTEM));
  }

  /** A packer with nothing in it. What it holds is lost unless it is flushed. */
  public Packer packer() {
    return new Packer();
  }

  private PerTable lookUp(String table) {
    TableDefinition definition = tables.get(table);
    Sharding sharding = Sharding.of(SilverTables.target(tables.catalog(), definition), definition);
    return new PerTable(
        ChangeMapper.of(definition, tables.pipelineVersion()),
        ChangeCodec.of(definition),
        MergeRules.of(definition),
        sharding,
        IntStream.range(0, sharding.count())
            .mapToObj(index -> new Shard(table, index, sharding.count()))
            .toList(),
        definition.keyIndexes());
  }

  /** Fills blocks with changes. */
  public final class Packer {
    private final Map<String, RecentKeys> recent = new HashMap<>();
    private final Map<Shard, ChangeBlock.Writer> blocks = new HashMap<>();
    private final List<Shard> full = new ArrayList<>();
    private long buffered;

    private Packer() {}

    /**
     * Adds a change; a truncate is added to every shard of its table.
     *
     * @param output gets blocks that are full
     */
    public void add(ChangeEvent event, Consumer<KV<Shard, byte[]>> output) {
      PerTable table = perTable.computeIfAbsent(event.table(), ChangePacking.this::lookUp);
      Change change = table.mapper().map(event);
      if (change.kind() == Kind.TRUNCATE) {
        table.shards().forEach(shard -> write(table, shard, change));
      } else {
        recent
            .computeIfAbsent(event.table(), t -> recentKeys(table))
            .add(table.key(change), change);
        if (recent.size() > MAX_TABLES) {
          flushRecent();
        }
      }
      MergeMetrics.CHANGES.inc();
      if (buffered > MAX_BUFFERED_BYTES) {
        full.addAll(blocks.keySet());
      }
      if (!full.isEmpty()) {
        full.forEach(shard -> ship(shard, output));
        full.clear();
      }
    }

    private RecentKeys recentKeys(PerTable table) {
      return new RecentKeys(table.rule(), change -> write(table, table.shard(change), change));
    }

    private void write(PerTable table, Shard shard, Change change) {
      ChangeBlock.Writer block =
          blocks.computeIfAbsent(shard, s -> ChangeBlock.writer(table.codec()));
      boolean wasFull = block.isFull();
      int before = block.size();
      block.add(change);
      buffered += block.size() - before;
      if (block.isFull() && !wasFull) {
        full.add(shard);
      }
    }

    /** Hands out the block of a shard, which begins another. */
    private void ship(Shard shard, Consumer<KV<Shard, byte[]>> output) {
      ChangeBlock.Writer block = blocks.get(shard);
      if (!block.isEmpty()) {
        buffered -= block.size();
        output.accept(KV.of(shard, block.finish()));
      }
    }

    private void flushRecent() {
      recent.values().forEach(RecentKeys::flush);
      recent.clear();
    }

    /** Gives all that was added and not given yet. */
    public void flush(Consumer<KV<Shard, byte[]>> output) {
      flushRecent();
      blocks.keySet().forEach(shard -> ship(shard, output));
      blocks.clear();
      full.clear();
      buffered = 0;
    }
  }
}
