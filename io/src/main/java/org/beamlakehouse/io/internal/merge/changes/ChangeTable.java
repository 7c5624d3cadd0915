package org.beamlakehouse.io.internal.merge.changes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.beamlakehouse.transforms.internal.codec.ByteInput;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;
import org.beamlakehouse.transforms.internal.pack.ChangeCodec;

/**
 * Changes by key, as bytes: they are decoded one key after the other, when it is merged.
 *
 * <p>A key with very many changes is reduced by the rule as they come, so that it takes no more
 * memory than what can matter.
 */
public final class ChangeTable {
  /** Changes of one key from which on it is worth reducing them. */
  static final int MANY = 64;

  private final ChangeCodec codec;
  private final MergeRule rule;
  private final KeyTable keys;
  private final ByteLists changes = new ByteLists();
  private final Map<Integer, HotKey> hotKeys = new HashMap<>();
  private long hotBytes;

  ChangeTable(ChangeCodec codec, MergeRule rule) {
    this.codec = codec;
    this.rule = rule;
    this.keys = KeyTable.of(codec.table());
  }

  public KeyTable keys() {
    return keys;
  }

  /** Adds the change that a cursor is at, which has a key. */
  void add(ChangeBlock.Cursor cursor) {
    int key = keys.add(cursor.array(), cursor.keyOffset(), cursor.keyLength());
    if (changes.count(key) < MANY) {
      changes.add(key, cursor.array(), cursor.changeOffset(), cursor.changeLength());
    } else {
      HotKey hot = hotKeys.computeIfAbsent(key, k -> new HotKey());
      hotBytes -= hot.bytes();
      hot.add(cursor);
      hotBytes += hot.bytes();
    }
  }

  /** The changes of a key, without some that cannot matter. */
  public List<Change> changes(int key) {
    int count = changes.count(key);
    if (count == 0) {
      return List.of();
    }
    List<Change> all = new ArrayList<>(count);
    changes.visit(
        key, (array, offset, length) -> all.add(codec.read(ByteInput.of(array, offset, length))));
    HotKey hot = count < MANY ? null : hotKeys.get(key);
    if (hot != null) {
      hot.visit(cursor -> all.add(cursor.change()));
      return rule.reduce(all);
    }
    return all;
  }

  /** How many changes of a key came in. */
  public int count(int key) {
    int count = changes.count(key);
    HotKey hot = count < MANY ? null : hotKeys.get(key);
    return hot == null ? count : count + hot.received;
  }

  /** Shows all changes as bytes. */
  void forEach(KeyedVisitor visitor) {
    for (int key = 0; key < keys.size(); key++) {
      int hash = keys.hash(key);
      changes.visit(key, (array, offset, length) -> visitor.visit(hash, array, offset, length));
      HotKey hot = hotKeys.get(key);
      if (hot != null) {
        hot.visit(
            cursor ->
                visitor.visit(hash, cursor.array(), cursor.changeOffset(), cursor.changeLength()));
      }
    }
  }

  /** Receives changes with the hash of their key. */
  interface KeyedVisitor {
    void visit(int hash, byte[] array, int offset, int length);
  }

  /** Bytes of memory taken. */
  long memory() {
    return keys.memory() + changes.memory() + hotBytes;
  }

  /** Further changes of a key that has very many. */
  private final class HotKey {
    private ChangeBlock.Writer block = ChangeBlock.writer(codec);
    private int received;
    private int reduceAt = MANY;

    void add(ChangeBlock.Cursor cursor) {
      block.add(cursor);
      received++;
      if (block.count() >= reduceAt) {
        List<Change> all = new ArrayList<>(block.count());
        ChangeBlock.of(codec, block.finish()).forEach(all::add);
        block = ChangeBlock.writer(codec);
        rule.reduce(all).forEach(block::add);
        // Where little could be dropped, trying again soon would cost more than it gives.
        reduceAt = Math.max(MANY, block.count() * 2);
      }
    }

    void visit(Consumer<ChangeBlock.Cursor> visitor) {
      byte[] bytes = block.finish();
      block = ChangeBlock.writer(codec);
      for (ChangeBlock.Cursor cursor = ChangeBlock.of(codec, bytes).cursor(); cursor.hasNext(); ) {
        cursor.advance();
        visitor.accept(cursor);
        block.add(cursor);
      }
    }

    int bytes() {
      return block.size();
    }
  }
}
