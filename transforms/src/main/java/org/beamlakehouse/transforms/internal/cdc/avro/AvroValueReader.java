package org.beamlakehouse.transforms.internal.cdc.avro;

import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads one Avro value of a certain type as a column's type, made for both once.
 *
 * <p>The input stands on the value, which was checked before; it is read to its end whatever comes
 * of it: a value, null, {@link JsonValueReader#UNSENT} or a {@link Bad}.
 */
public interface AvroValueReader {

  @Nullable Object read(AvroInput in) throws AvroException;

  /** Why no value but null can ever be read; null where some can. */
  default @Nullable Bad mismatch() {
    return null;
  }
}
