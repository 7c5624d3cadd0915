package org.beamlakehouse.transforms.cdc;

import java.io.Serializable;
import org.apache.avro.Schema;

/**
 * Gives the schemas that Avro records were written with, by the ids that the records name. {@code
 * io.registry} has one that asks a schema registry.
 *
 * <p>An implementation is asked for every record with a schema that its parser has not met, from
 * several threads, and is to remember what it found.
 */
public interface WriterSchemas extends Serializable {

  /**
   * The schema of an id.
   *
   * @throws UnusableSchemaException where there certainly is none; the records that name the id are
   *     dead letters
   * @throws RuntimeException where that cannot be found out now; it fails the run, so that no good
   *     record is put aside
   */
  Schema schema(int id) throws UnusableSchemaException;
}
