package org.beamlakehouse.transforms.internal.cdc.event;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.event.EventOrder.Place;
import org.beamlakehouse.transforms.internal.cdc.row.RowCells;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.tableplan.Violations;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.internal.cdc.value.RescuedFields;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.beamlakehouse.transforms.table.UnknownFields;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes change events of row images that were read, or says in what way they do not keep the
 * contract. The cells of an image become the row: nothing may write to them afterwards.
 */
public final class EventBuilder {
  private final Violations violations = new Violations();
  private final Violations ignored = new Violations();

  /**
   * A row that is there after the change.
   *
   * @param before the image before it, null where there is none
   */
  public void upsert(
      TablePlan plan,
      Operation operation,
      RowCells after,
      @Nullable RowCells before,
      RecordContext context) {
    noteRepeated(plan, after, context);
    if (halts(plan, after, context)) {
      return;
    }
    violations.reset();
    Object[] cells = after.cells();
    Object[] old = before == null ? null : before.cells();
    plan.expressions().compute(cells, violations);
    if (old != null) {
      // What is wrong in the image before an update decides nothing.
      ignored.reset();
      plan.expressions().compute(old, ignored);
    }
    Set<String> unsent = settle(plan, cells, old, Image.COMPLETE);
    rejectUnknown(plan, after);
    Place place = EventOrder.of(plan, cells, context, violations);
    if (plan.ofExtracts() && place != null && KeyAndCells.hasKey(plan, cells)) {
      beginExtract(plan, place, context);
    }
    if (violations.any() || place == null) {
      reject(plan, context);
      if (plan.ofExtracts() && place != null && KeyAndCells.hasKey(plan, cells)) {
        confirm(plan, place, KeyAndCells.keyRow(plan, cells), context);
      }
      return;
    }
    Row key = KeyAndCells.keyRow(plan, cells);
    boolean moved = old != null && KeyAndCells.isOtherKey(plan, old, cells);
    Row beforeRow = old == null ? null : KeyAndCells.beforeRow(plan, old);
    if (moved) {
      Set<String> unsentBefore =
          KeyAndCells.isKeyOnly(plan, old)
              ? KeyAndCells.nonKeyColumns(plan)
              : KeyAndCells.unsentIn(plan, old);
      context
          .sink()
          .change(
              plan.table(),
              event(plan, Operation.DELETE, place, context)
                  .key(KeyAndCells.keyRow(plan, old))
                  .before(beforeRow)
                  .unsentColumns(unsentBefore)
                  .build());
    }
    context
        .sink()
        .change(
            plan.table(),
            event(plan, moved ? Operation.INSERT : operation, place, context)
                .key(key)
                .before(moved ? null : beforeRow)
                .after(KeyAndCells.row(plan, cells))
                .unsentColumns(unsent)
                .rescuedData(rescuedText(plan, after))
                .build());
  }

  /**
   * A record without an envelope: the table's SQL says whether it deletes or truncates, else it is
   * a row that is there.
   *
   * @return whether it deletes a row
   */
  public boolean plain(TablePlan plan, RowCells row, RecordContext context) {
    violations.reset();
    boolean truncates = plan.expressions().truncates(row.cells(), violations);
    boolean deletes = plan.expressions().deletes(row.cells(), violations);
    if (violations.any()) {
      reject(plan, context);
    } else if (truncates) {
      truncate(plan, row, context);
    } else if (deletes) {
      return delete(plan, row, context);
    } else {
      upsert(plan, Operation.UPDATE, row, null, context);
    }
    return false;
  }

  /**
   * A row that is gone after the change. Its image may hold the key only; one with a value in any
   * other column that is not computed is taken for the whole row.
   *
   * @return whether it could be read
   */
  public boolean delete(TablePlan plan, RowCells image, RecordContext context) {
    noteRepeated(plan, image, context);
    if (halts(plan, image, context)) {
      return false;
    }
    violations.reset();
    Object[] cells = image.cells();
    boolean keyOnly = KeyAndCells.isKeyOnly(plan, cells);
    plan.expressions().compute(cells, violations);
    Set<String> unsent = settle(plan, cells, null, Image.DELETED);
    if (keyOnly) {
      unsent = KeyAndCells.forgetNonKeys(plan, cells);
    } else if (context.source() == null) {
      unsent = KeyAndCells.nullNonKeys(plan, cells);
    }
    rejectUnknown(plan, image);
    Place place = EventOrder.of(plan, cells, context, violations);
    if (violations.any() || place == null) {
      reject(plan, context);
      return false;
    }
    context
        .sink()
        .change(
            plan.table(),
            event(plan, Operation.DELETE, place, context)
                .key(KeyAndCells.keyRow(plan, cells))
                .before(KeyAndCells.row(plan, cells))
                .unsentColumns(unsent)
                .rescuedData(rescuedText(plan, image))
                .build());
    return true;
  }

