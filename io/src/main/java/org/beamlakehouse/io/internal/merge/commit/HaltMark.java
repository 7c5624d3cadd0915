package org.beamlakehouse.io.internal.merge.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.merge.plan.TablePlan;

/**
 * Which batch halted a table, kept in a property of the table: its rows and snapshots stay as they
 * are. It counts for as long as the table has taken in neither the batch nor anything else of its
 * upstream.
 *
 * @param run the run that was halted
 * @param upstream the table that the batch was read from
 * @param from sequence number of the upstream up to which the table has taken it in
 * @param upTo position in the upstream up to which the batch goes
 */
public record HaltMark(String run, String upstream, long from, Progress.Position upTo) {
  /** The property. */
  public static final String KEY = "beam-lakehouse.halted";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The batch that halts a table now, if one does. */
  public static Optional<HaltMark> of(Table target, String upstream) {
    String json = target.properties().get(KEY);
    if (json == null) {
      return Optional.empty();
    }
    try {
      HaltMark mark = JSON.readValue(json, HaltMark.class);
      return mark.upstream().equals(upstream)
              && mark.from() == Progress.of(target).sequence(upstream)
          ? Optional.of(mark)
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read the table property " + KEY + ": " + json, e);
    }
  }

  /** Marks a table as halted by the batch of a plan. */
  static void put(Table target, String run, TablePlan plan) {
    if (plan.mode() != TablePlan.Mode.INCREMENTAL || plan.upTo() == null) {
      // A rebuild is halted by everything there is: that is no batch to pass over.
      return;
    }
    HaltMark mark =
        new HaltMark(
            run, plan.upstream(), Progress.of(target).sequence(plan.upstream()), plan.upTo());
    try {
      target.updateProperties().set(KEY, JSON.writeValueAsString(mark)).commit();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write what halts " + target.name(), e);
    }
  }
}
