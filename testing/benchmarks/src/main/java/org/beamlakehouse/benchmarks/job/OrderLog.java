package org.beamlakehouse.benchmarks.job;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The change log of a table of orders, and its delivery: batches with 30 % inserts, 60 % updates
 * and 10 % deletes of uniformly chosen rows, of which 10 % arrive twice and 5 % out of order, some
 * of these in the next batch only. A share of the updates may go to one hot row. The same for the
 * same sizes.
 */
final class OrderLog {
  private static final double DUPLICATES = 0.10;
  private static final double OUT_OF_ORDER = 0.05;

  /** Share of the out-of-order changes that miss their batch. */
  private static final double LATE = 0.1;

  /** Share of the duplicates that repeat a change of the batch before. */
  private static final double REDELIVERED = 0.1;

  private static final int HOT_KEY = 0;
  private static final int DISPLACEMENT = 10_000;
  private static final long LSN_STEP = 56;

  private final SplittableRandom random = new SplittableRandom(42);
  private final BitSet deleted = new BitSet();
  private final double hotShare;
  private long[] lastLsn;
  private int keys;
  private long lsn;
  private List<OrderChange> late = new ArrayList<>();
  private List<OrderChange> before = List.of();

  /**
   * A log of a table with the rows 0 to {@code rows - 1}, each made at {@link #baseLsn}.
   *
   * @param hotShare of the updates, which go to one row
   */
  OrderLog(int rows, double hotShare) {
    this.hotShare = hotShare;
    this.keys = rows;
    this.lastLsn = new long[rows + rows / 2];
    for (int key = 0; key < rows; key++) {
      lastLsn[key] = baseLsn(key);
    }
    this.lsn = baseLsn(rows) + LSN_STEP;
  }

  /** Log position of a row that the table has from the beginning. */
  static long baseLsn(int key) {
    return 1_000_000L + key;
  }

  /** The next changes, in the order they are delivered. */
  List<OrderChange> nextBatch(int size) {
    List<OrderChange> batch = new ArrayList<>(size);
    List<OrderChange> missed = new ArrayList<>();
    batch.addAll(late);
    while (batch.size() < size) {
      if (!batch.isEmpty() && random.nextDouble() < DUPLICATES) {
        List<OrderChange> from =
            !before.isEmpty() && random.nextDouble() < REDELIVERED ? before : batch;
        batch.add(from.get(random.nextInt(from.size())));
        continue;
      }
      OrderChange change = next();
      (random.nextDouble() < OUT_OF_ORDER * LATE ? missed : batch).add(change);
    }
    for (int i = 0; i < size; i++) {
      if (random.nextDouble() < OUT_OF_ORDER) {
        Collections.swap(batch, i, Math.min(size - 1, i + random.nextInt(DISPLACEMENT)));
      }
    }
    late = missed;
    before = batch;
    return batch;
  }

  private OrderChange next() {
    lsn += LSN_STEP;
    double kind = random.nextDouble();
    if (kind < 0.3) {
      int key = keys++;
      if (key == lastLsn.length) {
        lastLsn = java.util.Arrays.copyOf(lastLsn, key + key / 2);
      }
      lastLsn[key] = lsn;
      return new OrderChange('c', key, lsn, lsn);
    }
    int key = random.nextInt(keys);
    while (deleted.get(key) || isHot(key)) {
      key = random.nextInt(keys);
    }
    if (kind < 0.9) {
      key = hotShare > 0 && random.nextDouble() < hotShare ? HOT_KEY : key;
      lastLsn[key] = lsn;
      return new OrderChange('u', key, lsn, lsn);
    }
    deleted.set(key);
    return new OrderChange('d', key, lsn, lastLsn[key]);
  }

  private boolean isHot(int key) {
    return hotShare > 0 && key == HOT_KEY;
  }
}
