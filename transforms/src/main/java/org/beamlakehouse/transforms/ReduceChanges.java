package org.beamlakehouse.transforms;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.MergeRule;

/**
 * Drops, before the shuffle and after it, the changes of a key that cannot matter. The list that
 * comes out stands for all that went in.
 */
final class ReduceChanges extends CombineFn<Change, List<Change>, Iterable<Change>> {
  private static final int FIRST_REDUCTION = 16;

  private final MergeRule rule;

  ReduceChanges(MergeRule rule) {
    this.rule = rule;
  }

  @Override
  public List<Change> createAccumulator() {
    return new ArrayList<>();
  }

  @Override
  public List<Change> addInput(List<Change> changes, Change change) {
    changes.add(change);
    // At sizes that double, so that lists which cannot be reduced are not looked at again and
    // again.
    boolean isPowerOfTwo = Integer.bitCount(changes.size()) == 1;
    return isPowerOfTwo && changes.size() >= FIRST_REDUCTION ? compact(changes) : changes;
  }

  @Override
  public List<Change> mergeAccumulators(Iterable<List<Change>> accumulators) {
    List<Change> merged = new ArrayList<>();
    accumulators.forEach(merged::addAll);
    return compact(merged);
  }

  @Override
  public List<Change> compact(List<Change> changes) {
    return changes.size() < 2 ? changes : new ArrayList<>(rule.reduce(changes));
  }

  @Override
  public Iterable<Change> extractOutput(List<Change> changes) {
    return compact(changes);
  }

  @Override
  public Coder<List<Change>> getAccumulatorCoder(CoderRegistry registry, Coder<Change> change) {
    return ListCoder.of(change);
  }

  @Override
  public Coder<Iterable<Change>> getDefaultOutputCoder(
      CoderRegistry registry, Coder<Change> change) {
    return IterableCoder.of(change);
  }
}
