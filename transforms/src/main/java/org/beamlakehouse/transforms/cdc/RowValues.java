package org.beamlakehouse.transforms.cdc;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The values read from one row image, by cell: a value, null (also where the record has no such
 * field), {@link ValueReader#UNSENT} or a {@link ValueReader.Bad}.
 */
final class RowValues {
  private @Nullable Object[] cells = new Object[0];
  private @Nullable RescuedFields rescued;
  private boolean repeated;

  /** Forgets everything; the arrays handed out before stay as they are. */
  void reset(int size) {
    cells = new Object[size];
    rescued = null;
    repeated = false;
  }

  /** Forgets everything for a copy of some values. */
  void resetTo(@Nullable Object[] values) {
    cells = values.clone();
    rescued = null;
    repeated = false;
  }

  /** The values; may be kept by the caller until the next reset makes new ones. */
  @Nullable Object[] cells() {
    return cells;
  }

  @Nullable RescuedFields rescued() {
    return rescued;
  }

  void rescue(@Nullable RescuedFields fields) {
    rescued = fields;
  }

  /** True where an object in the image had two fields of one name, of which the last one holds. */
  boolean isRepeated() {
    return repeated;
  }

  void repeated(boolean found) {
    repeated = found;
  }
}
