package org.beamlakehouse.transforms.table;

import java.io.Serializable;

/**
 * When a batch of records is so bad as a whole that its table is halted, instead of all of them
 * being put aside: a source that has changed its format fails with every record.
 *
 * @param moreThan smaller batches, and those of just so many records, never halt the table
 * @param share share of the records, above 0 and at most 1, that is quarantined
 */
public record FailWhen(long moreThan, double share) implements Serializable {
  /** More than 100 records, all of them quarantined. */
  public static final FailWhen DEFAULT = new FailWhen(100, 1);

  /** However bad a batch is, its table goes on. */
  public static final FailWhen NEVER = new FailWhen(Long.MAX_VALUE, 1);

  private static final long serialVersionUID = 1L;

  public FailWhen {
    if (moreThan < 0 || !(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot halt a table at a share of %s of more than %d records: give a share above 0"
                  + " and at most 1, and a number of records that is not negative",
              share, moreThan));
    }
  }

  /** Whether a batch halts its table. */
  public boolean isMetBy(long records, long quarantined) {
    return records > moreThan && quarantined >= share * records;
  }
}
