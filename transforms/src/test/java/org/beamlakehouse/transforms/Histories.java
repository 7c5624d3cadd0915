package org.beamlakehouse.transforms;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.StorageType;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Changes in short notation: {@code 1:U(a,x)@5} upserts key 1 with the values a and x at sequence
 * 5, {@code 1:D@6} deletes it, {@code T@7} truncates; {@code ~} is a value that was not sent and
 * {@code -} a null. The sequence is the valid time as well, and the event time in seconds since
 * 1970.
 */
final class Histories {
  private static final Pattern CHANGE =
      Pattern.compile("(?:(\\d+):)?([UDT])(?:\\((.*)\\))?@(\\d+)");

  private Histories() {}

  static TableDefinition table(StorageType storage, DeleteMode deletes) {
    return TableDefinition.builder()
        .name("silver.t")
        .columns(
            Column.required("id", ColumnType.LONG),
            Column.of("v", ColumnType.STRING),
            Column.of("w", ColumnType.STRING))
        .keyColumns("id")
        .storage(storage)
        .deletes(deletes)
        .sequenceBy("n")
        .build();
  }

  static List<ChangeEvent> parse(TableDefinition table, String history) {
    List<ChangeEvent> events = new ArrayList<>();
    for (String change : history.trim().split("\\s+")) {
      Matcher parts = CHANGE.matcher(change);
      if (!parts.matches()) {
        throw new IllegalArgumentException("Cannot parse the change " + change);
      }
      events.add(event(table, parts));
    }
    return events;
  }

  static Row row(TableDefinition table, long id, String v, String w) {
    return Row.withSchema(table.rowSchema()).addValues(id, v, w).build();
  }

  static Instant time(long sequence) {
    return Instant.ofEpochSecond(sequence);
  }

  private static ChangeEvent event(TableDefinition table, Matcher parts) {
    long order = Long.parseLong(parts.group(4));
    ChangeEvent.Builder event =
        ChangeEvent.builder()
            .table(table.name())
            .sequence(Sequence.of(order))
            .eventTime(time(order))
            .validTime(order)
            .ingestedAt(Instant.EPOCH);
    if (parts.group(2).equals("T")) {
      return event.operation(Operation.TRUNCATE).build();
    }
    long id = Long.parseLong(parts.group(1));
    event.key(Row.withSchema(table.keySchema()).addValues(id).build());
    Set<String> unsent = new HashSet<>();
    Row row = null;
    if (parts.group(3) != null) {
      String[] values = parts.group(3).split(",");
      row = row(table, id, value(values, 0, "v", unsent), value(values, 1, "w", unsent));
    }
    event.unsentColumns(unsent);
    return parts.group(2).equals("D")
        ? event.operation(Operation.DELETE).before(row).build()
        : event.operation(Operation.UPDATE).after(row).build();
  }

  private static String value(String[] values, int index, String column, Set<String> unsent) {
    if (values.length <= index || values[index].equals("-")) {
      return null;
    }
    if (values[index].equals("~")) {
      unsent.add(column);
      return null;
    }
    return values[index];
  }
}
