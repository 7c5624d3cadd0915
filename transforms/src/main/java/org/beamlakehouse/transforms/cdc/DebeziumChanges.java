package org.beamlakehouse.transforms.cdc;

import java.util.List;
import java.util.Locale;
import org.beamlakehouse.transforms.cdc.DebeziumRecords.Reading;
import org.beamlakehouse.transforms.change.Operation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Makes changes of a Debezium record that was read, one for each table that takes it. */
final class DebeziumChanges {
  /** Name of the table by which Debezium is signalled, in its documentation. */
  private static final String SIGNAL_TABLE = "debezium_signal";

  private final MessageKey messageKey = new MessageKey();
  private final EventBuilder events = new EventBuilder();
  private final TableMatcher matcher;
  private final ChangeSource source;
  private final RowValues envelopeCells;

  DebeziumChanges(List<TablePlan> plans, ChangeSource source, RowValues envelopeCells) {
    this.matcher = new TableMatcher(plans);
    this.source = source;
    this.envelopeCells = envelopeCells;
  }

  /**
   * Sends the changes of the record.
   *
   * @param rows how the values of the images are written
   * @return the table for which the images were read first; null where no table takes the record
   */
  @Nullable TablePlan emit(RowImage before, RowImage after, WireType rows, Reading reading)
      throws JsonException {
    if (source.operation.equals("m")) {
      reading.sink().skipped(SkipReason.LOGICAL_MESSAGE);
      return null;
    }
    List<TablePlan> plans = matcher.ofChange(source, reading.record().position().topic());
    String wrong = whyUnreadable(before, after);
    if (!plans.isEmpty() && wrong != null) {
      reading.sink().deadLetter("Cannot parse the record: " + wrong);
      return null;
    }
    TablePlan first = null;
    for (TablePlan plan : plans) {
      first = first == null && reading.wants(plan) ? plan : first;
    }
    if (first == null) {
      reading.sink().skipped(isSignal() ? SkipReason.SIGNAL : SkipReason.OTHER_TABLE);
      return null;
    }
    RecordContext context =
        new RecordContext(reading.record(), source, envelopeCells, reading.sink());
    for (TablePlan plan : plans) {
      if (reading.wants(plan)) {
        emit(plan, before, after, plan.reader(rows), context);
      }
    }
    return first;
  }

  private void emit(
      TablePlan plan, RowImage before, RowImage after, RowReader reader, RecordContext context)
      throws JsonException {
    byte[] bytes = context.record().payload();
    switch (source.operation) {
      case "t" -> events.truncate(plan, null, context);
      case "d" -> {
        RowValues image = before.values(bytes, plan, reader);
        if (image == null) {
          image = new RowValues();
          image.reset(plan.cells());
        }
        if (!hasKey(plan, image)) {
          messageKey.fill(plan, context.record().key(), image);
        }
        events.delete(plan, image, context);
      }
      default -> {
        RowValues row = after.values(bytes, plan, reader);
        if (row == null) {
          events.quarantineRowless(plan, context);
        } else {
          RowValues old = source.operation.equals("u") ? before.values(bytes, plan, reader) : null;
          events.upsert(plan, operation(), row, old, context);
        }
      }
    }
  }

  private @Nullable String whyUnreadable(RowImage before, RowImage after) {
    return switch (source.operation) {
      case "c", "r", "u" -> after.isMalformed() ? "after is no JSON object" : null;
      case "d" -> before.isMalformed() ? "before is no JSON object" : null;
      case "t" -> null;
      default -> "its operation is none of c, r, u, d, t and m";
    };
  }

  private Operation operation() {
    return switch (source.operation) {
      case "c" -> Operation.INSERT;
      case "r" -> Operation.READ;
      default -> Operation.UPDATE;
    };
  }

  private boolean isSignal() {
    return source.table != null && source.table.toLowerCase(Locale.ROOT).equals(SIGNAL_TABLE);
  }

  private static boolean hasKey(TablePlan plan, RowValues image) {
    for (int key : plan.table().keyIndexes()) {
      if (image.cells()[key] == null) {
        return false;
      }
    }
    return true;
  }
}
