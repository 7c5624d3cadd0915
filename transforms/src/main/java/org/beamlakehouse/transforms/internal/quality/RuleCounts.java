package org.beamlakehouse.transforms.internal.quality;

import java.util.List;

/**
 * How many rows passed and failed each rule. A plain accumulator for one thread: the caller reads
 * it and starts over, for example once per bundle.
 */
public final class RuleCounts {

  /** Receives the counts of one rule. */
  @FunctionalInterface
  public interface Receiver {
    void accept(String rule, long passed, long failed);
  }

  private final List<String> rules;
  private final long[] failed;
  private long rows;

  RuleCounts(List<String> rules) {
    this.rules = rules;
    this.failed = new long[rules.size()];
  }

  void addRow() {
    rows++;
  }

  void addFailure(int rule) {
    failed[rule]++;
  }

  /** Rows that were looked at. */
  public long rows() {
    return rows;
  }

  /** Gives the counts of every rule, in the order of the rules; nothing where there was no row. */
  public void forEach(Receiver receiver) {
    for (int i = 0; i < failed.length && rows > 0; i++) {
      receiver.accept(rules.get(i), rows - failed[i], failed[i]);
    }
  }

  /** Starts over. */
  public void clear() {
    rows = 0;
    java.util.Arrays.fill(failed, 0);
  }
}
