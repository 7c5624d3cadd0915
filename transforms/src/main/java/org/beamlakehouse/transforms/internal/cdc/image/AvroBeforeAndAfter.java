package org.beamlakehouse.transforms.internal.cdc.image;

import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroInput;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader.Kept;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroType;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The images of a change whose record is Avro; filled again for every record. */
public final class AvroBeforeAndAfter implements BeforeAndAfter {
  private final AvroInput in;
  private final AvroKey keys;
  private final Image before = new Image();
  private final Image after = new Image();
  private Kept kept = Kept.ALL;
  private @Nullable RawRecord record;

  private static final class Image {
    private final RowCells values = new RowCells();
    private final JsonRowImage document = new JsonRowImage();
    private @Nullable AvroType type;
    private int from;

    void reset() {
      type = null;
      document.reset();
    }
  }

  public AvroBeforeAndAfter(AvroInput in, AvroKey keys) {
    this.in = in;
    this.keys = keys;
  }

  /** Begins with a record that has no images yet. */
  public void reset(RawRecord next) {
    record = next;
    before.reset();
    after.reset();
    kept = Kept.ALL;
  }

  /** The row before is a record of this type at an offset. */
  public void before(AvroType type, int from) {
    before.type = type;
    before.from = from;
  }

  /** The row after is a record of this type at an offset. */
  public void after(AvroType type, int from) {
    after.type = type;
    after.from = from;
  }

  /** The row before is the document in the string that the JSON reader stands on. */
  public void beforeDocument(JsonReader text) {
    before.document.readDocument(text);
  }

  /** The row after is the document in the string that the JSON reader stands on. */
  public void afterDocument(JsonReader text) {
    after.document.readDocument(text);
  }

  /** The row is a flattened record, some of whose fields describe the change. */
  public void flattened() {
    kept = Kept.ALL_BUT_METADATA;
  }

  @Override
  public @Nullable RowCells before(TablePlan plan) throws RecordException {
    return read(before, plan);
  }

  @Override
  public @Nullable RowCells after(TablePlan plan) throws RecordException {
    return read(after, plan);
  }

  @Override
  public boolean hasAfter() {
    return after.type != null || after.document.isPresent();
  }

  private @Nullable RowCells read(Image image, TablePlan plan) throws RecordException {
    if (image.type == null) {
      return image.document.values(new byte[0], plan, plan.reader(WireType.DOCUMENT));
    }
    in.seek(image.from);
    image.values.reset(plan.cells());
    plan.reader(image.type).read(in, image.values, kept);
    return image.values;
  }

  @Override
  public void fillKey(TablePlan plan, RowCells image) {
    keys.fill(plan, record.key(), image);
  }

  @Override
  public @Nullable String beforeIsNo() {
    // The schema is no envelope's where it is anything but a record or text.
    return before.document.isMalformed() ? JsonBeforeAndAfter.OBJECT : null;
  }

  @Override
  public @Nullable String afterIsNo() {
    return after.document.isMalformed() ? JsonBeforeAndAfter.OBJECT : null;
  }

  @Override
  public @Nullable String whyUnfit(TablePlan plan) {
    // Where there is a row after the change, the one before it decides nothing.
    AvroType rows = after.type != null ? after.type : before.type;
    return rows == null ? null : plan.whyUnfit(rows);
  }
}
