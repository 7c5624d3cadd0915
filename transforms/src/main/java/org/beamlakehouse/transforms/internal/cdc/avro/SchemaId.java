package org.beamlakehouse.transforms.internal.cdc.avro;

/**
 * The header that a schema registry's serializers put before Avro data: a zero byte, then the id of
 * the writer's schema as four bytes, the highest first.
 */
public final class SchemaId {
  /** Bytes of the header. */
  static final int LENGTH = 5;

  private SchemaId() {}

  /** True where the bytes begin with such a header. */
  public static boolean leads(byte[] bytes) {
    return bytes.length >= LENGTH && bytes[0] == 0;
  }

  /** The id in the header that leads the bytes. */
  public static int of(byte[] bytes) {
    return (bytes[1] & 0xff) << 24
        | (bytes[2] & 0xff) << 16
        | (bytes[3] & 0xff) << 8
        | (bytes[4] & 0xff);
  }
}
