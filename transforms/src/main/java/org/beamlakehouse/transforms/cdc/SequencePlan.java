package org.beamlakehouse.transforms.cdc;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where the values of a table's {@code sequenceBy} are found. */
final class SequencePlan {
  private final List<Part> parts = new ArrayList<>();

  /**
   * One field.
   *
   * @param name as the contract has it
   * @param cell its cell in the row image
   * @param envelopeCell its cell in the envelope, or -1
   * @param declared true where its type is declared
   */
  record Part(String name, int cell, int envelopeCell, boolean declared) {}

  private SequencePlan() {}

  /**
   * Finds or makes the cells of the fields.
   *
   * @param values how values are written whose record brings no schema
   * @param cells the table's own, extended by those of fields that are no columns
   * @param envelope the cells of the envelope, null where records have none
   */
  static SequencePlan of(
      TableDefinition table, WireType values, CellList cells, @Nullable CellList envelope) {
    SequencePlan plan = new SequencePlan();
    for (String name : table.sequenceBy()) {
      int column = table.indexOf(name);
      if (column >= 0) {
        check(table, name, table.columns().get(column).type());
        plan.parts.add(new Part(name, column, -1, true));
        continue;
      }
      ColumnType type = typeOf(table, values, plan.parts.isEmpty());
      if (type != null) {
        check(table, name, type);
      }
      Declared declared = Declared.of(table);
      Declared inRow = declared;
      Declared beside = declared;
      if (values.isUntold()) {
        inRow = declared.told(ChangeSource.unitOfFlat(name));
        beside = declared.told(ChangeSource.unitOf(name));
      }
      int inEnvelope = envelope == null ? -1 : envelope.add(name, type, beside);
      plan.parts.add(new Part(name, cells.add(name, type, inRow), inEnvelope, type != null));
    }
    return plan;
  }

  List<Part> parts() {
    return parts;
  }

  /**
   * The type as which a field that is no column is read; null for that of its JSON value. The
   * default type binds only where it becomes the type of {@code valid_from}, and where all is text.
   */
  private static @Nullable ColumnType typeOf(
      TableDefinition table, WireType values, boolean first) {
    if (values.kind() == WireType.Kind.TEXT) {
      return first ? table.sequenceByType() : ColumnType.LONG;
    }
    if (!first) {
      return null;
    }
    boolean binds =
        table.storage() == StorageType.HISTORY || !table.sequenceByType().equals(ColumnType.LONG);
    return binds ? table.sequenceByType() : null;
  }

  private static void check(TableDefinition table, String name, ColumnType type) {
    if (!type.isOrdered()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot order the changes of %s by %s: its type %s has no order; use a number, time"
                  + " or string",
              table.name(), name, type));
    }
  }
}
