package org.beamlakehouse.transforms.internal.cdc.event;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.cdc.source.ChangeMetadata;
import org.beamlakehouse.transforms.internal.cdc.tableplan.SequencePlan;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.tableplan.Violations;
import org.beamlakehouse.transforms.internal.cdc.value.IsoTime;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader.Bad;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Finds the place of a change in the order of its key's changes, and its times. */
final class EventOrder {
  /** More seconds have microseconds beyond 64 bits. */
  private static final long MAX_SECONDS = Long.MAX_VALUE / 1_000_000 - 1;

  private EventOrder() {}

  /**
   * Where a change stands.
   *
   * @param sequence its place in the order
   * @param eventTime when it happened
   * @param validTime from when its values hold
   */
  record Place(Sequence sequence, Instant eventTime, Comparable<?> validTime) {}

  /** The change's place; null where it has none, which is then among the violations. */
  static @Nullable Place of(
      TablePlan plan, Object[] cells, RecordContext context, Violations violations) {
    ChangeMetadata source = context.source();
    Instant sourceTime = source == null ? null : source.sourceTime();
    Instant handledTime = source == null ? null : source.handledTime();
    if (!(hasPlace(sourceTime) && hasPlace(handledTime))) {
      violations.sequence("a time that the change tells of itself is out of range");
      return null;
    }
    Instant told = sourceTime != null ? sourceTime : handledTime;
    if (!plan.sequence().parts().isEmpty()) {
      return bySequenceFields(plan, cells, told, context, violations);
    }
    Sequence.Builder order;
    if (source != null) {
      order = source.order();
      if (order == null) {
        violations.sequence(
            "the change tells neither a log position nor a time; name the columns that"
                + " order changes in sequenceBy");
        return null;
      }
      order.inLog(source.logNumber());
    } else if (ordersByEventTime(plan.table())) {
      Object time = cells[plan.table().indexOf(plan.table().eventTime())];
      if (!isValue(time)) {
        violations.sequence(
            "column " + plan.table().eventTime() + ", which orders the events, has no value");
        return null;
      }
      order = Sequence.builder().addValue(time);
    } else {
      // The order of the records in their topic or file is all there is.
      order = Sequence.builder().add((long) context.record().position().era());
    }
    Instant eventTime = eventTime(plan, cells, told, null, context);
    return new Place(context.complete(order), eventTime, eventTime);
  }

  /** Whether a time fits into a sequence and a table. */
  private static boolean hasPlace(@Nullable Instant time) {
    return time == null
        || (time.getEpochSecond() > -MAX_SECONDS && time.getEpochSecond() < MAX_SECONDS);
  }

  /** The place of a message with a key and no value: only its position is told. */
  static Place ofTombstone(TableDefinition table, RecordContext context) {
    Instant sent = context.record().messageTime();
    Instant time = sent == null ? context.record().ingestedAt() : sent;
    Comparable<?> validTime =
        switch (table.validTimeType().kind()) {
          case TIMESTAMPTZ -> time;
          case TIMESTAMP -> LocalDateTime.ofInstant(time, ZoneOffset.UTC);
          case DATE -> LocalDate.ofInstant(time, ZoneOffset.UTC);
          default -> table.validTimeType().zero();
        };
    return new Place(context.complete(Sequence.builder().untold()), time, validTime);
  }

  private static boolean ordersByEventTime(TableDefinition table) {
    return table.storage() == StorageType.EVENTS
        && table.eventTime() != null
        && table.columns().get(table.indexOf(table.eventTime())).type().isOrdered();
  }

  private static @Nullable Place bySequenceFields(
      TablePlan plan,
      Object[] cells,
      @Nullable Instant told,
      RecordContext context,
      Violations violations) {
    Sequence.Builder order = Sequence.builder();
    Object first = null;
    for (SequencePlan.Part part : plan.sequence().parts()) {
      Object value = cells[part.cell()];
      if (value == null && part.envelopeCell() >= 0) {
        value = context.envelope().cells()[part.envelopeCell()];
      }
      String wrong = whyNoOrder(part, value);
      if (wrong != null) {
        violations.sequence("sequence field " + part.name() + " " + wrong);
        return null;
      }
      order.addValue(value);
      first = first == null ? value : first;
    }
    Instant eventTime = eventTime(plan, cells, told, first, context);
    return new Place(context.complete(order), eventTime, (Comparable<?>) first);
  }

  private static @Nullable String whyNoOrder(SequencePlan.Part part, @Nullable Object value) {
    if (value == null) {
      return "is null";
    }
    if (value == JsonValueReader.UNSENT) {
      return "was not sent";
    }
    if (value instanceof Bad bad) {
      String found = "is " + bad.expected() + " but got " + bad.found();
      return part.column() ? found : found + "; its type is declared in sequenceByType";
    }
    return hasPlace(toInstant(value)) ? null : "is a time out of range";
  }

  private static Instant eventTime(
      TablePlan plan,
      Object[] cells,
      @Nullable Instant told,
      @Nullable Object first,
      RecordContext context) {
    Instant time = told;
    if (context.source() == null) {
      String column = plan.table().eventTime();
      time = column == null ? null : toInstant(cells[plan.table().indexOf(column)]);
      time = time != null ? time : toInstant(first);
    }
    return time != null ? time : context.record().ingestedAt();
  }

  private static @Nullable Instant toInstant(@Nullable Object value) {
    if (value instanceof Instant instant) {
      return instant;
    } else if (value instanceof LocalDateTime time) {
      return time.toInstant(ZoneOffset.UTC);
    } else if (value instanceof LocalDate date && Math.abs(date.getYear()) <= IsoTime.MAX_YEAR) {
      return date.atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    return null;
  }

  private static boolean isValue(@Nullable Object value) {
    return value != null && value != JsonValueReader.UNSENT && !(value instanceof Bad);
  }
}
