package org.beamlakehouse.pipelines.internal.gold;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.beamlakehouse.io.iceberg.Progress;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a stream last failed to publish, product by product, as far as this process knows: where the
 * query fails for its rows it would fail again, and is left alone until they are others, or for a
 * while.
 */
public final class FailedProducts {
  private static final long PATIENCE_MILLIS = Duration.ofMinutes(5).toMillis();
  private static final Map<String, Failed> LAST = new ConcurrentHashMap<>();

  /**
   * A failure.
   *
   * @param plan what failed; null where it could not even be planned
   */
  private record Failed(GoldFailure failure, @Nullable GoldPlan plan, long atMillis) {}

  private FailedProducts() {}

  /**
   * Remembers a failure.
   *
   * @return whether it is to be told: false where it was for another plan
   */
  static boolean put(String run, String table, GoldFailure failure, @Nullable GoldPlan plan) {
    Failed before =
        LAST.put(run + " " + table, new Failed(failure, plan, System.currentTimeMillis()));
    return before == null
        || !before.failure().message().equals(failure.message())
        || plan != null && before.plan() != null && plan.id().equals(before.plan().id());
  }

  /** Forgets what failed, as it does no more. */
  static void remove(String run, String table) {
    LAST.remove(run + " " + table);
  }

  /** Whether a plan is the one that failed. */
  static boolean has(String run, GoldPlan plan, String table) {
    Failed failed = LAST.get(run + " " + table);
    return failed != null && failed.plan() != null && failed.plan().id().equals(plan.id());
  }

  /** Whether there is no use in trying again what would be computed from some inputs. */
  static boolean isLeftAlone(String run, String table, Map<String, Progress.Position> inputs) {
    Failed failed = LAST.get(run + " " + table);
    return isOfRows(failed)
        && failed.plan().inputs().equals(inputs)
        && System.currentTimeMillis() - failed.atMillis() < PATIENCE_MILLIS;
  }

  /**
   * Whether a product waits for other rows.
   *
   * @param isCurrent whether a snapshot is the current one of an input; -1 stands for none
   */
  public static boolean isWaiting(String run, String table, BiPredicate<String, Long> isCurrent) {
    Failed failed = LAST.get(run + " " + table);
    return isOfRows(failed)
        && failed.plan().inputs().entrySet().stream()
            .allMatch(input -> isCurrent.test(input.getKey(), input.getValue().snapshot()));
  }

  private static boolean isOfRows(@Nullable Failed failed) {
    return failed != null && failed.plan() != null && failed.failure().isOfRows();
  }
}
