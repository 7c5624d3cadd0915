package org.beamlakehouse.transforms.table;

import java.io.Serializable;
import java.util.Objects;

/**
 * A row rule in its one common form: a SQL condition that good rows meet.
 *
 * <p>A row fails the rule when the condition is false. As in a SQL CHECK constraint, an unknown
 * (null) condition does not fail it.
 *
 * @param name unique within the table; what reports and {@code dq_failure_reason} show
 * @param condition SQL over the table's columns, true for good rows
 * @param action what happens to a row that fails
 */
public record QualityRule(String name, String condition, Action action) implements Serializable {

  /** What happens to a row that fails a rule, mildest first. */
  public enum Action {
    /** Kept and flagged in {@code dq_passed} and {@code dq_failure_reason}. */
    WARN,
    /** Left out of the table, counted. */
    DROP,
    /** Left out of the table and kept in {@code <table>__quarantine}. */
    QUARANTINE,
    /** Nothing of this run is published for the table. */
    FAIL
  }

  public QualityRule {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(condition, "condition");
    Objects.requireNonNull(action, "action");
  }
}
