package org.beamlakehouse.transforms.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.transforms.internal.codec.RandomValues;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Random tables and changes of them, well-formed, for property tests. */
public final class RandomEvents {
  private RandomEvents() {}

  /** A table and some changes of it. */
  public record TableEvents(TableDefinition table, List<ChangeEvent> events) {}

  /** Tables of one or two key columns and columns of every kind, with up to five changes each. */
  public static Arbitrary<TableEvents> tables(String name) {
    return Combinators.combine(
            RandomValues.scalarTypes().list().ofMinSize(1).ofMaxSize(2),
            RandomValues.columns(),
            Arbitraries.of(ColumnType.LONG, ColumnType.TIMESTAMP, ColumnType.STRING)
                .injectNull(0.5))
        .as((keys, columns, sequenceType) -> table(name, keys, columns, sequenceType))
        .flatMap(
            table -> event(table).list().ofMaxSize(5).map(list -> new TableEvents(table, list)));
  }

  private static TableDefinition table(
      String name, List<ColumnType> keys, List<Column> columns, ColumnType sequenceType) {
    List<Column> all = new ArrayList<>(columns);
    List<String> keyNames = new ArrayList<>();
    for (ColumnType key : keys) {
      keyNames.add("k" + keyNames.size());
      // Keys stand last and in reverse, so that no test passes by taking places for granted.
      all.add(columns.size(), Column.required("k" + (keyNames.size() - 1), key));
    }
    TableDefinition.Builder table =
        TableDefinition.builder().name(name).columns(all).keyColumns(keyNames);
    if (sequenceType != null) {
      table.sequenceBy("ordering").sequenceTypes(Map.of("ordering", sequenceType));
    }
    return table.build();
  }

  private static Arbitrary<ChangeEvent> event(TableDefinition table) {
    Arbitrary<Object[]> rows = rows(table);
    return Combinators.combine(
            Arbitraries.of(Operation.class),
            rows,
            rows.injectNull(0.3),
            unsent(table),
            RandomValues.micros(),
            RandomValues.micros(),
            RandomValues.value(table.validTimeType()),
            Combinators.combine(
                    RandomValues.strings().injectNull(0.5),
                    RandomValues.strings().injectNull(0.5),
                    Arbitraries.longs())
                .as((rescued, failure, order) -> new Object[] {rescued, failure, order}))
        .as(
            (operation, row, before, unsent, eventTime, ingestedAt, validTime, more) -> {
              ChangeEvent.Builder event =
                  ChangeEvent.builder()
                      .table(table.name())
                      .operation(operation)
                      .sequence(Sequence.of((Long) more[2]))
                      .eventTime(eventTime)
                      .validTime((Comparable<?>) validTime)
                      .ingestedAt(ingestedAt)
                      .rescuedData((String) more[0])
                      .qualityFailure((String) more[1]);
              if (operation == Operation.TRUNCATE) {
                return event.build();
              }
              event.unsentColumns(unsent).key(key(table, row));
              if (operation == Operation.DELETE) {
                return event.before(before == null ? null : beam(table, row)).build();
              }
              return event
                  .after(beam(table, row))
                  .before(before == null ? null : beam(table, before))
                  .build();
            });
  }

  private static Arbitrary<Object[]> rows(TableDefinition table) {
    List<Arbitrary<Object>> values =
        table.columns().stream()
            .map(
                column ->
                    column.required()
                        ? RandomValues.value(column.type())
                        : RandomValues.value(column.type()).injectNull(0.2))
            .toList();
    return Combinators.combine(values).as(List::toArray);
  }

  private static Arbitrary<Set<String>> unsent(TableDefinition table) {
    Set<String> names =
        table.columns().stream()
            .map(Column::name)
            .filter(name -> !table.keyColumns().contains(name))
            .collect(Collectors.toSet());
    return Arbitraries.subsetOf(names);
  }

  private static Row beam(TableDefinition table, Object[] values) {
    return RandomValues.toBeam(table.columns(), values);
  }

  private static Row key(TableDefinition table, Object[] values) {
    Object[] key = Arrays.stream(table.keyIndexes()).mapToObj(i -> values[i]).toArray();
    return Row.withSchema(table.keySchema()).addValues(key).build();
  }
}
