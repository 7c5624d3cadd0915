package org.beamlakehouse.transforms.internal.pack;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Turns the parsed changes of one table into those of the merge rules: values in the order of
 * {@link TableDefinition#carriedColumns()}, structs as lists.
 *
 * <ul>
 *   <li>Inserts, updates and snapshot reads are upserts of {@code after}.
 *   <li>A delete whose row has a value outside the key brings the whole row; any other brings the
 *       key only, and all other contract columns count as unsent.
 *   <li>A tombstone brings the key only, a truncate no values.
 * </ul>
 */
public final class ChangeMapper implements Serializable {
  private final TableDefinition table;
  private final String pipelineVersion;
  private final int[] keyIndexes;
  private final boolean[] isKey;
  private final ValueForm[] conversions;
  private final int eventTimeIndex;

  private ChangeMapper(TableDefinition table, String pipelineVersion) {
    this.table = requireNonNull(table, "table");
    this.pipelineVersion = requireNonNull(pipelineVersion, "pipelineVersion");
    this.keyIndexes = table.keyIndexes();
    this.isKey = new boolean[table.columns().size()];
    for (int index : keyIndexes) {
      isKey[index] = true;
    }
    this.conversions =
        table.columns().stream().map(c -> ValueForm.toRule(c.type())).toArray(ValueForm[]::new);
    this.eventTimeIndex = table.hasEventColumns() ? table.indexOf(table.eventTime()) : -1;
  }

  /**
   * A mapper for one table.
   *
   * @param pipelineVersion value of the column {@code pipeline_version}
   * @throws IllegalArgumentException where the table's event time is no timestamp and no date
   */
  public static ChangeMapper of(TableDefinition table, String pipelineVersion) {
    if (table.hasEventColumns()) {
      ColumnType type = table.columns().get(table.indexOf(table.eventTime())).type();
      switch (type.kind()) {
        case TIMESTAMPTZ, TIMESTAMP, DATE -> {}
        default ->
            throw new IllegalArgumentException(
                String.format(
                    "Cannot map changes of %s: its event time %s is of type %s; it must be a"
                        + " timestamptz, timestamp or date",
                    table.name(), table.eventTime(), type));
      }
    }
    return new ChangeMapper(table, pipelineVersion);
  }

  /**
   * The change as the merge rules see it.
   *
   * @throws IllegalArgumentException where the event is of another table, or lacks the row or key
   *     that its operation needs
   */
  public Change map(ChangeEvent event) {
    if (!event.table().equals(table.name())) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot map a change of table %s: this mapper is for %s",
              event.table(), table.name()));
    }
    if (event.operation() == Operation.TRUNCATE) {
      return change(Kind.TRUNCATE, event, null, null);
    }
    return switch (event.operation()) {
      case DELETE -> delete(Kind.DELETE, event);
      case TOMBSTONE -> delete(Kind.TOMBSTONE, event);
      default -> upsert(event);
    };
  }

  /** The values of the key columns, in key order, from carried values. */
  public Object[] key(Object[] carriedValues) {
    Object[] key = new Object[keyIndexes.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = carriedValues[keyIndexes[i]];
    }
    return key;
  }

  private Change upsert(ChangeEvent event) {
    Row after = event.after();
    if (after == null) {
      throw missing(event, "row after the change");
    }
    Object[] values = values(after, event);
    checkKey(values);
    return change(Kind.UPSERT, event, values, unsent(event));
  }

  private Change delete(Kind kind, ChangeEvent event) {
    BitSet unsent = unsent(event);
    Row image = event.row();
    Object[] values;
    if (image != null && isWhole(image, unsent)) {
      values = values(image, event);
    } else {
      values = values(null, event);
      unsent = new BitSet();
      unsent.set(0, isKey.length);
    }
    Row key = event.key();
    if (key == null) {
      throw missing(event, "key");
    }
    for (int i = 0; i < keyIndexes.length; i++) {
      values[keyIndexes[i]] = conversions[keyIndexes[i]].apply(key.getValue(i));
    }
    checkKey(values);
    if (unsent != null) {
      for (int index : keyIndexes) {
        unsent.clear(index);
      }
    }
    return change(kind, event, values, unsent);
  }

  private void checkKey(Object[] values) {
    for (int index : keyIndexes) {
      if (values[index] == null) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot map a change of %s: its key column %s is null; quarantine such records"
                    + " before",
                table.name(), table.columns().get(index).name()));
      }
    }
  }

  /** True where the row has a value outside the key. */
  private boolean isWhole(Row image, @Nullable BitSet unsent) {
    for (int i = 0; i < isKey.length; i++) {
      if (!isKey[i] && (unsent == null || !unsent.get(i)) && image.getValue(i) != null) {
        return true;
      }
    }
    return false;
  }

  private Object[] values(@Nullable Row row, ChangeEvent event) {
    Object[] values = new Object[table.carriedColumns().size()];
    int at = isKey.length;
    if (row != null) {
      for (int i = 0; i < at; i++) {
        values[i] = conversions[i].apply(row.getValue(i));
      }
    }
    if (eventTimeIndex >= 0) {
      Instant time = instant(values[eventTimeIndex]);
      if (time != null) {
        long lag = ChronoUnit.SECONDS.between(time, event.ingestedAt());
        values[at] = LocalDate.ofInstant(time, ZoneOffset.UTC);
        values[at + 1] = lag;
        values[at + 2] = Duration.ofSeconds(lag).compareTo(table.allowedLateness()) > 0;
      }
      at += 3;
    }
    values[at++] = event.ingestedAt();
    values[at++] = event.qualityFailure() == null;
    values[at++] = event.qualityFailure();
    values[at++] = pipelineVersion;
    values[at] = event.rescuedData();
    return values;
  }

  private @Nullable BitSet unsent(ChangeEvent event) {
    if (event.unsentColumns().isEmpty()) {
      return null;
    }
    BitSet unsent = new BitSet(isKey.length);
    for (String name : event.unsentColumns()) {
      int index = table.indexOf(name);
      if (index < 0) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot map a change of %s: it names the column %s as unsent, which is no column"
                    + " of the table",
                table.name(), name));
      }
      unsent.set(index);
    }
    return unsent;
  }

  private IllegalArgumentException missing(ChangeEvent event, String what) {
    return new IllegalArgumentException(
        String.format(
            "Cannot map a change of %s: an event of operation %s must have a %s",
            table.name(), event.operation(), what));
  }

  private static Change change(
      Kind kind, ChangeEvent event, Object @Nullable [] values, @Nullable BitSet unsent) {
    return new Change(
        kind,
        event.sequence(),
        event.eventTime().truncatedTo(ChronoUnit.MICROS),
        (Comparable<?>) ValueForm.micros(event.validTime()),
        values,
        unsent == null || unsent.isEmpty() ? null : unsent);
  }

  /** An event time as an instant; local times are taken as UTC, dates as their first instant. */
  private static @Nullable Instant instant(@Nullable Object value) {
    if (value instanceof LocalDateTime time) {
      return time.toInstant(ZoneOffset.UTC);
    }
    if (value instanceof LocalDate date) {
      return date.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    return (Instant) value;
  }
}
