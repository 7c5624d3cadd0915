package org.beamlakehouse.transforms.internal.cdc.image;

import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroException;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroInput;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader.Kept;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroType;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroValueReaderFactory;
import org.beamlakehouse.transforms.internal.cdc.avro.AvroValues;
import org.beamlakehouse.transforms.internal.cdc.avro.SchemaId;
import org.beamlakehouse.transforms.internal.cdc.avro.WriterSchemaCache;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;

/**
 * Reads key columns from a message's key in Avro: a record of the key's fields, or the value itself
 * where the table's key is one column. A key with no schema id is read as JSON, as which, or as
 * plain text, the key's converter may write it.
 */
public final class AvroKey {
  private final MessageKey json = new MessageKey();
  private final AvroInput in = new AvroInput();
  private final WriterSchemaCache writers;

  public AvroKey(WriterSchemas schemas) {
    this.writers = new WriterSchemaCache(schemas);
  }

  /** See {@link BeforeAndAfter#fillKey}. */
  public void fill(TablePlan plan, byte[] key, RowCells image) {
    if (key == null || !SchemaId.leads(key)) {
      json.fill(plan, key, image);
      return;
    }
    try {
      AvroType type = writers.open(key, in);
      int from = in.at();
      AvroValues.skip(type, in);
      in.expectEnd();
      in.seek(from);
      RowCells read = new RowCells();
      read.reset(plan.cells());
      int[] columns = plan.table().keyIndexes();
      if (type.kind() == Schema.Type.RECORD && plan.readsDocuments()) {
        json.fill(plan, AvroValues.json(type, in).getBytes(StandardCharsets.UTF_8), image);
        return;
      }
      if (type.kind() == Schema.Type.RECORD) {
        plan.reader(type).read(in, read, Kept.ALL);
      } else if (columns.length == 1) {
        read.cells()[columns[0]] =
            AvroValueReaderFactory.of(
                    type, plan.columns().get(columns[0]).type(), plan.declaredOfKey())
                .read(in);
      }
      MessageKey.copy(plan, read, image);
    } catch (AvroException e) {
      // The key is opaque to this source; the caller finds the key columns still null.
      return;
    }
  }
}
