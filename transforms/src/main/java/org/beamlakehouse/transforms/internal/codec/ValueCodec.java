package org.beamlakehouse.transforms.internal.codec;

/** Writes and reads the values of one type; never null ones. */
interface ValueCodec {

  /**
   * Writes a value.
   *
   * @throws ClassCastException where the value is not of the type's Java class
   * @throws IllegalArgumentException where it is, but the type cannot hold it
   */
  void write(Object value, ByteOutput out);

  Object read(ByteInput in);
}
