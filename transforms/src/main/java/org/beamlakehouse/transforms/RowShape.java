package org.beamlakehouse.transforms;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.merge.RowHash;
import org.beamlakehouse.transforms.internal.merge.StoredRow;
import org.beamlakehouse.transforms.internal.pack.BeamValues;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.SystemColumns;
import org.beamlakehouse.transforms.table.TableDefinition;

/** How merged rows are shown as Beam rows: the contract's columns, then those of the shape. */
abstract class RowShape implements Serializable {
  private final Schema schema;
  private final int contract;
  private final BeamValues values;

  private RowShape(TableDefinition table, List<Field> more) {
    this.schema = Schema.builder().addFields(table.rowSchema().getFields()).addFields(more).build();
    this.contract = table.columns().size();
    this.values = BeamValues.of(table.columns());
  }

  /** Living rows only, as they are in the contract. */
  static RowShape living(TableDefinition table) {
    return new Living(table);
  }

  /** Living and softly deleted rows, told apart by {@code is_deleted}. */
  static RowShape withDeleted(TableDefinition table) {
    return new WithDeleted(table);
  }

  /** Versions of keys. */
  static RowShape versions(TableDefinition table) {
    return new Versions(table);
  }

  Schema schema() {
    return schema;
  }

  /** Whether the row is to be seen. */
  boolean shows(StoredRow row) {
    return true;
  }

  Row toRow(StoredRow row) {
    Object[] shown = new Object[schema.getFieldCount()];
    values.copy(row.values(), shown);
    addTo(shown, contract, row);
    return Row.withSchema(schema).attachValues(Arrays.asList(shown));
  }

  /** Fills in the shape's own columns. */
  abstract void addTo(Object[] shown, int at, StoredRow row);

  private static final class Living extends RowShape {
    private Living(TableDefinition table) {
      super(table, List.of());
    }

    @Override
    boolean shows(StoredRow row) {
      return !row.isDeleted();
    }

    @Override
    void addTo(Object[] shown, int at, StoredRow row) {}
  }

  private static final class WithDeleted extends RowShape {
    private WithDeleted(TableDefinition table) {
      super(
          table,
          List.of(
              Field.of(SystemColumns.IS_DELETED, FieldType.BOOLEAN),
              Field.nullable(SystemColumns.DELETED_AT, ColumnType.TIMESTAMPTZ.toBeam())));
    }

    @Override
    void addTo(Object[] shown, int at, StoredRow row) {
      shown[at] = row.isDeleted();
      shown[at + 1] = row.deletedAt();
    }
  }

  private static final class Versions extends RowShape {
    private final RowHash hash;

    private Versions(TableDefinition table) {
      super(
          table,
          List.of(
              Field.of(SystemColumns.VALID_FROM, table.validTimeType().toBeam()),
              Field.nullable(SystemColumns.VALID_TO, table.validTimeType().toBeam()),
              Field.of(SystemColumns.IS_CURRENT, FieldType.BOOLEAN),
              Field.of(SystemColumns.ROW_HASH, FieldType.STRING)));
      this.hash = RowHash.of(table);
    }

    @Override
    void addTo(Object[] shown, int at, StoredRow row) {
      shown[at] = row.validFrom();
      shown[at + 1] = row.validTo();
      shown[at + 2] = row.validTo() == null;
      shown[at + 3] = hash.hash(row.values());
    }
  }
}
