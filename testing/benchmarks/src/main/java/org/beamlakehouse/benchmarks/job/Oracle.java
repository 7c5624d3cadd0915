package org.beamlakehouse.benchmarks.job;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What the table must be, computed by nothing but the rule itself: the change with the highest log
 * position that was delivered decides a row, and a deleted row stays, marked.
 */
final class Oracle {
  private final BitSet deleted = new BitSet();
  private long[] lsn;
  private long[] valuesLsn;
  private long rows;
  private long sum;

  /** An oracle of a table with the rows 0 to {@code rows - 1} of {@link OrderLog}. */
  Oracle(int rows) {
    this.lsn = new long[rows + rows / 2];
    this.valuesLsn = new long[lsn.length];
    this.rows = rows;
    for (int key = 0; key < rows; key++) {
      lsn[key] = OrderLog.baseLsn(key);
      valuesLsn[key] = lsn[key];
      sum += checksum(key);
    }
  }

  /** Learns what was delivered, in whatever order. */
  void deliver(List<OrderChange> changes) {
    for (OrderChange change : changes) {
      int key = (int) change.key();
      if (key >= lsn.length) {
        lsn = Arrays.copyOf(lsn, key + key / 2);
        valuesLsn = Arrays.copyOf(valuesLsn, lsn.length);
      }
      if (change.lsn() <= lsn[key]) {
        continue;
      }
      if (lsn[key] == 0) {
        rows++;
      } else {
        sum -= checksum(key);
      }
      lsn[key] = change.lsn();
      valuesLsn[key] = change.valuesLsn();
      deleted.set(key, change.isDelete());
      sum += checksum(key);
    }
  }

  /** The contents that the table must have now. */
  Contents expected() {
    return new Contents(rows, deleted.cardinality(), sum);
  }

  private long checksum(int key) {
    return OrderValues.of(key, valuesLsn[key]).checksum(deleted.get(key));
  }
}
