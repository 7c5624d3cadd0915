package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.source.DebeziumField;
import org.beamlakehouse.transforms.internal.cdc.value.Declared;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where the values of a table's {@code sequenceBy} are found. */
public final class SequencePlan {
  private final List<Part> parts = new ArrayList<>();

  /**
   * One field.
   *
   * @param name as the contract has it
   * @param cell its cell in the row image
   * @param envelopeCell its cell in the envelope, or -1
   * @param column whether it is a column of the table
   */
  public record Part(String name, int cell, int envelopeCell, boolean column) {}

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
      ColumnType type = table.sequenceType(name);
      check(table, name, type);
      int column = table.indexOf(name);
      if (column >= 0) {
        plan.parts.add(new Part(name, column, -1, true));
        continue;
      }
      // Connectors write numbers that may be large as text, as Oracle's scn is.
      Declared inRow = Declared.of(table).withDigitsInText();
      Declared beside = inRow;
      if (values.isUntold()) {
        inRow = inRow.told(DebeziumField.unitOfFlat(name));
        inRow = DebeziumField.isOfFlat(name) ? inRow.withTextDecimals() : inRow;
        beside = beside.told(DebeziumField.unitOf(name)).withTextDecimals();
      }
      int inEnvelope = envelope == null ? -1 : envelope.add(name, type, beside);
      plan.parts.add(new Part(name, cells.add(name, type, inRow), inEnvelope, false));
    }
    return plan;
  }

  public List<Part> parts() {
    return parts;
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
