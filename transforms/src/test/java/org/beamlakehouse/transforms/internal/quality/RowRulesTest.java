package org.beamlakehouse.transforms.internal.quality;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.util.SerializableUtils;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.beamlakehouse.transforms.table.QualityRule;
import org.beamlakehouse.transforms.table.QualityRule.Action;
import org.junit.jupiter.api.Test;

class RowRulesTest {

  private static final List<Column> COLUMNS =
      List.of(
          Column.of("id", ColumnType.LONG),
          Column.of("amount", ColumnType.INT),
          Column.of("status", ColumnType.STRING));

  private static final RowRules RULES =
      RowRules.of(
          List.of(
              new QualityRule("amount_positive", "amount > 0", Action.QUARANTINE),
              new QualityRule("known_status", "status IN ('NEW', 'PAID')", Action.WARN),
              new QualityRule("ratio", "100 / amount < 1000", Action.DROP),
              new QualityRule("has_id", "id IS NOT NULL", Action.FAIL)),
          COLUMNS);

  @Test
  void aRowThatMeetsAllConditionsPasses() {
    assertThat(RULES.evaluate(row(1L, 5, "NEW")), is(sameInstance(Verdict.PASSED)));
    assertThat(Verdict.PASSED.passed(), is(true));
    assertThat(Verdict.PASSED.kept(), is(true));
  }

  @Test
  void anUnknownConditionPasses() {
    assertThat(RULES.evaluate(row(1L, null, null)).passed(), is(true));
  }

  @Test
  void aWarningKeepsTheRow() {
    Verdict verdict = RULES.evaluate(row(1L, 5, "LOST"));

    assertThat(verdict, is(new Verdict(Action.WARN, List.of("known_status"), "known_status")));
    assertThat(verdict.passed(), is(false));
    assertThat(verdict.kept(), is(true));
  }

  @Test
  void theStrictestActionOfAllFailedRulesCounts() {
    Verdict verdict = RULES.evaluate(row(null, -5, "LOST"));

    assertThat(verdict.action(), is(Action.FAIL));
    assertThat(verdict.failedRules(), contains("amount_positive", "known_status", "has_id"));
    assertThat(verdict.reason(), is("amount_positive; known_status; has_id"));
    assertThat(verdict.kept(), is(false));
  }

  @Test
  void aConditionWithoutResultFailsWithItsRulesAction() {
    Verdict verdict = RULES.evaluate(row(1L, 0, "NEW"));

    assertThat(verdict.action(), is(Action.QUARANTINE));
    assertThat(verdict.reason(), is("amount_positive; ratio (error: division by zero)"));
  }

  @Test
  void countsPassedAndFailedRowsPerRuleUntilCleared() {
    RuleCounts counts = RULES.newCounts();
    RULES.evaluate(row(1L, 5, "NEW"), counts);
    RULES.evaluate(row(1L, 0, "LOST"), counts);
    RULES.evaluate(row(1L, null, null), counts);

    assertThat(counts.rows(), is(3L));
    assertThat(
        text(counts),
        contains("amount_positive 2 1", "known_status 2 1", "ratio 2 1", "has_id 3 0"));

    counts.clear();

    assertThat(text(counts), is(empty()));
  }

  @Test
  void survivesSerialization() {
    RowRules copy = SerializableUtils.clone(RULES);

    assertThat(copy.evaluate(row(1L, -1, "NEW")).failedRules(), contains("amount_positive"));
  }

  @Test
  void namesTheRuleThatDoesNotCompile() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> RowRules.of(List.of(new QualityRule("r", "amuont > 0", Action.WARN)), COLUMNS));

    assertThat(
        error.getMessage(),
        is(
            "Cannot use quality rule r: Cannot compile 'amuont > 0': no field amuont;"
                + " known are id, amount, status at line 1, column 1"));
  }

  @Test
  void refusesAConditionThatIsNoBoolean() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> RowRules.of(List.of(new QualityRule("r", "amount + 1", Action.WARN)), COLUMNS));

    assertThat(error.getMessage(), containsString("gives int, a condition gives a boolean"));
  }

  @Test
  void refusesTwoRulesOfOneName() {
    QualityRule rule = new QualityRule("r", "amount > 0", Action.WARN);

    assertThrows(IllegalArgumentException.class, () -> RowRules.of(List.of(rule, rule), COLUMNS));
  }

  @Test
  void withoutRulesEverythingPasses() {
    RowRules none = RowRules.of(List.of(), COLUMNS);

    assertThat(none.isEmpty(), is(true));
    assertThat(none.evaluate(row(null, null, null)).passed(), is(true));
  }

  private static Object[] row(Long id, Integer amount, String status) {
    return new Object[] {id, amount, status};
  }

  private static List<String> text(RuleCounts counts) {
    List<String> lines = new ArrayList<>();
    counts.forEach((rule, passed, failed) -> lines.add(rule + " " + passed + " " + failed));
    return lines;
  }
}
