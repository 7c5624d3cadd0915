package org.beamlakehouse.runners.flink.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.beamlakehouse.runners.flink.live.SourceTable.SourceColumn;

/** One statement of an application at random, on few keys so that each one lives often. */
final class RandomStatement {
  private static final String[] REGIONS = {"'north'", "'süd'", "''", "'far east'"};

  private final SourceTable table;
  private final Random random;
  private final boolean columnAdded;

  RandomStatement(SourceTable table, Random random, boolean columnAdded) {
    this.table = table;
    this.random = random;
    this.columnAdded = columnAdded;
  }

  String sql() {
    int kind = random.nextInt(100);
    if (kind < 30) {
      return insert(key());
    }
    if (kind < 70) {
      return "UPDATE %s SET %s WHERE %s".formatted(table.qualified(), someValues(), is(key()));
    }
    if (kind < 75) {
      int from = random.nextInt(space());
      return "UPDATE %s SET %s WHERE %s BETWEEN %d AND %d"
          .formatted(table.qualified(), someValues(), number(), from, from + 6);
    }
    if (kind < 83) {
      return changeOfKey(key(), key());
    }
    return kind == 99 && random.nextInt(table.name().equals("carts") ? 3 : 12) == 0
        ? "TRUNCATE " + table.qualified()
        : "DELETE FROM " + table.qualified() + " WHERE " + is(key());
  }

  /** An insert of a row that no other statement touches. */
  String insertLast() {
    return insert(table.keys() == 1 ? List.of("-1") : List.of(REGIONS[0], "-1"));
  }

  /** An insert of a whole row; of none where there is one with this key. */
  private String insert(List<String> key) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>(key);
    for (SourceColumn column : table.columns()) {
      names.add(column.name());
      if (names.size() > table.keys()) {
        values.add(column.kind().literal(random));
      }
    }
    if (columnAdded && random.nextBoolean()) {
      names.add(SourceTable.ADDED);
      values.add(ColumnKind.TEXT.literal(random));
    }
    return "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING"
        .formatted(table.qualified(), String.join(", ", names), String.join(", ", values));
  }

  /**
   * Gives a row another key, unless that is taken. Of a table with keys only in its log, a
   * connector cannot know then what is stored out of line and stays: the statement sends it anew.
   */
  private String changeOfKey(List<String> from, List<String> to) {
    List<String> sets = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      SourceColumn column = table.columns().get(i);
      if (i < table.keys()) {
        sets.add(column.name() + " = " + to.get(i));
      } else if (column.kind().isToasted() && !table.fullImages()) {
        sets.add(column.name() + " = " + column.kind().literal(random));
      }
    }
    return "UPDATE %1$s SET %2$s WHERE %3$s AND NOT EXISTS (SELECT 1 FROM %1$s WHERE %4$s)"
        .formatted(table.qualified(), String.join(", ", sets), is(from), is(to));
  }

  private String someValues() {
    List<String> sets = new ArrayList<>();
    List<SourceColumn> columns = table.columns().subList(table.keys(), table.columns().size());
    for (SourceColumn column : columns) {
      if (random.nextInt(column.kind().isToasted() ? 10 : 3) == 0) {
        sets.add(column.name() + " = " + column.kind().literal(random));
      }
    }
    if (columnAdded && random.nextInt(4) == 0) {
      sets.add(SourceTable.ADDED + " = " + ColumnKind.TEXT.literal(random));
    }
    // Nothing new: PostgreSQL logs it all the same.
    String first = columns.get(0).name();
    return sets.isEmpty() ? first + " = " + first : String.join(", ", sets);
  }

  private String is(List<String> key) {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      conditions.add(table.columns().get(i).name() + " = " + key.get(i));
    }
    return conditions.stream().collect(Collectors.joining(" AND "));
  }

  private List<String> key() {
    String number = Integer.toString(random.nextInt(space()));
    return table.keys() == 1
        ? List.of(number)
        : List.of(REGIONS[random.nextInt(REGIONS.length)], number);
  }

  private String number() {
    return table.columns().get(table.keys() - 1).name();
  }

  private int space() {
    return table.keys() == 1 ? 120 : 40;
  }
}
