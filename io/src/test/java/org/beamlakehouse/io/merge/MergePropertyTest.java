package org.beamlakehouse.io.merge;

import java.io.IOException;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random histories through the whole engine against the pure rule over all changes at once. It
 * cannot prove the rules themselves: they have an oracle of their own. {@link MergePropertyIT} runs
 * many more.
 */
class MergePropertyTest {
  private static RandomMerges merges;

  @BeforeContainer
  static void openCatalog() throws IOException {
    merges = new RandomMerges();
  }

  @AfterContainer
  static void removeFiles() throws IOException {
    merges.close();
  }

  @Provide
  Arbitrary<RandomMerges.History> histories() {
    return RandomMerges.histories(RandomMerges.ENOUGH);
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void anyHistoryInAnyBatchesEqualsTheRuleOverAllChanges(
      @ForAll("histories") RandomMerges.History history) {
    merges.check(history);
  }
}
