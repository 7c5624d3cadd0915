package org.beamlakehouse.transforms.internal.codec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteOutputTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152})
  void measuredBytesAreLikeBytesWithTheirLength(int length) {
    byte[] value = new byte[length];
    for (int i = 0; i < length; i++) {
      value[i] = (byte) i;
    }
    ByteOutput measured = new ByteOutput();
    measured.writeByte(7);
    int start = measured.beginLength();
    measured.writeRaw(value, 0, length);
    measured.endLength(start);
    measured.writeByte(8);
    ByteOutput plain = new ByteOutput();
    plain.writeByte(7);
    plain.writeBytes(value);
    plain.writeByte(8);
    assertThat(measured.toByteArray(), equalTo(plain.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 63, 64, -64, -65, 1L << 34, Long.MAX_VALUE, Long.MIN_VALUE})
  void numbersComeBack(long value) {
    ByteOutput out = new ByteOutput(1);
    out.writeSigned(value);
    out.writeUnsigned(value);
    out.writeLong(value);
    ByteInput in = ByteInput.of(out.toByteArray());
    assertThat(in.readSigned(), is(value));
    assertThat(in.readUnsigned(), is(value));
    assertThat(in.readLong(), is(value));
    assertThat(in.remaining(), is(0));
  }

  @Test
  void aNumberWithoutEndIsRefused() {
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) 0xff);
    assertThrows(IllegalArgumentException.class, () -> ByteInput.of(endless).readUnsigned());
  }

  @Test
  void aLengthBeyondTheEndIsRefusedBeforeMemoryIsTaken() {
    ByteOutput out = new ByteOutput();
    out.writeUnsigned(Integer.MAX_VALUE);
    assertThrows(IllegalArgumentException.class, () -> ByteInput.of(out.toByteArray()).readBytes());
  }
}
