package org.beamlakehouse.io.internal.bronze.write;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class MessageHeadersTest {
  @Test
  void noHeadersAreNull() {
    assertThat(MessageHeaders.of(new RecordHeaders()), is(nullValue()));
  }

  @Test
  void everyHeaderIsKeptInOrder() {
    Map<String, ByteBuffer> map =
        MessageHeaders.of(
            new RecordHeaders()
                .add("a", new byte[] {1})
                .add("b", null)
                .add("a", new byte[] {2})
                .add("a#2", new byte[] {3})
                .add("a", new byte[] {4}));
    assertThat(map.keySet(), contains("a", "b", "a#2", "a#2#2", "a#3"));
    assertThat(map.get("a#3"), is(ByteBuffer.wrap(new byte[] {4})));
    assertThat(map.get("b"), is(nullValue()));
  }
}
