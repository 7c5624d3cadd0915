package org.beamlakehouse.transforms.internal.quality;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.beamlakehouse.transforms.internal.sql.SqlEvaluationException;
import org.beamlakehouse.transforms.internal.sql.SqlExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.QualityRule.Action;

/**
 * The row rules of one table, compiled once per worker.
 *
 * <p>A row fails a rule where its condition is false, and where it has no result (division by zero,
 * a text that is no number). It passes where the condition is unknown, as a SQL CHECK does. Every
 * rule is evaluated for every row, so that counts and reasons are complete. Safe for use by many
 * threads; {@link RuleCounts} is not.
 */
public final class RowRules implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  private final List<QualityRule> rules;
  private final List<SqlExpression> conditions;

  private RowRules(List<QualityRule> rules, List<SqlExpression> conditions) {
    this.rules = rules;
    this.conditions = conditions;
  }

  /**
   * Compiles the rules.
   *
   * @param columns names and types of the values given to {@link #evaluate}
   * @throws IllegalArgumentException naming the rule: where its condition does not compile or gives
   *     no boolean, or two rules have one name
   */
  public static RowRules of(List<QualityRule> rules, List<Column> columns) {
    List<SqlExpression> conditions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (QualityRule rule : rules) {
      if (!names.add(rule.name())) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot use quality rule %s: there are two of that name, give each its own",
                rule.name()));
      }
      conditions.add(condition(rule, columns));
    }
    return new RowRules(List.copyOf(rules), List.copyOf(conditions));
  }

  private static SqlExpression condition(QualityRule rule, List<Column> columns) {
    SqlExpression condition;
    try {
      condition = SqlExpression.of(rule.condition(), columns);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format("Cannot use quality rule %s: %s", rule.name(), e.getMessage()), e);
    }
    if (!condition.type().equals(ColumnType.BOOLEAN)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot use quality rule %s: '%s' gives %s, a condition gives a boolean",
              rule.name(), rule.condition(), condition.type()));
    }
    return condition;
  }

  /** True where there is nothing to evaluate. */
  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /** Counts of these rules, all zero. */
  public RuleCounts newCounts() {
    return new RuleCounts(rules.stream().map(QualityRule::name).toList());
  }

  /**
   * Evaluates all rules for one row.
   *
   * @param values one per column, of the classes {@link ColumnType} names
   * @param counts where the row is counted; of {@link #newCounts()}
   */
  public Verdict evaluate(Object[] values, RuleCounts counts) {
    counts.addRow();
    Failures failures = null;
    for (int i = 0; i < conditions.size(); i++) {
      String error = null;
      try {
        if (!conditions.get(i).isFalse(values)) {
          continue;
        }
      } catch (SqlEvaluationException e) {
        error = e.reason();
      }
      counts.addFailure(i);
      failures = failures == null ? new Failures() : failures;
      failures.add(rules.get(i), error);
    }
    return failures == null ? Verdict.PASSED : failures.verdict();
  }

  /**
   * What is said of a row whose values cannot be read at all: it fails every rule.
   *
   * @param counts where the row is counted; of {@link #newCounts()}
   */
  public Verdict unreadable(RuleCounts counts) {
    counts.addRow();
    Failures failures = new Failures();
    for (int i = 0; i < rules.size(); i++) {
      counts.addFailure(i);
      failures.add(rules.get(i), "a value cannot be read");
    }
    return rules.isEmpty() ? Verdict.PASSED : failures.verdict();
  }

  /** Evaluates all rules for one row without counting. */
  public Verdict evaluate(Object[] values) {
    return evaluate(values, newCounts());
  }

  private static final class Failures {
    private final List<String> names = new ArrayList<>();
    private final StringBuilder reason = new StringBuilder();
    private Action strictest = Action.WARN;

    void add(QualityRule rule, String error) {
      names.add(rule.name());
      reason.append(reason.isEmpty() ? "" : "; ").append(rule.name());
      if (error != null) {
        reason.append(" (error: ").append(error).append(')');
      }
      if (rule.action().compareTo(strictest) > 0) {
        strictest = rule.action();
      }
    }

    Verdict verdict() {
      return new Verdict(strictest, names, reason.toString());
    }
  }
}
