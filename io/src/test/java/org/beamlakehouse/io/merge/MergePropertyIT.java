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
 * cannot prove the rules themselves: they have an oracle of their own. {@link MergePropertyTest}
 * runs a few of them with every build. The system property {@code jqwik.tries.default} gives more
 * histories than the build runs.
 */
class MergePropertyIT {
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

  @Property(shrinking = ShrinkingMode.OFF)
  void anyHistoryInAnyBatchesEqualsTheRuleOverAllChanges(
      @ForAll("histories") RandomMerges.History history) {
    merges.check(history);
  }

  @Provide
  Arbitrary<RandomMerges.History> spillingHistories() {
    return RandomMerges.histories(RandomMerges.TOO_LITTLE);
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void soDoesAHistoryThatIsMergedInPartsForLackOfMemory(
      @ForAll("spillingHistories") RandomMerges.History history) {
    merges.check(history);
  }
}
