package org.beamlakehouse.transforms.internal.quality;

import java.util.List;
import org.beamlakehouse.transforms.table.QualityRule.Action;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the rules say of one row.
 *
 * @param action the strictest action of the failed rules; null where none failed
 * @param failedRules names of the failed rules, in the order of the rules
 * @param reason the failed rules as {@code dq_failure_reason} shows them: names, separated by
 *     {@code "; "}, with {@code (error: …)} behind those whose condition has no result for the row;
 *     null where none failed. Holds no value of the row
 */
public record Verdict(@Nullable Action action, List<String> failedRules, @Nullable String reason) {

  /** No rule failed. */
  public static final Verdict PASSED = new Verdict(null, List.of(), null);

  public Verdict {
    failedRules = List.copyOf(failedRules);
  }

  /** True where no rule failed: the value of {@code dq_passed}. */
  public boolean passed() {
    return action == null;
  }

  /** True for rows that go on, flagged or not. */
  public boolean kept() {
    return action == null || action == Action.WARN;
  }
}