  /** A message that has the key of a row and nothing else. */
  void tombstone(TablePlan plan, RowCells image, RecordContext context) {
    violations.reset();
    Object[] cells = image.cells();
    for (int key : plan.table().keyIndexes()) {
      if (cells[key] instanceof Bad bad) {
        violations.type(plan.columns().get(key).name(), bad);
      } else if (!KeyAndCells.isValue(cells[key])) {
        violations.messageKey(plan.columns().get(key).name());
      }
    }
    if (violations.any()) {
      reject(plan, context);
      return;
    }
    Place place = EventOrder.ofTombstone(plan.table(), context);
    context
        .sink()
        .change(
            plan.table(),
            event(plan, Operation.TOMBSTONE, place, context)
                .key(KeyAndCells.keyRow(plan, cells))
                .build());
  }

  /**
   * A table that is empty after the change.
   *
   * @param image the record's own fields where it has no envelope, else null
   */
  public void truncate(TablePlan plan, @Nullable RowCells image, RecordContext context) {
    violations.reset();
    Object[] cells = image == null ? new Object[plan.cells()] : image.cells();
    Place place = EventOrder.of(plan, cells, context, violations);
    if (place == null) {
      reject(plan, context);
      return;
    }
    context.sink().change(plan.table(), event(plan, Operation.TRUNCATE, place, context).build());
  }

  /** A change that should bring a row and brings none. */
  public void quarantineRowless(TablePlan plan, RecordContext context) {
    violations.reset();
    for (String key : plan.table().keyColumns()) {
      violations.key(key);
    }
    reject(plan, context);
  }

  /** Tells that an extract is there, once per batch: what it does not hold is deleted. */
  private static void beginExtract(TablePlan plan, Place place, RecordContext context) {
    Sequence lowest = place.sequence().withoutPosition();
    if (plan.begins(lowest)) {
      Place begin = new Place(lowest, place.eventTime(), place.validTime());
      context.sink().change(plan.table(), event(plan, Operation.TRUNCATE, begin, context).build());
    }
  }

  /** Tells of a record that cannot be used that its key is in the extract all the same. */
  private static void confirm(TablePlan plan, Place place, Row key, RecordContext context) {
    if (plan.columns().size() > key.getFieldCount()) {
      context
          .sink()
          .change(
              plan.table(),
              event(plan, Operation.READ, place, context)
                  .key(key)
                  .build()
                  .asConfirmation(plan.table()));
    }
  }

  private enum Image {
    COMPLETE,
    DELETED
  }

  /**
   * Checks the columns and settles what the source did not send: taken from the image before where
   * that has it, else null and unsent.
   */
  private Set<String> settle(
      TablePlan plan, Object[] cells, Object @Nullable [] before, Image image) {
    Set<String> unsent = Set.of();
    List<Column> columns = plan.columns();
    for (int i = 0; i < columns.size(); i++) {
      Object value = cells[i];
      if (value == JsonValueReader.UNSENT) {
        value = before != null && KeyAndCells.isValue(before[i]) ? before[i] : null;
        cells[i] = value;
        if (value == null && !plan.isKey(i)) {
          unsent = unsent.isEmpty() ? new HashSet<>() : unsent;
          unsent.add(columns.get(i).name());
          continue;
        }
      }
      if (value == null) {
        if (plan.isKey(i)) {
          violations.key(columns.get(i).name());
        } else if (columns.get(i).required() && image == Image.COMPLETE) {
          violations.required(columns.get(i));
        }
      } else if (value instanceof Bad bad) {
        violations.type(columns.get(i).name(), bad);
      }
    }
    return unsent;
  }

  private static void noteRepeated(TablePlan plan, RowCells image, RecordContext context) {
    if (image.isRepeated()) {
      context.sink().repeatedField(plan.table());
    }
  }

  private boolean halts(TablePlan plan, RowCells image, RecordContext context) {
    RescuedFields rescued = image.rescued();
    if (plan.table().unknownFields() != UnknownFields.FAIL
        || rescued == null
        || rescued.isEmpty()) {
      return false;
    }
    violations.reset();
    violations.unknown(rescued.names());
    context
        .sink()
        .halt(
            plan.table(),
            violations.error(plan.table().name())
                + "; add it to the contract or set onUnknownFields to rescue");
    return true;
  }

  private void rejectUnknown(TablePlan plan, RowCells image) {
    RescuedFields rescued = image.rescued();
    if (plan.table().unknownFields() == UnknownFields.QUARANTINE && rescued != null) {
      violations.unknown(rescued.names());
    }
  }

  private void reject(TablePlan plan, RecordContext context) {
    TableDefinition table = plan.table();
    context.sink().quarantine(table, violations.rules(), violations.error(table.name()));
  }

  private static ChangeEvent.Builder event(
      TablePlan plan, Operation operation, Place place, RecordContext context) {
    return ChangeEvent.builder()
        .table(plan.table().name())
        .operation(operation)
        .sequence(place.sequence())
        .eventTime(place.eventTime())
        .validTime(place.validTime())
        .ingestedAt(context.record().ingestedAt());
  }

  private static @Nullable String rescuedText(TablePlan plan, RowCells image) {
    RescuedFields rescued = image.rescued();
    if (rescued != null && plan.table().unknownFields() == UnknownFields.EVOLVE) {
      // It will be null in the column that the field gets with its first value.
      rescued.removeNulls();
    }
    return rescued == null || rescued.isEmpty() ? null : rescued.toJson();
  }
}
