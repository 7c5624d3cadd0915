package org.beamlakehouse.io.internal.spread;

/**
 * Makes keys that a runner hands to its workers in turn, where it goes by a hash of their bytes.
 *
 * <p>A step of a batch is over when its last worker is. Hashes are fair in the long run, but pieces
 * of work are few: of eight over two workers, one gets five or more three times out of four. The
 * keys made here have hashes that follow each other. They are as good as any others for a runner
 * that goes by something else.
 *
 * <p>It is Flink's hash for batches that is followed, {@code MathUtils.murmurHash} of {@code
 * Arrays.hashCode}, of which Austin Appleby's MurmurHash3 is the source.
 */
public final class EvenKeys {
  /** Has the divisors 1 to 6, 8, 10, 12, 15 and 16: with as many workers turns are even. */
  static final int TURNS = 240;

  private EvenKeys() {}

  /**
   * Two bytes, most significant first, that complete a key.
   *
   * @param key what comes before them in the encoded key; may be empty
   * @param turn whose turn it is; the keys of turns that follow each other go to workers that do
   */
  public static short completing(byte[] key, int turn) {
    int wanted = Math.floorMod(turn, TURNS);
    int prefix = 1;
    for (byte b : key) {
      prefix = 31 * prefix + b;
    }
    for (int tail = Short.MIN_VALUE; tail <= Short.MAX_VALUE; tail++) {
      int hash = 31 * (31 * prefix + (byte) (tail >> 8)) + (byte) tail;
      if (murmurHash(hash) % TURNS == wanted) {
        return (short) tail;
      }
    }
    // Some 8,000 different hashes were tried. Any key will do.
    return 0;
  }

  /** Of four bytes, not negative. */
  private static int murmurHash(int code) {
    int h = Integer.rotateLeft(code * 0xcc9e2d51, 15) * 0x1b873593;
    h = Integer.rotateLeft(h, 13) * 5 + 0xe6546b64;
    h ^= Integer.BYTES;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    h ^= h >>> 16;
    return h == Integer.MIN_VALUE ? 0 : Math.abs(h);
  }
}
