package org.beamlakehouse.pipelines.internal.gold;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.Progress;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a run has to do for one gold product.
 *
 * @param id of this plan; no other has it
 * @param kind how much is computed anew
 * @param values the {@code incrementalBy} values to replace, for {@link Kind#VALUES}; may hold null
 * @param base snapshot of the product's table when planning began; null where it had none
 * @param inputs position in each input table that the rows will stand for
 * @param startedMillis when planning began (epoch milliseconds)
 */
record GoldPlan(
    String id,
    Kind kind,
    List<Object> values,
    @Nullable Long base,
    Map<String, Progress.Position> inputs,
    long startedMillis)
    implements Serializable {

  /** How much of a product is computed anew. */
  enum Kind {
    /** Nothing: no input changed. */
    NONE,
    /** The rows of some values of the {@code incrementalBy} column. */
    VALUES,
    /** All rows. */
    FULL
  }
}
