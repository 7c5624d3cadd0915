package org.beamlakehouse.io.merge;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.apache.iceberg.TableProperties;
import org.beamlakehouse.io.internal.merge.changes.ShippedBlocks;
import org.beamlakehouse.io.internal.merge.shard.MergeCounts;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * A program that inserts many rows, updates all of them, and then truncates the table, one bucket
 * and one batch each, with changes that come block by block and are never all in memory. Prints the
 * rows that are left after each step.
 */
public final class SmallHeapMerge {
  /** Their notes are of {@value #NOTE} letters, so a batch has far more bytes than the heap. */
  public static final int ROWS = 200_000;

  private static final int NOTE = 600;
  private static final long MEMORY = 8L << 20;

  private SmallHeapMerge() {}

  public static void main(String[] arguments) {
    TableDefinition definition =
        LatestMergeTest.orders()
            .deletes(DeleteMode.HARD)
            .partitionBy(List.of("bucket(1, id)"))
            .tableProperties(Map.of(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, "4194304"))
            .build();
    TestTables table = new TestTables(Path.of(arguments[0]), definition);
    SilverTables.target(table.catalog(), definition);
    step(table, upserts(table, 1));
    step(table, upserts(table, 2));
    Change truncate = table.truncate(3);
    step(table, List.of(truncate).iterator());
  }

  private static void step(TestTables table, Iterator<Change> changes) {
    ShardResult result =
        new ShardMerge(table.catalog(), table.definition(), System::currentTimeMillis, MEMORY)
            .merge(
                new Shard(table.definition().name(), 0, 1),
                () -> blocks(ChangeCodec.of(table.definition()), changes),
                TablePlan.Mode.INCREMENTAL);
    table.commit(List.of(result));
    long rows =
        TestTables.files(table.table()).stream()
            .mapToLong(
                file ->
                    file.file().recordCount()
                        - file.deletes().stream().mapToLong(d -> d.recordCount()).sum())
            .sum();
    System.out.println("rows " + rows + " passes " + (result.counts().get(MergeCounts.PASSES) > 1));
  }

  private static Iterator<Change> upserts(TestTables table, long sequence) {
    Random random = new Random(sequence);
    return new Iterator<>() {
      private long id;

      @Override
      public boolean hasNext() {
        return id < ROWS;
      }

      @Override
      public Change next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        StringBuilder note = new StringBuilder(NOTE);
        while (note.length() < NOTE) {
          note.append(Long.toString(random.nextLong() >>> 1, 36));
        }
        return table.upsert(sequence, id++, "s" + sequence, note.toString());
      }
    };
  }

  private static Iterator<byte[]> blocks(ChangeCodec codec, Iterator<Change> changes) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return changes.hasNext();
      }

      @Override
      public byte[] next() {
        ChangeBlock.Writer block = ChangeBlock.writer(codec);
        while (changes.hasNext() && !block.isFull()) {
          block.add(changes.next());
        }
        return ShippedBlocks.pack(block.finish());
      }
    };
  }
}
