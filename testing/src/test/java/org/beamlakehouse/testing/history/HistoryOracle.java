package org.beamlakehouse.testing.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.beamlakehouse.testing.history.TestChange.Kind;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a table must hold after a set of changes, told as simply as can be: each key's changes are
 * sorted and played one by one. Knows nothing of batches, ledgers or tables.
 */
final class HistoryOracle {
  private final TestTable table;
  private final List<String> rows = new ArrayList<>();

  private HistoryOracle(TestTable table) {
    this.table = table;
  }

  /** The rows in short form, sorted. */
  static List<String> rows(TestTable table, List<TestChange> changes) {
    HistoryOracle oracle = new HistoryOracle(table);
    changes.stream()
        .filter(change -> change.kind() != Kind.TRUNCATE)
        .mapToInt(TestChange::key)
        .distinct()
        .forEach(key -> oracle.play(key, ofKey(key, changes)));
    return oracle.rows.stream().sorted().toList();
  }

  private static List<TestChange> ofKey(int key, List<TestChange> changes) {
    return changes.stream()
        .filter(change -> change.kind() == Kind.TRUNCATE || change.key() == key)
        .sorted(Comparator.comparingLong(TestChange::order).thenComparingInt(TestChange::position))
        .toList();
  }

  private void play(int key, List<TestChange> sorted) {
    switch (table.scdType()) {
      case 0 -> playEvents(key, sorted);
      case 1 -> playLatest(key, sorted);
      default -> playVersions(key, sorted);
    }
  }

  private void playEvents(int key, List<TestChange> sorted) {
    for (TestChange change : sorted) {
      if (change.kind() == Kind.UPSERT) {
        String[] values = new String[table.columns().size()];
        overlay(values, change);
        rows.add(TestTable.row(key, Arrays.asList(values), change.order(), null));
        return;
      }
    }
  }

  private void playLatest(int key, List<TestChange> sorted) {
    String[] values = null;
    long order = 0;
    Long deletedAt = null;
    for (TestChange change : sorted) {
      boolean deletes = change.kind() != Kind.UPSERT;
      if (deletes && table.deletes().equals("hard")) {
        values = null;
      } else if (values != null || change.kind() != Kind.TRUNCATE) {
        values = values == null ? new String[table.columns().size()] : values;
        overlay(values, change);
        order = change.order();
        deletedAt = deletes ? change.time() : null;
      }
    }
    if (values != null) {
      rows.add(TestTable.row(key, Arrays.asList(values), order, deletedAt));
    }
  }

  private void playVersions(int key, List<TestChange> sorted) {
    String[] values = new String[table.columns().size()];
    String[] open = null;
    Closed last = null;
    long from = 0;
    long now = Long.MIN_VALUE;
    for (TestChange change : sorted) {
      now = Math.max(now, change.time());
      overlay(values, change);
      boolean deletes = change.kind() != Kind.UPSERT;
      if (open != null && (deletes || isOtherVersion(open, values))) {
        if (from < now) {
          last = new Closed(open, from, now);
          rows.add(last.row(key));
        }
        open = null;
      }
      if (!deletes) {
        boolean goesOn =
            open == null && last != null && last.to == now && !isOtherVersion(last.values, values);
        if (goesOn) {
          // No time has passed since it ended.
          rows.remove(last.row(key));
          from = last.from;
          last = null;
        } else if (open == null) {
          from = now;
        }
        open = values.clone();
      }
    }
    if (open != null) {
      rows.add(TestTable.version(key, Arrays.asList(open), from, null));
    }
  }

  /** A version that has ended. */
  private record Closed(String[] values, long from, long to) {
    String row(int key) {
      return TestTable.version(key, Arrays.asList(values), from, to);
    }
  }

  private boolean isOtherVersion(String[] open, String[] values) {
    List<String> tracked = table.tracked() == null ? table.columns() : table.tracked();
    return tracked.stream()
        .mapToInt(table.columns()::indexOf)
        .anyMatch(i -> !Objects.equals(open[i], values[i]));
  }

  /** Writes what the change brings over what was known. */
  private void overlay(@Nullable String[] values, TestChange change) {
    for (int i = 0; change.values() != null && i < values.length; i++) {
      String value = change.values().get(i);
      boolean ignored = value == null && table.ignoreNulls().contains(table.columns().get(i));
      if (!ignored && !TestChange.UNSENT.equals(value)) {
        values[i] = value;
      }
    }
  }
}
