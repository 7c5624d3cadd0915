package org.beamlakehouse.io.internal.spread;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void givesEveryElementOnceAlsoWhereTheyAreMoreThanTurns() {
    List<Integer> elements = IntStream.range(0, 2 * EvenKeys.TURNS + 1).boxed().toList();
    Pipeline pipeline = Pipeline.create();
    PCollection<Integer> input = pipeline.apply(Create.of(elements));
    PCollection<Integer> output = input.apply(Spread.evenly());
    PAssert.that(output).containsInAnyOrder(elements);
    pipeline.run().waitUntilFinish();
    assertThat(output.getCoder(), is(input.getCoder()));
  }

  @Test
  void turnsHaveKeysOfTheirOwn() {
    Set<Short> keys = new HashSet<>();
    for (int turn = -EvenKeys.TURNS; turn < EvenKeys.TURNS; turn++) {
      keys.add(EvenKeys.completing(new byte[] {1, 2}, turn));
    }
    assertThat(keys, hasSize(EvenKeys.TURNS));
  }
}
