package org.beamlakehouse.transforms.internal.pack;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * The values of a row's key columns, in key order, with equality and hash by value, byte arrays
 * included. For grouping in memory.
 */
public final class Key {
  private final Object[] values;
  private final int hash;

  private Key(Object[] values) {
    this.values = requireNonNull(values, "values");
    this.hash = Arrays.deepHashCode(values);
  }

  /** A key of these values; the array is not copied and must not be changed any more. */
  public static Key of(Object... values) {
    return new Key(values);
  }

  /** The values in key order; not to be changed. */
  public Object[] values() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key that && hash == that.hash && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Tells no values: they may be personal data and this may end in a log. */
  @Override
  public String toString() {
    return "Key of " + values.length + (values.length == 1 ? " value" : " values");
  }
}
