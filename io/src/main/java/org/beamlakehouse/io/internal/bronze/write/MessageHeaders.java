package org.beamlakehouse.io.internal.bronze.write;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The headers of a message as bronze keeps them. */
final class MessageHeaders {
  private MessageHeaders() {}

  /**
   * Headers by key. Kafka lets keys repeat: the second of a key becomes {@code key#2}, and so on.
   *
   * @return null where there are none
   */
  static @Nullable Map<String, ByteBuffer> of(Headers headers) {
    Map<String, ByteBuffer> map = null;
    for (Header header : headers) {
      if (map == null) {
        map = new LinkedHashMap<>();
      }
      String name = header.key();
      for (int i = 2; map.containsKey(name); i++) {
        name = header.key() + "#" + i;
      }
      byte[] value = header.value();
      map.put(name, value == null ? null : ByteBuffer.wrap(value));
    }
    return map;
  }
}
