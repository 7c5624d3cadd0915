package org.beamlakehouse.transforms.cdc;

import org.beamlakehouse.transforms.change.RawRecord;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The images of a change whose record is JSON.
 *
 * @param rows how the values of the images are written
 * @param keys reads the key of the record's message
 */
record JsonImages(
    RawRecord record, RowImage beforeImage, RowImage afterImage, WireType rows, MessageKey keys)
    implements ChangeImages {
  static final String OBJECT = "JSON object";

  @Override
  public @Nullable RowValues before(TablePlan plan) throws JsonException {
    return beforeImage.values(record.payload(), plan, plan.reader(rows));
  }

  @Override
  public @Nullable RowValues after(TablePlan plan) throws JsonException {
    return afterImage.values(record.payload(), plan, plan.reader(rows));
  }

  @Override
  public boolean hasAfter() {
    return afterImage.isPresent();
  }

  @Override
  public void fillKey(TablePlan plan, RowValues image) {
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
