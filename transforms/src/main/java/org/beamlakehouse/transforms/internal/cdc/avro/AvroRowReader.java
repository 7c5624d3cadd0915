package org.beamlakehouse.transforms.internal.cdc.avro;

import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.transforms.internal.cdc.row.FieldNode;
import org.beamlakehouse.transforms.internal.cdc.row.JsonRowReader;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.RescuedFields;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads the records of one Avro type into the cells of one table: what is to be done with each
 * field is settled once. The counterpart of {@link JsonRowReader}.
 */
public final class AvroRowReader {
  private final Field[] fields;
  private final Map<Integer, Misfit> misfits = new TreeMap<>();

  /**
   * A field of the records.
   *
   * @param node who reads it; null where nobody does
   * @param describes true for a field that describes the change where records are flattened
   */
  private record Field(String name, AvroType type, @Nullable AvroNode node, boolean describes) {}

  /**
   * A cell whose type takes no value of the field that it is read from.
   *
   * @param field name of the field
   * @param bad the two types
   */
  public record Misfit(String field, Bad bad) {}

  /** Which fields are kept though nobody reads them. */
  public enum Kept {
    ALL,
    /** All but those that describe the change in a flattened record. */
    ALL_BUT_METADATA
  }

  private AvroRowReader(Field[] fields) {
    this.fields = fields;
    for (Field field : fields) {
      if (field.node != null) {
        misfits.putAll(field.node.misfits());
      }
    }
  }

  /** A reader of the fields of a record type that some node reads. */
  public static AvroRowReader of(AvroType record, FieldNode node) {
    Field[] fields = new Field[record.parts().size()];
    for (int i = 0; i < fields.length; i++) {
      String name = record.names().get(i);
      AvroType type = record.parts().get(i);
      FieldNode child = node.child(name);
      fields[i] =
          new Field(
              name,
              type,
              child == null ? null : AvroNode.of(name, type, child),
              DebeziumField.ofFlat(name) != null);
    }
    return new AvroRowReader(fields);
  }

  /** The cells that can never be read, by their index. */
  public Map<Integer, Misfit> misfits() {
    return misfits;
  }

  /** Reads the record that the input stands on. */
  public void read(AvroInput in, RowCells out, Kept kept) throws AvroException {
    out.rescue(readFields(in, out, kept));
  }

  /** Reads the record that the input stands on; gives the fields that nobody reads. */
  @Nullable RescuedFields readFields(AvroInput in, RowCells out, Kept kept) throws AvroException {
    RescuedFields rescued = null;
    for (Field field : fields) {
      if (field.node != null) {
        RescuedFields inside = field.node.read(in, out);
        if (inside != null) {
          rescued = RescuedFields.with(rescued, field.name, inside);
        }
      } else if (field.describes && kept == Kept.ALL_BUT_METADATA) {
        AvroValues.skip(field.type, in);
      } else {
        rescued = rescued == null ? new RescuedFields() : rescued;
        rescued.add(field.name, AvroValues.json(field.type, in));
      }
    }
    return rescued;
  }
}
