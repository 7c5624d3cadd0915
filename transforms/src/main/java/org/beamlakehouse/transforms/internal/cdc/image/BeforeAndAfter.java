package org.beamlakehouse.transforms.internal.cdc.image;

import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The rows before and after a change, and its key, as a table reads them. */
public interface BeforeAndAfter {

  /** The row before the change; null where there is none. */
  @Nullable RowCells before(TablePlan plan) throws RecordException;

  /** True where there is a row after the change. */
  boolean hasAfter();

  /** The row after the change; null where there is none. */
  @Nullable RowCells after(TablePlan plan) throws RecordException;

  /**
   * Fills the null key cells of an image from the key of the record's message. A key that cannot be
   * read fills nothing.
   */
  void fillKey(TablePlan plan, RowCells image) throws RecordException;

  /** What the row before should be and is not, for messages; null where nothing is wrong. */
  @Nullable String beforeIsNo();

  /** What the row after should be and is not, for messages; null where nothing is wrong. */
  @Nullable String afterIsNo();

  /** The error where no row of the record's schema can be read for a table, else null. */
  @Nullable String whyUnfit(TablePlan plan);
}
