package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The {@code before} or {@code after} of an envelope: where it lies, and its values as one table
 * reads them.
 */
final class RowImage {
  private final RowValues values;
  private boolean present;
  private boolean malformed;
  private boolean flat;
  private int from;
  private int to;
  private @Nullable RowReader readBy;

  RowImage() {
    this(new RowValues());
  }

  private RowImage(RowValues values) {
    this.values = values;
  }

  /** The image of a flattened record, which lies between two offsets, as read for a table. */
  static RowImage ofFlat(
      int from, int to, RowValues values, @Nullable TablePlan plan, WireType type) {
    RowImage image = new RowImage(values);
    image.present = true;
    image.flat = true;
    image.from = from;
    image.to = to;
    image.readBy = plan == null ? null : plan.reader(type);
    return image;
  }

  /** Forgets the record before. */
  void reset() {
    present = false;
    malformed = false;
    readBy = null;
  }

  /** True where there is an image. */
  boolean isPresent() {
    return present;
  }

  /** True where there is something else than an object or null. */
  boolean isMalformed() {
    return malformed;
  }

  /** Passes over the value under the parser, reading it for one table on the way if given. */
  void read(JsonInput in, JsonToken token, @Nullable TablePlan plan, @Nullable RowReader reader)
      throws IOException {
    reset();
    present = token == JsonToken.START_OBJECT;
    malformed = !present && token != JsonToken.VALUE_NULL;
    if (!present) {
      in.parser().skipChildren();
      return;
    }
    from = in.tokenStart();
    if (plan == null || reader == null) {
      to = in.skipValue();
    } else {
      values.reset(plan.cells());
      reader.read(in, values);
      to = in.tokenEnd();
      readBy = reader;
    }
  }

  /** The values as a table reads them, others where this image has no field; null without one. */
  @Nullable RowValues valuesOver(RowValues others, byte[] bytes, RowReader reader)
      throws IOException {
    if (!present) {
      return null;
    }
    JsonInput in = JsonInput.open(bytes, from, to);
    in.parser().nextToken();
    values.resetTo(others.cells());
    reader.read(in, values);
    readBy = null;
    return values;
  }

  /** The values as a table reads them; null where there is no image. */
  @Nullable RowValues values(byte[] bytes, TablePlan plan, RowReader reader) throws IOException {
    if (!present) {
      return null;
    }
    if (readBy != reader) {
      JsonInput in = JsonInput.open(bytes, from, to);
      in.parser().nextToken();
      values.reset(plan.cells());
      if (flat) {
        reader.readFlat(in, in.parser().nextFieldName(), values, new ChangeSource());
      } else {
        reader.read(in, values);
      }
      readBy = reader;
    }
    return values;
  }
}
