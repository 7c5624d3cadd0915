package org.beamlakehouse.io.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.values.KV;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.merge.Change;
import org.beamlakehouse.transforms.merge.Change.Kind;
import org.beamlakehouse.transforms.pack.ChangeBlock;
import org.beamlakehouse.transforms.pack.ChangeCodec;
import org.beamlakehouse.transforms.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Packs changes into blocks of bytes, one per shard of their tables, which are shipped at a
 * fraction of the cost of single elements. A step that makes changes packs them itself and gives
 * the blocks to {@link IcebergMerge#BLOCKS}: between two steps a runner may copy each element more
 * than once.
 *
 * <p>A target table that is missing is created, because its partitioning decides the shards. Holds
 * what is looked up per table for as long as a worker lives; not thread-safe.
 */
public final class ChangePacking {
  /** Bytes of all unfinished blocks of a packer; bounds memory where tables are many. */
  private static final long MAX_BUFFERED_BYTES = 64L * 1024 * 1024;

  private final Tables tables;
  private final Map<String, PerTable> perTable = new HashMap<>();

  private record PerTable(
      ChangeMapper mapper, ChangeCodec codec, Sharding sharding, int firstKey) {}

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
    return new PerTable(
        ChangeMapper.of(definition, tables.pipelineVersion()),
        ChangeCodec.of(definition),
        Sharding.of(SilverTables.target(tables.catalog(), definition), definition),
        definition.keyIndexes()[0]);
  }

  /** Fills blocks with changes. */
  public final class Packer {
    private final Map<Shard, ChangeBlock.Writer> blocks = new HashMap<>();
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
      int count = table.sharding().count();
      if (change.kind() == Kind.TRUNCATE) {
        for (int i = 0; i < count; i++) {
          add(new Shard(event.table(), i, count), table, change, output);
        }
      } else {
        int shard = table.sharding().shardOf(change.values()[table.firstKey()]);
        add(new Shard(event.table(), shard, count), table, change, output);
      }
      MergeMetrics.CHANGES.inc();
    }

    private void add(
        Shard shard, PerTable table, Change change, Consumer<KV<Shard, byte[]>> output) {
      ChangeBlock.Writer block =
          blocks.computeIfAbsent(shard, s -> ChangeBlock.writer(table.codec()));
      int before = block.size();
      block.add(change);
      buffered += block.size() - before;
      if (block.isFull()) {
        buffered -= block.size();
        output.accept(KV.of(shard, block.finish()));
      } else if (buffered > MAX_BUFFERED_BYTES) {
        flush(output);
      }
    }

    /** Gives all blocks that are begun. */
    public void flush(Consumer<KV<Shard, byte[]>> output) {
      blocks.forEach(
          (shard, block) -> {
            if (!block.isEmpty()) {
              output.accept(KV.of(shard, block.finish()));
            }
          });
      blocks.clear();
      buffered = 0;
    }
  }
}
