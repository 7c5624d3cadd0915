package org.beamlakehouse.transforms.cdc;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;

/** Collects in what ways a record does not keep its table's contract; never a value of it. */
final class Violations {
  private static final int MAX_NAMES = 20;

  private final List<String> rules = new ArrayList<>();
  private final StringBuilder reasons = new StringBuilder();

  void reset() {
    rules.clear();
    reasons.setLength(0);
  }

  boolean any() {
    return !rules.isEmpty();
  }

  /** The failed rules. */
  List<String> rules() {
    return List.copyOf(rules);
  }

  /** One line that says all that is wrong. */
  String error(String table) {
    return "Cannot accept the record for " + table + ": " + reasons;
  }

  void type(String column, ValueReader.Bad bad) {
    add("type:" + column, "column " + column + " is " + bad.expected() + " but got " + bad.found());
  }

  void key(String column) {
    add("key:" + column, "key column " + column + " is null, so it identifies no row");
  }

  void messageKey(String column) {
    add(
        "key:" + column,
        "the tombstone's message key has no value for key column "
            + column
            + "; set tombstones to ignore on the source where its keys are others than the"
            + " table's");
  }

  void required(Column column) {
    add("required:" + column.name(), "required column " + column.name() + " is null");
  }

  void sequence(String reason) {
    add("sequence", reason);
  }

  void expression(String name, String reason) {
    add("expression:" + name, reason);
  }

  void unknown(Iterable<String> fields) {
    int count = 0;
    for (String field : fields) {
      if (count++ < MAX_NAMES) {
        add("unknown:" + field, "no column reads the field " + field);
      }
    }
  }

  private void add(String rule, String reason) {
    if (any()) {
      reasons.append("; ");
    }
    rules.add(rule);
    reasons.append(reason);
  }
}
