package org.beamlakehouse.benchmarks.job;

/**
 * How much there is to do.
 *
 * @param rows rows of the table before the first batch
 * @param changes records per batch
 * @param buckets of the table
 * @param hotShare share of the updates that go to one row, from 0 to 1
 */
public record Sizes(int rows, int changes, int buckets, double hotShare) {

  /** Sizes without a hot row. */
  public Sizes(int rows, int changes, int buckets) {
    this(rows, changes, buckets, 0);
  }
}
