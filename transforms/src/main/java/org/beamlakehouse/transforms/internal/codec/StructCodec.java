package org.beamlakehouse.transforms.internal.codec;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.table.ColumnType;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Structs: one bit per null field, the other fields' values. Reads rows where it has a schema. */
record StructCodec(List<ValueCodec> fields, @Nullable Schema schema) implements ValueCodec {

  static StructCodec of(ColumnType type, StructForm form) {
    List<ValueCodec> fields =
        type.fields().stream().map(field -> ValueCodecs.of(field.type(), form)).toList();
    return new StructCodec(fields, form == StructForm.ROW ? type.toBeam().getRowSchema() : null);
  }

  @Override
  public void write(Object value, ByteOutput out) {
    Row row = value instanceof Row r ? r : null;
    List<?> list = row == null ? (List<?>) value : List.of();
    int count = row == null ? list.size() : row.getFieldCount();
    if (count != fields.size()) {
      throw new IllegalArgumentException(
          String.format("a struct of %d fields cannot hold %d values", fields.size(), count));
    }
    int nulls = out.reserve((fields.size() + 7) >> 3);
    for (int i = 0; i < fields.size(); i++) {
      Object item = row == null ? list.get(i) : row.getValue(i);
      if (item == null) {
        out.setBit(nulls, i);
      } else {
        fields.get(i).write(item, out);
      }
    }
  }

  @Override
  public Object read(ByteInput in) {
    int nulls = in.position();
    in.skip((fields.size() + 7) >> 3);
    Object[] values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.bit(nulls, i) ? null : fields.get(i).read(in);
    }
    List<Object> list = Arrays.asList(values);
    return schema == null
        ? Collections.unmodifiableList(list)
        : Row.withSchema(schema).attachValues(list);
  }
}
