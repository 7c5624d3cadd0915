package org.beamlakehouse.transforms.internal.cdc;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.beamlakehouse.transforms.cdc.WriterSchemas;

/** A registry in memory: gives an id to each schema. */
public final class KnownSchemas implements WriterSchemas {
  private static final long serialVersionUID = 1L;

  private final List<Schema> schemas = new ArrayList<>();

  /** Adds a schema; gives its id, which equal ones share. */
  public int add(Schema schema) {
    int known = schemas.indexOf(schema);
    if (known >= 0) {
      return known + 1;
    }
    schemas.add(schema);
    return schemas.size();
  }

  /** Avro data led by the id of its schema. */
  public static byte[] framed(int id, byte[] data) {
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    framed.write(0);
    for (int shift = 24; shift >= 0; shift -= 8) {
      framed.write(id >> shift);
    }
    framed.writeBytes(data);
    return framed.toByteArray();
  }

  @Override
  public Schema schema(int id) throws UnusableSchemaException {
    if (id < 1 || id > schemas.size()) {
      throw new UnusableSchemaException("there is no schema " + id);
    }
    return schemas.get(id - 1);
  }
}
