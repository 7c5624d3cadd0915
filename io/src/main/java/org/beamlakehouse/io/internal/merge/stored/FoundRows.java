package org.beamlakehouse.io.internal.merge.stored;

import java.util.Arrays;
import org.beamlakehouse.io.internal.merge.changes.ByteArena;
import org.beamlakehouse.io.internal.merge.table.TargetShape;
import org.beamlakehouse.transforms.change.Sequence;

/**
 * The stored rows of a merge's keys that a scan found: where each lies, its sequence and when it
 * was deleted, in a few arrays. Rows are numbered from 0 on in the order they were found.
 *
 * <p>Adding may be done by several threads at once.
 */
public final class FoundRows {
  /** Marks the end of a key's rows. */
  public static final int NONE = -1;

  /** Of the arrays and a sequence of common length. */
  private static final long MEMORY_PER_ROW = 96;

  private int[] heads = new int[0];
  private int[] keys = new int[64];
  private int[] previous = new int[64];
  private int[] files = new int[64];
  private long[] positions = new long[64];
  private long[] rowIds = new long[64];
  private long[] deletedAt = new long[64];
  private long[] sequences = new long[64];
  private int[] sequenceLengths = new int[64];
  private final ByteArena bytes = new ByteArena();
  private final long budget;
  private int size;

  /**
   * No rows yet.
   *
   * @param budget bytes of memory from which on it is full
   */
  public FoundRows(long budget) {
    this.budget = budget;
  }

  /**
   * Adds a row.
   *
   * @param rowId its id in the form of {@link StoredPosition}
   * @param deletedAtMicros when it was deleted, or {@link TargetShape#NOT_DELETED}
   * @param length bytes of its sequence, from {@code offset} of {@code sequence}
   */
  synchronized void add(
      int key,
      int file,
      long position,
      long rowId,
      long deletedAtMicros,
      byte[] sequence,
      int offset,
      int length) {
    if (key >= heads.length) {
      heads = Arrays.copyOf(heads, Math.max(64, Math.max(key + 1, heads.length * 2)));
    }
    if (size == keys.length) {
      grow(size * 2);
    }
    keys[size] = key;
    files[size] = file;
    positions[size] = position;
    rowIds[size] = rowId;
    deletedAt[size] = deletedAtMicros;
    sequences[size] = bytes.append(sequence, offset, length);
    sequenceLengths[size] = length;
    previous[size] = heads[key];
    heads[key] = ++size;
  }

  private void grow(int capacity) {
    keys = Arrays.copyOf(keys, capacity);
    previous = Arrays.copyOf(previous, capacity);
    files = Arrays.copyOf(files, capacity);
    positions = Arrays.copyOf(positions, capacity);
    rowIds = Arrays.copyOf(rowIds, capacity);
    deletedAt = Arrays.copyOf(deletedAt, capacity);
    sequences = Arrays.copyOf(sequences, capacity);
    sequenceLengths = Arrays.copyOf(sequenceLengths, capacity);
  }

  /** True where it takes more memory than it should; what follows need not be added. */
  public synchronized boolean isFull() {
    return size * MEMORY_PER_ROW > budget;
  }

  public int size() {
    return size;
  }

  /** A row of a key, or {@link #NONE} where it has none. */
  public int first(int key) {
    return key < heads.length ? heads[key] - 1 : NONE;
  }

  /** Another row of the same key, or {@link #NONE}. */
  public int next(int row) {
    return previous[row] - 1;
  }

  /** The key of a row. */
  int key(int row) {
    return keys[row];
  }

  /** Which of the scanned files the row lies in. */
  public int file(int row) {
    return files[row];
  }

  /** Position of the row in its file. */
  public long position(int row) {
    return positions[row];
  }

  /** Its id in the form of {@link StoredPosition}. */
  public long rowId(int row) {
    return rowIds[row];
  }

  /** Microseconds since the epoch, or {@link TargetShape#NOT_DELETED}. */
  public long deletedAt(int row) {
    return deletedAt[row];
  }

  public Sequence sequence(int row) {
    return Sequence.fromBytes(bytes.copy(sequences[row], sequenceLengths[row]));
  }
}
