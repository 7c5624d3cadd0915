package org.beamlakehouse.io.internal.merge.changes;

import java.io.Closeable;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;
import org.beamlakehouse.transforms.table.StorageType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The changes that arrived for one shard: in memory as long as they fit its budget, else on the
 * local disk, from where they come back part by part.
 */
public final class ShardChanges implements Closeable {
  /** What a change takes in memory in proportion to its bytes, index and key included. */
  private static final int MEMORY_FACTOR = 2;

  private final ChangeCodec codec;
  private final MergeRule rule;
  private final long budget;
  private final TreeMap<Sequence, Change> truncates = new TreeMap<>();
  private @Nullable ChangeTable table;
  private @Nullable SpilledChanges spilled;
  private @Nullable KeyTable hashes;
  private boolean fullRefresh;

  private ShardChanges(ChangeCodec codec, MergeRule rule, long budget) {
    this.codec = codec;
    this.rule = rule;
    this.budget = budget;
    this.table = new ChangeTable(codec, rule);
  }

  /**
   * Takes in all blocks of a shard.
   *
   * @param blocks iterated once; an empty one stands for a full refresh
   * @param budget bytes of memory that the changes may take
   */
  public static ShardChanges collect(
      Iterable<byte[]> blocks, ChangeCodec codec, MergeRule rule, long budget) {
    ShardChanges changes = new ShardChanges(codec, rule, budget);
    try {
      for (byte[] block : blocks) {
        changes.add(block);
      }
      return changes;
    } catch (RuntimeException e) {
      changes.close();
      throw e;
    }
  }

  private void add(byte[] block) {
    if (block.length == 0) {
      fullRefresh = true;
      return;
    }
    ChangeBlock changes = ChangeBlock.of(codec, ShippedBlocks.unpack(block));
    for (ChangeBlock.Cursor cursor = changes.cursor(); cursor.hasNext(); ) {
      cursor.advance();
      if (cursor.keyLength() == 0) {
        addTruncate(cursor.change());
      } else if (table != null) {
        table.add(cursor);
      } else {
        spilled.add(
            hashes.hash(cursor.array(), cursor.keyOffset(), cursor.keyLength()),
            cursor.array(),
            cursor.changeOffset(),
            cursor.changeLength());
      }
    }
    if (table != null && table.memory() > budget) {
      spill();
    }
  }

  private void addTruncate(Change change) {
    if (change.kind() != Kind.TRUNCATE) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot merge into %s: a change of kind %s brings no key; only a truncate may",
              codec.table().name(), change.kind()));
    }
    if (codec.table().storage() != StorageType.EVENTS) {
      truncates.merge(
          change.sequence(), change, (a, b) -> a.eventTime().isAfter(b.eventTime()) ? b : a);
    }
  }

  private void spill() {
    spilled = new SpilledChanges(codec, budget / 4);
    table.forEach(spilled::add);
    table = null;
    hashes = KeyTable.of(codec.table());
  }

  /** True where the changes are the whole history of the table. */
  public boolean isFullRefresh() {
    return fullRefresh;
  }

  /** The truncates, one of each sequence. */
  public Collection<Change> truncates() {
    return truncates.values();
  }

  /** True where nothing arrived. */
  public boolean isEmpty() {
    return truncates.isEmpty() && table != null && table.keys().size() == 0;
  }

  /**
   * The parts to merge one after the other; one where all fits into memory.
   *
   * @param more bytes of memory that the merge takes for all keys beside their changes
   */
  public List<HashRange> parts(long more) {
    if (table != null && table.memory() + more <= budget) {
      return List.of(HashRange.WHOLE);
    }
    if (table != null) {
      spill();
    }
    spilled.finish();
    return spilled.parts(budget, MEMORY_FACTOR, more);
  }

  /** The changes of one of {@link #parts}. */
  public ChangeTable load(HashRange part) {
    if (table != null) {
      return table;
    }
    ChangeTable loaded = new ChangeTable(codec, rule);
    spilled.load(part, loaded);
    return loaded;
  }

  @Override
  public void close() {
    table = null;
    if (spilled != null) {
      spilled.close();
    }
  }
}
