package org.beamlakehouse.testing.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.beamlakehouse.testing.history.TestChange.Kind;

/**
 * A random table and a random set of changes: few keys, values and orders, so that late changes,
 * deletes, truncates, nulls, columns not sent and changes of one order meet all the time.
 */
final class RandomHistory {
  private static final int KEYS = 3;
  private static final List<String> COLUMNS = List.of("a", "b", "c");

  private final Random random;
  private final TestTable table;
  private final List<TestChange> changes = new ArrayList<>();

  /** A history that depends on the seed only; every fifth is one of events. */
  RandomHistory(int number, long seed) {
    this.random = new Random(seed);
    int scdType = number % 5 == 4 ? 0 : 1 + number % 2;
    this.table =
        new TestTable(
            String.format("history_%03d", number),
            scdType,
            random.nextBoolean() ? "soft" : "hard",
            COLUMNS,
            scdType == 2 ? List.of(List.of("a"), List.of("a", "b"), COLUMNS).get(pick(3)) : null,
            pick(3) == 0 ? List.of("a", "c") : List.of(),
            Map.of());
    boolean clockIsWrong = scdType == 2 && pick(3) == 0;
    Set<String> taken = new HashSet<>();
    int size = 8 + pick(16);
    for (int i = 0; i < size; i++) {
      TestChange change = change(1 + pick(size), clockIsWrong);
      // Two changes that say the same of one key and order are one change, wherever they stand.
      boolean ofAll = change.kind() == Kind.TRUNCATE;
      if (taken.add(change.kind() + "/" + (ofAll ? 0 : change.key()) + "/" + change.order())) {
        changes.add(change);
      }
    }
  }

  TestTable table() {
    return table;
  }

  List<TestChange> changes() {
    return changes;
  }

  private TestChange change(long order, boolean clockIsWrong) {
    int dice = pick(20);
    Kind kind = dice < 14 ? Kind.UPSERT : dice < 18 ? Kind.DELETE : Kind.TRUNCATE;
    int position = (int) changes.stream().filter(other -> other.order() == order).count();
    return new TestChange(
        kind,
        1 + pick(KEYS),
        values(kind),
        order,
        position,
        100 + order * 10 + (clockIsWrong ? pick(40) - 20 : 0));
  }

  private List<String> values(Kind kind) {
    if (kind == Kind.TRUNCATE || (kind == Kind.DELETE && random.nextBoolean())) {
      return null;
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      int dice = pick(6);
      values.add(dice == 0 ? null : dice == 1 ? TestChange.UNSENT : "" + (char) ('p' + pick(3)));
    }
    if (kind == Kind.DELETE) {
      // One without any value would be taken for one that brings its key only.
      values.set(pick(COLUMNS.size()), "z");
    }
    return values;
  }

  private int pick(int bound) {
    return random.nextInt(bound);
  }
}
