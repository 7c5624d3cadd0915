package org.beamlakehouse.io.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.merge.changes.RecentKeys;
import org.beamlakehouse.io.internal.merge.changes.ShippedBlocks;
import org.beamlakehouse.io.internal.merge.graph.MergeMetrics;
import org.beamlakehouse.io.internal.merge.table.Clock;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.internal.merge.table.Sharding;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.UnusableChangeException;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.internal.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Packs changes into blocks of bytes, one per shard of their tables, which are shipped at a
 * fraction of the cost of single elements. A step that makes changes packs them itself and gives
 * the blocks to {@link IcebergMerge#BLOCKS}: between two steps a runner may copy each element more
 * than once. Changes of one key that come near each other are combined where the table's rule
 * allows.
 *
 * <p>A target table that is missing is created, because its partitioning decides the shards. Holds
 * what is looked up per table for a minute; not thread-safe.
 */
public final class ChangePacking {
  /** Bytes of all unfinished blocks of a packer; bounds memory where tables are many. */
  private static final long MAX_BUFFERED_BYTES = 64L * 1024 * 1024;

  /** Tables of which changes are held back to be combined; bounds memory as well. */
  private static final int MAX_TABLES = 64;

  /** Changes that were split as a table was before are merged by one worker. */
  private static final long LOOK_AGAIN_MILLIS = 60_000;

  private final MergeTargets tables;
  private final Map<String, PerTable> perTable = new HashMap<>();

  private record PerTable(
      ChangeMapper mapper,
      ChangeCodec codec,
      MergeRule rule,
      Sharding sharding,
      List<Shard> shards,
      int[] keyIndexes,
      long lookedUpMillis) {
    int firstKey() {
      return keyIndexes[0];
    }
  }

  ChangePacking(MergeTargets tables) {
    this.tables = tables;
  }

  /**
   * The packing of changes for a merge of the same tables.
   *
   * @param pipelineVersion value of {@code pipeline_version} in the rows that are written
   */
  public static ChangePacking into(
      CatalogConfig catalog, List<TableDefinition> tables, String pipelineVersion) {
    return new ChangePacking(MergeTargets.of(catalog, tables, pipelineVersion, Clock.SYSTEM));
  }

  /**
   * A note to a commit in the form of a block. A step that makes changes and notes puts out both as
   * one collection: for each further output, runners may keep all that the step puts out once more.
   */
  public static KV<Shard, byte[]> packed(CommitNote note) {
    try {
      return KV.of(
          Shard.ofNotes(note.table()), CoderUtils.encodeToByteArray(CommitNote.Coder.of(), note));
    } catch (CoderException e) {
      throw new IllegalStateException("Cannot pack a note: " + e.getMessage(), e);
    }
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
        definition.keyIndexes(),
        tables.clock().getAsLong());
  }

  /** What was looked up of a table, not too long ago: its split may change while a stream runs. */
  private PerTable perTable(String table) {
    PerTable known = perTable.get(table);
    if (known == null
        || Math.abs(tables.clock().getAsLong() - known.lookedUpMillis()) >= LOOK_AGAIN_MILLIS) {
      known = lookUp(table);
      perTable.put(table, known);
    }
    return known;
  }

  /** Fills blocks with changes. */
  public final class Packer {
    private final Map<String, Filling> fillings = new HashMap<>();
    private Consumer<KV<Shard, byte[]>> output;
    private int holdingBack;
    private long buffered;

    /** A counter costs more than the rest of a change's packing: it is told with each block. */
    private int uncounted;

    private Packer() {}

    /**
     * Adds a change; a truncate is added to every shard of its table.
     *
     * @param output gets blocks that are full
     * @throws UnusableChangeException where the change itself cannot be taken; nothing was added
     */
    public void add(ChangeEvent event, Consumer<KV<Shard, byte[]>> output) {
      this.output = output;
      Filling filling = fillings.get(event.table());
      if (filling == null) {
        filling = new Filling(perTable(event.table()));
        fillings.put(event.table(), filling);
      }
      Change change;
      try {
        change = filling.table.mapper().map(event);
      } catch (RuntimeException e) {
        throw new UnusableChangeException(event.table(), e);
      }
      uncounted++;
      filling.add(change);
      if (holdingBack > MAX_TABLES) {
        fillings.values().forEach(Filling::flushRecent);
      }
      if (buffered > MAX_BUFFERED_BYTES) {
        fillings.values().forEach(Filling::shipAll);
      }
    }

    /** Gives all that was added and not given yet. */
    public void flush(Consumer<KV<Shard, byte[]>> output) {
      this.output = output;
      fillings.values().forEach(Filling::flushRecent);
      fillings.values().forEach(Filling::shipAll);
      fillings.clear();
      MergeMetrics.CHANGES.inc(uncounted);
      uncounted = 0;
    }

    /** The unfinished blocks of one table. */
    private final class Filling {
      private final PerTable table;
      private final ChangeBlock.Writer[] blocks;
      private RecentKeys recent;

      Filling(PerTable table) {
        this.table = table;
        this.blocks = new ChangeBlock.Writer[table.shards().size()];
      }

      void add(Change change) {
        if (change.kind() == Kind.TRUNCATE) {
          for (int shard = 0; shard < blocks.length; shard++) {
            write(shard, change);
          }
          return;
        }
        if (recent == null) {
          recent =
              new RecentKeys(
                  table.rule(),
                  table.keyIndexes(),
                  held -> write(table.sharding().shardOf(held.values()[table.firstKey()]), held));
          holdingBack++;
        }
        recent.add(change);
      }

      void flushRecent() {
        if (recent != null) {
          recent.flush();
          recent = null;
          holdingBack--;
        }
      }

      private void write(int shard, Change change) {
        ChangeBlock.Writer block = blocks[shard];
        if (block == null) {
          block = ChangeBlock.writer(table.codec());
          blocks[shard] = block;
        }
        int before = block.size();
        block.add(change);
        buffered += block.size() - before;
        if (block.isFull()) {
          ship(shard);
        }
      }

      void shipAll() {
        for (int shard = 0; shard < blocks.length; shard++) {
          ship(shard);
          // Its room as well: tables may be many, and most have few changes.
          blocks[shard] = null;
        }
      }

      /** Hands out the block of a shard, which begins another. */
      private void ship(int shard) {
        ChangeBlock.Writer block = blocks[shard];
        if (block != null && !block.isEmpty()) {
          buffered -= block.size();
          output.accept(KV.of(table.shards().get(shard), ShippedBlocks.pack(block.finish())));
          MergeMetrics.CHANGES.inc(uncounted);
          uncounted = 0;
        }
      }
    }
  }
}
