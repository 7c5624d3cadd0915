package org.beamlakehouse.io.internal.merge.write;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.StructLike;

/** Estimates what rows of internal values take in memory, so that long values count as such. */
final class RowWeight {
  /** An object of a few bytes and the reference to it. */
  private static final int SMALL = 24;

  private RowWeight() {}

  /** About how many bytes a row takes. */
  static long of(StructLike row) {
    long weight = SMALL;
    for (int i = 0; i < row.size(); i++) {
      weight += ofValue(row.get(i, Object.class));
    }
    return weight;
  }

  private static long ofValue(Object value) {
    // Most values; asking a class for its interfaces costs more than all else here.
    if (value instanceof Number || value instanceof Boolean) {
      return SMALL;
    } else if (value instanceof CharSequence text) {
      return SMALL + text.length();
    } else if (value instanceof ByteBuffer bytes) {
      return SMALL + bytes.remaining();
    } else if (value instanceof List<?> list) {
      return SMALL + list.stream().mapToLong(RowWeight::ofValue).sum();
    } else if (value instanceof Map<?, ?> map) {
      return SMALL
          + map.entrySet().stream()
              .mapToLong(entry -> ofValue(entry.getKey()) + ofValue(entry.getValue()))
              .sum();
    }
    return value instanceof StructLike struct ? of(struct) : SMALL;
  }
}
