package org.beamlakehouse.io.internal.merge.changes;

import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.beamlakehouse.transforms.internal.pack.ChangeBlock;

/**
 * The form of a {@link ChangeBlock} on its way through the shuffle, where it is copied, sorted and
 * spilled, and until the commit: the number of its bytes (four bytes) and the bytes, compressed by
 * LZ4. What that costs is less than what the larger half of the bytes would.
 */
public final class ShippedBlocks {
  private static final LZ4Compressor COMPRESSOR = LZ4Factory.fastestInstance().fastCompressor();
  private static final LZ4SafeDecompressor DECOMPRESSOR =
      LZ4Factory.fastestInstance().safeDecompressor();

  private ShippedBlocks() {}

  /** A block as it is shipped. */
  public static byte[] pack(byte[] block) {
    byte[] packed = new byte[Integer.BYTES + COMPRESSOR.maxCompressedLength(block.length)];
    ByteBuffer.wrap(packed).putInt(block.length);
    int length = COMPRESSOR.compress(block, 0, block.length, packed, Integer.BYTES);
    return Arrays.copyOf(packed, Integer.BYTES + length);
  }

  /** The block again. */
  static byte[] unpack(byte[] packed) {
    byte[] block = new byte[ByteBuffer.wrap(packed).getInt()];
    DECOMPRESSOR.decompress(packed, Integer.BYTES, packed.length - Integer.BYTES, block, 0);
    return block;
  }
}
