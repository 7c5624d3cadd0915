package org.beamlakehouse.transforms.cdc;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads key columns from a message's key, for deletes that bring no row. */
final class MessageKey {
  private final ConnectEnvelope envelope = new ConnectEnvelope();

  /**
   * Fills the null key cells of an image from the message's key: an object of the key's fields,
   * with or without schema, or the value itself where the table's key is one column. A key that
   * cannot be read fills nothing.
   */
  void fill(TablePlan plan, byte @Nullable [] key, RowValues image) {
    if (key == null || Utf8.firstInvalid(key) >= 0) {
      return;
    }
    try {
      RowValues read = read(plan, key);
      for (int column : plan.table().keyIndexes()) {
        if (image.cells()[column] == null && read != null) {
          image.cells()[column] = read.cells()[column];
        }
      }
    } catch (IOException e) {
      // The key is opaque to this source; the caller finds the key columns still null.
      return;
    }
  }

  private @Nullable RowValues read(TablePlan plan, byte[] key) throws IOException {
    JsonInput in = JsonInput.open(key, 0, key.length);
    JsonToken token = in.parser().nextToken();
    WireType type = WireType.UNKNOWN;
    if (token == JsonToken.START_OBJECT) {
      int start = in.tokenStart();
      ConnectEnvelope.Payload payload =
          ConnectEnvelope.mayBegin(in.parser().nextFieldName())
              ? envelope.findUnknown(key, start)
              : null;
      type = payload == null ? type : payload.type();
      in =
          payload == null
              ? JsonInput.open(key, start, key.length)
              : JsonInput.open(key, payload.from(), payload.to());
      token = in.parser().nextToken();
    }
    RowValues values = new RowValues();
    values.reset(plan.cells());
    if (token == JsonToken.START_OBJECT) {
      plan.reader(type).read(in, values);
      return values;
    }
    int[] columns = plan.table().keyIndexes();
    if (token == null || !token.isScalarValue() || columns.length != 1) {
      return null;
    }
    if (token != JsonToken.VALUE_NULL) {
      ValueReader reader =
          ValueReaders.of(
              plan.columns().get(columns[0]).type(), type, new ValueReaders.UnknownFieldFlag());
      values.cells()[columns[0]] = reader.read(in.parser(), token);
    }
    return values;
  }
}
