package org.beamlakehouse.io.internal.iceberg.values;

import java.util.Arrays;
import java.util.Objects;
import org.apache.iceberg.StructLike;

/**
 * A row of values in column order, each in Iceberg's internal form (see {@link InternalValues}).
 *
 * <p>It only looks at the array it is given: a caller that writes many rows may fill one array
 * again and again.
 */
public final class InternalRow implements StructLike {
  private final Object[] values;

  private InternalRow(Object[] values) {
    this.values = values;
  }

  /** A view of the values; later changes of the array show through. */
  public static InternalRow over(Object... values) {
    return new InternalRow(values);
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public <T> T get(int position, Class<T> javaClass) {
    return javaClass.cast(values[position]);
  }

  @Override
  public <T> void set(int position, T value) {
    values[position] = value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InternalRow that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    // Values may be personal data: never shown.
    return "row of " + Objects.requireNonNull(values).length + " columns";
  }
}
