package org.beamlakehouse.transforms.internal.cdc.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.beamlakehouse.transforms.internal.cdc.connect.ConnectEnvelope;
import org.beamlakehouse.transforms.internal.cdc.connect.ConnectEnvelope.Payload;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.json.Utf8;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReaderFactory;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.table.ColumnType.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads key columns from a message's key, for deletes that bring no row. */
public final class MessageKey {
  private final ConnectEnvelope envelope = new ConnectEnvelope();

  /**
   * Fills the null key cells of an image from the message's key: an object of the key's fields,
   * with or without schema, or the value itself where the table's key is one column, as JSON or as
   * plain text. A key that cannot be read fills nothing.
   */
  public void fill(TablePlan plan, byte @Nullable [] key, RowCells image) {
    if (key == null || Utf8.firstInvalid(key, 0) >= 0) {
      return;
    }
    try {
      RowCells read = isPlainText(plan, key) ? read(plan, quoted(key)) : read(plan, key);
      if (read != null) {
        copy(plan, read, image);
      }
    } catch (JsonException e) {
      // The key is opaque to this source; the caller finds the key columns still null.
      return;
    }
  }

  /** Whether the key is the value of the key column itself, written with no quotes around it. */
  private static boolean isPlainText(TablePlan plan, byte[] key) {
    if (plan.table().keyIndexes().length != 1) {
      return false;
    }
    Kind type = plan.columns().get(plan.table().keyIndexes()[0]).type().kind();
    try {
      JsonReader in = JsonReader.of(key, 0, key.length);
      JsonToken token = in.first();
      if (!token.isScalar()) {
        in.skip();
      }
      return !in.isAtEnd()
          || (type == Kind.STRING && token.isScalar() && token != JsonToken.STRING);
    } catch (JsonException e) {
      return true;
    }
  }

  private static byte[] quoted(byte[] text) {
    ByteArrayOutputStream quoted = new ByteArrayOutputStream(text.length + 2);
    quoted.write('"');
    for (byte b : text) {
      if (b == '"' || b == '\\') {
        quoted.write('\\');
        quoted.write(b);
      } else if (b >= 0 && b < ' ') {
        quoted.writeBytes(String.format("\\u%04x", b).getBytes(StandardCharsets.US_ASCII));
      } else {
        quoted.write(b);
      }
    }
    quoted.write('"');
    return quoted.toByteArray();
  }

  /** Fills the null key cells of an image from those of a key that was read. */
  static void copy(TablePlan plan, RowCells key, RowCells image) {
    for (int column : plan.table().keyIndexes()) {
      if (image.cells()[column] == null) {
        image.cells()[column] = key.cells()[column];
      }
    }
  }

  /** The key of MongoDB's connector is an {@code id} that is the document's {@code _id} in JSON. */
  private static RowCells ofDocument(TablePlan plan, byte[] key, int from, int to, RowCells read)
      throws JsonException {
    JsonReader in = JsonReader.of(key, from, to);
    in.first();
    String name;
    while ((name = in.nextFieldName()) != null) {
      if (in.next() == JsonToken.STRING && name.equals("id")) {
        byte[] document = ("{\"_id\":" + in.string() + "}").getBytes(StandardCharsets.UTF_8);
        JsonRowImage image = new JsonRowImage();
        JsonReader text = new JsonReader();
        text.standOn(document, 0, document.length);
        image.readDocument(text);
        RowCells values = image.values(document, plan, plan.reader(WireType.DOCUMENT));
        return values == null ? read : values;
      }
      in.skip();
    }
    return read;
  }

  private @Nullable RowCells read(TablePlan plan, byte[] key) throws JsonException {
    JsonReader in = JsonReader.of(key, 0, key.length);
    JsonToken token = in.first();
    WireType type = WireType.UNKNOWN;
    if (token == JsonToken.OBJECT) {
      int start = in.start();
      Payload payload =
          ConnectEnvelope.mayBegin(in.nextFieldName()) ? envelope.findUnknown(key, start) : null;
      if (payload == null) {
        in.reopenObject(start);
      } else {
        type = payload.type();
        in.open(key, payload.from(), payload.to());
        token = in.first();
      }
    }
    RowCells values = new RowCells();
    values.reset(plan.cells());
    if (token == JsonToken.OBJECT) {
      int start = in.start();
      plan.reader(type).read(in, values);
      return plan.readsDocuments() ? ofDocument(plan, key, start, in.end(), values) : values;
    }
    int[] columns = plan.table().keyIndexes();
    if (!token.isScalar() || columns.length != 1) {
      return null;
    }
    if (token != JsonToken.NULL) {
      JsonValueReader reader =
          JsonValueReaderFactory.of(
              plan.columns().get(columns[0]).type(), type, plan.declaredOfKey());
      values.cells()[columns[0]] = reader.read(in, token);
    }
    return values;
  }
}
