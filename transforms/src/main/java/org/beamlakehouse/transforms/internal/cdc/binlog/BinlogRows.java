package org.beamlakehouse.transforms.internal.cdc.binlog;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.internal.cdc.image.JsonRowImage;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.json.JsonToken;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The row images of a message: one object, or an array of them; filled again for every record. */
final class BinlogRows {
  private final List<JsonRowImage> images = new ArrayList<>();
  private int size;
  private boolean malformed;

  /** Forgets the record before. */
  void reset() {
    size = 0;
    malformed = false;
  }

  int size() {
    return size;
  }

  JsonRowImage get(int index) {
    return images.get(index);
  }

  /** True where something is neither an object nor null. */
  boolean isMalformed() {
    return malformed;
  }

  /** Passes over the value that was begun, reading its rows for one table on the way if given. */
  void read(
      JsonReader in, JsonToken token, @Nullable TablePlan plan, @Nullable JsonRowReader reader)
      throws JsonException {
    reset();
    if (token == JsonToken.ARRAY) {
      JsonToken next;
      while ((next = in.nextElement()) != JsonToken.END) {
        add(in, next, plan, reader);
      }
    } else if (token != JsonToken.NULL) {
      add(in, token, plan, reader);
    }
  }

  private void add(
      JsonReader in, JsonToken token, @Nullable TablePlan plan, @Nullable JsonRowReader reader)
      throws JsonException {
    if (size == images.size()) {
      images.add(new JsonRowImage());
    }
    JsonRowImage image = images.get(size++);
    image.read(in, token, plan, reader);
    malformed |= image.isMalformed();
  }
}
