package org.beamlakehouse.transforms.internal.cdc.tableplan;

import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.internal.cdc.value.JsonValueReader;
import org.beamlakehouse.transforms.table.Column;

/** Collects in what ways a record does not keep its table's contract; never a value of it. */
public final class Violations {
  private static final int MAX_NAMES = 20;

  private final List<String> rules = new ArrayList<>();
  private final StringBuilder reasons = new StringBuilder();

  public void reset() {
    rules.clear();
    reasons.setLength(0);
  }

  public boolean any() {
    return !rules.isEmpty();
  }

  /** The failed rules. */
  public List<String> rules() {
    return List.copyOf(rules);
  }

  /** One line that says all that is wrong. */
  public String error(String table) {
    return "Cannot accept the record for " + table + ": " + reasons;
  }

  public void type(String column, JsonValueReader.Bad bad) {
    add("type:" + column, "column " + column + " is " + bad.expected() + " but got " + bad.found());
  }

  public void key(String column) {
    add("key:" + column, "key column " + column + " is null, so it identifies no row");
  }

  public void messageKey(String column) {
    add(
        "key:" + column,
        "the tombstone's message key has no value for key column "
            + column
            + "; set tombstones to ignore on the source where its keys are others than the"
            + " table's");
  }

  public void required(Column column) {
    add("required:" + column.name(), "required column " + column.name() + " is null");
  }

  public void sequence(String reason) {
    add("sequence", reason);
  }

  void expression(String name, String reason) {
    add("expression:" + name, reason);
  }

  public void unknown(Iterable<String> fields) {
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
