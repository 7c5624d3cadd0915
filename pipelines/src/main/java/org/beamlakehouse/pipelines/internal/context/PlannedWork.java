package org.beamlakehouse.pipelines.internal.context;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a stream has planned for its tables and has not seen committed: planned again, it would be
 * read twice. Where a runner began anew, or what was planned came to nothing, it is planned again
 * after a while; at once where this process knows that it failed.
 */
public final class PlannedWork {
  private static final long PATIENCE_MILLIS = Duration.ofMinutes(5).toMillis();

  /** When work on a table of a run last failed in this process. */
  private static final Map<String, Long> FAILED = new ConcurrentHashMap<>();

  private final String run;
  private final Map<String, Planned> planned = new HashMap<>();

  private record Planned(long upTo, long atMillis) {}

  public PlannedWork(String run) {
    this.run = run;
  }

  /** Tells whoever plans for the same run in this process that work on a table failed. */
  public static void failed(String run, String table) {
    FAILED.put(run + " " + table, System.currentTimeMillis());
  }

  /** Whether work on a table of a run has failed since a time, as far as this process knows. */
  public static boolean hasFailedSince(String run, String table, long millis) {
    return FAILED.getOrDefault(run + " " + table, Long.MIN_VALUE) >= millis;
  }

  /**
   * Whether what was planned for a table is not committed yet.
   *
   * @param taken sequence number of the upstream up to which the table has taken it in
   */
  public boolean has(String table, long taken, long nowMillis) {
    Planned last = planned.get(table);
    if (last == null) {
      return false;
    }
    if (taken >= last.upTo()
        || nowMillis - last.atMillis() >= PATIENCE_MILLIS
        || hasFailedSince(run, table, last.atMillis())) {
      // Forgotten: where the table is rolled back later, that is read again at once.
      planned.remove(table);
      return false;
    }
    return true;
  }

  /** Remembers what is planned for a table. */
  public void plan(String table, long upTo, long nowMillis) {
    planned.put(table, new Planned(upTo, nowMillis));
  }
}
