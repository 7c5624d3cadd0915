package org.beamlakehouse.transforms.internal.merge;

import java.io.Serializable;
import java.util.List;

/**
 * What the rows of one key become when changes of that key arrive: a pure function, with no clock,
 * no storage and no engine in it.
 *
 * <p><b>The law.</b> The stored rows are a function of the <em>set</em> of changes received so far.
 * Any order of arrival, any split into batches and any repetition gives the same rows.
 *
 * <p>A rule keeps the law by treating stored rows and remembered changes as one thing: together
 * they stand for the whole set of changes of the key. What the visible rows cannot tell again is
 * returned in {@link Result#remember()}; the engine appends it to the table's ledger and hands it
 * back in {@code remembered} on every later call. The ledger only ever grows between two prunings,
 * so a change may be remembered that by now a visible row tells as well: that is harmless, sets
 * have no duplicates.
 *
 * <p>Two changes are one and the same when source order (not position), kind and contract values
 * are equal. The copy with the lowest position stands for all of them, be it stored or arriving.
 */
public interface MergeRule extends Serializable {

  /**
   * Merges changes into the rows of one key.
   *
   * @param stored the visible rows of this key, in any order; the deciding columns and, unless
   *     {@link #needsStoredValues} said otherwise, the values
   * @param remembered hidden changes of this key and every truncate of the table, in any order. A
   *     new truncate is a change of every key that has rows or hidden changes: merge them all,
   *     those without changes of their own too
   * @param changes the arriving changes of this key, in any order, with repetitions
   * @return the rows to store. A stored row that stays exactly as it is comes back as the same
   *     object, so that the engine can tell by identity what to delete and what to write
   */
  Result merge(List<StoredRow> stored, List<Change> remembered, List<Change> changes);

  /**
   * Tells whether {@link #merge} must see the values of the stored rows, or whether sequences are
   * enough. Reading values costs a second look into the data files.
   */
  boolean needsStoredValues(List<StoredRow> stored, List<Change> remembered, List<Change> changes);

  /**
   * Drops from the changes of one key those that cannot matter whatever is stored, so that less is
   * shipped. The union of two reduced lists may be reduced again.
   */
  List<Change> reduce(List<Change> changes);

  /**
   * The rows to store for a key, and what its ledger has to remember beyond what it has.
   *
   * @param rows all visible rows of the key after the merge
   * @param remember changes to append to the ledger; never one that it has already
   */
  record Result(List<StoredRow> rows, List<Change> remember) {}
}
