package org.beamlakehouse.transforms.internal.codec;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Maps: count, then key, null flag and value of each entry. Entries are in the order of their keys'
 * bytes, because equal maps may iterate in different orders.
 */
record MapCodec(ValueCodec key, ValueCodec value) implements ValueCodec {

  /** An entry's bytes in the scratch output: the key up to {@code keyEnd}, then the value. */
  private record Entry(int start, int keyEnd, int end) {}

  @Override
  public void write(Object map, ByteOutput out) {
    Map<?, ?> entries = (Map<?, ?>) map;
    out.writeUnsigned(entries.size());
    if (entries.size() < 2) {
      entries.forEach((k, v) -> writeEntry(k, v, out));
      return;
    }
    ByteOutput scratch = new ByteOutput();
    Entry[] written = new Entry[entries.size()];
    int count = 0;
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      int start = scratch.size();
      int keyEnd = writeEntry(entry.getKey(), entry.getValue(), scratch);
      written[count++] = new Entry(start, keyEnd, scratch.size());
    }
    byte[] bytes = scratch.array();
    Arrays.sort(
        written,
        (a, b) -> Arrays.compareUnsigned(bytes, a.start, a.keyEnd, bytes, b.start, b.keyEnd));
    for (Entry entry : written) {
      out.writeRaw(bytes, entry.start, entry.end - entry.start);
    }
  }

  private int writeEntry(Object k, Object v, ByteOutput out) {
    if (k == null) {
      throw new IllegalArgumentException("a map cannot hold a null key");
    }
    key.write(k, out);
    int keyEnd = out.size();
    out.writeByte(v == null ? 0 : 1);
    if (v != null) {
      value.write(v, out);
    }
    return keyEnd;
  }

  @Override
  public Object read(ByteInput in) {
    int count = in.readLength();
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      Object k = key.read(in);
      entries.put(k, in.readByte() == 0 ? null : value.read(in));
    }
    return Collections.unmodifiableMap(entries);
  }
}
