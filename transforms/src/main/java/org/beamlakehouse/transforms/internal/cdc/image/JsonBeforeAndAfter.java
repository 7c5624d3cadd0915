package org.beamlakehouse.transforms.internal.cdc.image;

import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The images of a change whose record is JSON.
 *
 * @param rows how the values of the images are written
 * @param keys reads the key of the record's message
 */
public record JsonBeforeAndAfter(
    RawRecord record,
    JsonRowImage beforeImage,
    JsonRowImage afterImage,
    WireType rows,
    MessageKey keys)
    implements BeforeAndAfter {
  static final String OBJECT = "JSON object";

  @Override
  public @Nullable RowCells before(TablePlan plan) throws JsonException {
    return beforeImage.values(record.payload(), plan, plan.reader(rows));
  }

  @Override
  public @Nullable RowCells after(TablePlan plan) throws JsonException {
    return afterImage.values(record.payload(), plan, plan.reader(rows));
  }

  @Override
  public boolean hasAfter() {
    return afterImage.isPresent();
  }

  @Override
  public void fillKey(TablePlan plan, RowCells image) {
    keys.fill(plan, record.key(), image);
  }

  @Override
  public @Nullable String beforeIsNo() {
    return beforeImage.isMalformed() ? OBJECT : null;
  }

  @Override
  public @Nullable String afterIsNo() {
    return afterImage.isMalformed() ? OBJECT : null;
  }

  @Override
  public @Nullable String whyUnfit(TablePlan plan) {
    // Every record tells its own types: each value is looked at.
    return null;
  }
}
