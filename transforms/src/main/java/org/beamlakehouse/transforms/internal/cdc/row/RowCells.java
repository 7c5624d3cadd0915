package org.beamlakehouse.transforms.internal.cdc.row;

import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.RescuedFields;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The values read from one row image, by cell: a value, null (also where the record has no such
 * field), {@link JsonValueReader#UNSENT} or a {@link JsonValueReader.Bad}.
 */
public final class RowCells {
  private @Nullable Object[] cells = new Object[0];
  private @Nullable RescuedFields rescued;
  private boolean repeated;

  /** Forgets everything; the arrays handed out before stay as they are. */
  public void reset(int size) {
    cells = new Object[size];
    rescued = null;
    repeated = false;
  }

  /** Forgets everything for a copy of some values. */
  public void resetTo(@Nullable Object[] values) {
    cells = values.clone();
    rescued = null;
    repeated = false;
  }

  /** The values; may be kept by the caller until the next reset makes new ones. */
  public @Nullable Object[] cells() {
    return cells;
  }

  public @Nullable RescuedFields rescued() {
    return rescued;
  }

  public void rescue(@Nullable RescuedFields fields) {
    rescued = fields;
  }

  /** True where an object in the image had two fields of one name, of which the last one holds. */
  public boolean isRepeated() {
    return repeated;
  }

  void repeated(boolean found) {
    repeated = found;
  }
}
