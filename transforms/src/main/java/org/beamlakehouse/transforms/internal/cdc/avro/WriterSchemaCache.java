package org.beamlakehouse.transforms.internal.cdc.avro;

import java.util.HashMap;
import java.util.Map;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What a parser knows of the schemas by which records were written, by the ids in the records. */
public final class WriterSchemaCache {
  private static final int MAX_REMEMBERED = 1_000;

  private final WriterSchemas schemas;
  private final Map<Integer, AvroType> known = new HashMap<>();
  private int lastId;
  private @Nullable AvroType last;

  public WriterSchemaCache(WriterSchemas schemas) {
    this.schemas = schemas;
  }

  /**
   * Sets the input on the value of a record, or key.
   *
   * @return how the value is written, which is no union
   * @throws AvroException where it names no schema, or one that cannot be used
   */
  public AvroType open(byte[] bytes, AvroInput in) throws AvroException {
    AvroType type = of(bytes);
    in.open(bytes, SchemaId.LENGTH);
    return AvroValues.branch(type, in);
  }

  private AvroType of(byte[] bytes) throws AvroException {
    if (!SchemaId.leads(bytes)) {
      throw AvroException.unframed();
    }
    int id = SchemaId.of(bytes);
    AvroType found = last;
    if (found == null || id != lastId) {
      found = find(id);
      last = found;
      lastId = id;
    }
    return found;
  }

  private AvroType find(int id) throws AvroException {
    AvroType found = known.get(id);
    if (found == null) {
      if (known.size() >= MAX_REMEMBERED) {
        known.clear();
      }
      try {
        found = AvroType.of(schemas.schema(id));
      } catch (UnusableSchemaException e) {
        // Not remembered: the registry may get the schema yet.
        throw AvroException.unusable(e);
      }
      known.put(id, found);
    }
    return found;
  }
}
