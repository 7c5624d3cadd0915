package org.beamlakehouse.io.internal.merge.changes;

import java.util.Arrays;

/** A list of byte strings for each of the keys 0, 1, 2…, kept in a few arrays. */
public final class ByteLists {
  /** Receives the elements of a list. */
  public interface Visitor {
    void visit(byte[] array, int offset, int length);
  }

  private static final int NONE = 0;

  private final ByteArena bytes = new ByteArena();

  /** Per key: its newest element and one, or 0; and how many it has. */
  private int[] heads = new int[0];

  private int[] counts = new int[0];

  /** Per element: the element before it and one, or 0; its place and its length. */
  private int[] previous = new int[64];

  private long[] places = new long[64];
  private int[] lengths = new int[64];
  private int size;

  public void add(int key, byte[] array, int offset, int length) {
    if (key >= heads.length) {
      int capacity = Math.max(64, Math.max(key + 1, heads.length * 2));
      heads = Arrays.copyOf(heads, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
    if (size == places.length) {
      previous = Arrays.copyOf(previous, size * 2);
      places = Arrays.copyOf(places, size * 2);
      lengths = Arrays.copyOf(lengths, size * 2);
    }
    places[size] = bytes.append(array, offset, length);
    lengths[size] = length;
    previous[size] = heads[key];
    heads[key] = ++size;
    counts[key]++;
  }

  /** Number of elements of a key. */
  public int count(int key) {
    return key < counts.length ? counts[key] : 0;
  }

  /** Shows the elements of a key, newest first. */
  public void visit(int key, Visitor visitor) {
    int element = key < heads.length ? heads[key] : NONE;
    for (; element != NONE; element = previous[element - 1]) {
      long place = places[element - 1];
      visitor.visit(bytes.array(place), ByteArena.offset(place), lengths[element - 1]);
    }
  }

  /** Bytes of memory taken. */
  public long memory() {
    return bytes.memory() + 16L * places.length + 8L * heads.length;
  }
}
