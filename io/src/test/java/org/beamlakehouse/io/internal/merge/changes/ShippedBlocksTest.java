package org.beamlakehouse.io.internal.merge.changes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShippedBlocksTest {
  @Property(tries = 200)
  void arriveAsTheyWereSent(@ForAll byte[] block) {
    assertThat(ShippedBlocks.unpack(ShippedBlocks.pack(block)), is(block));
  }

  @Test
  void takeLessRoomOnTheWay() {
    byte[] block = "one order is much like another;".repeat(100).getBytes(StandardCharsets.UTF_8);
    assertThat(ShippedBlocks.pack(block).length, is(lessThan(block.length / 10)));
  }
}
