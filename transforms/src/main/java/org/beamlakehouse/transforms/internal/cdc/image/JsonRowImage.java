package org.beamlakehouse.transforms.internal.cdc.image;

import java.util.Arrays;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumMetadata;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The {@code before} or {@code after} of an envelope: where it lies, and its values as one table
 * reads them.
 */
public final class JsonRowImage {
  private final RowCells values;
  private boolean present;
  private boolean malformed;
  private boolean flat;
  private int from;
  private int to;
  private @Nullable JsonRowReader readBy;

  /** The bytes of an image that came as text in the record; null for one in the record's own. */
  private byte @Nullable [] document;

  public JsonRowImage() {
    this(new RowCells());
  }

  private JsonRowImage(RowCells values) {
    this.values = values;
  }

  /** The image of a flattened record, which lies between two offsets, as read for a table. */
  public static JsonRowImage ofFlat(
      int from, int to, RowCells values, @Nullable TablePlan plan, WireType type) {
    JsonRowImage image = new JsonRowImage(values);
    image.present = true;
    image.flat = true;
    image.from = from;
    image.to = to;
    image.readBy = plan == null ? null : plan.reader(type);
    return image;
  }

  /** Forgets the record before. */
  public void reset() {
    present = false;
    malformed = false;
    readBy = null;
    document = null;
  }

  /** True where there is an image. */
  boolean isPresent() {
    return present;
  }

  /** True where there is something else than an object or null. */
  public boolean isMalformed() {
    return malformed;
  }

  /** Passes over the value that was begun, reading it for one table on the way if given. */
  public void read(
      JsonReader in, JsonToken token, @Nullable TablePlan plan, @Nullable JsonRowReader reader)
      throws JsonException {
    reset();
    present = token == JsonToken.OBJECT;
    malformed = !present && token != JsonToken.NULL;
    if (!present) {
      in.skip();
      return;
    }
    from = in.start();
    if (plan == null || reader == null) {
      in.skip();
    } else {
      values.reset(plan.cells());
      reader.read(in, values);
      readBy = reader;
    }
    to = in.end();
  }

  /**
   * Takes the string under the reader for a whole document in JSON, as which MongoDB's connector
   * sends one.
   */
  public void readDocument(JsonReader in) {
    reset();
    byte[] text = Arrays.copyOfRange(in.text(), in.textFrom(), in.textTo());
    present = !in.holdsHalfPair() && isObject(text);
    malformed = !present;
    document = text;
    from = 0;
    to = text.length;
  }

  private static boolean isObject(byte[] text) {
    try {
      JsonReader in = JsonReader.of(text, 0, text.length);
      if (in.first() != JsonToken.OBJECT) {
        return false;
      }
      in.skip();
      return in.isAtEnd();
    } catch (JsonException e) {
      return false;
    }
  }

  /** The values as a table reads them, others where this image has no field; null without one. */
  public @Nullable RowCells valuesOver(RowCells others, byte[] bytes, JsonRowReader reader)
      throws JsonException {
    if (!present) {
      return null;
    }
    JsonReader in = JsonReader.of(bytes, from, to);
    in.first();
    values.resetTo(others.cells());
    reader.read(in, values);
    readBy = null;
    return values;
  }

  /** The values as a table reads them; null where there is no image. */
  public @Nullable RowCells values(byte[] bytes, TablePlan plan, JsonRowReader rowReader)
      throws JsonException {
    if (!present) {
      return null;
    }
    JsonRowReader reader = document == null ? rowReader : plan.reader(WireType.DOCUMENT);
    if (readBy != reader) {
      JsonReader in = JsonReader.of(document == null ? bytes : document, from, to);
      in.first();
      values.reset(plan.cells());
      if (flat) {
        reader.readFlat(in, values, new DebeziumMetadata());
      } else {
        reader.read(in, values);
      }
      readBy = reader;
    }
    return values;
  }
}
