package org.beamlakehouse.pipelines.internal.ops;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;

/**
 * What a run did to one table over all its commits: counts are added, messages are told once each.
 * Of a run that ends by itself the worst counts. A stream tries again what went wrong, so there the
 * last counts, but for files that could not be read: of these nobody tells when they are there.
 */
final class TableTotals {
  /** From good to bad. */
  private static final List<String> STATUSES =
      List.of(
          CommittedSnapshot.UNCHANGED,
          CommittedSnapshot.COMMITTED,
          CommittedSnapshot.INCOMPLETE,
          CommittedSnapshot.HALTED,
          CommittedSnapshot.FAILED);

  private static final int MOST_MESSAGES = 10;

  private final boolean isStream;
  private final List<CommittedSnapshot> parts = new ArrayList<>();

  TableTotals(boolean isStream) {
    this.isStream = isStream;
  }

  void add(CommittedSnapshot part) {
    parts.add(part);
  }

  /** The sum, with how often the table's rules passed and failed. */
  CommittedSnapshot with(Map<String, Map<String, Long>> rules) {
    parts.sort(Comparator.comparingLong(CommittedSnapshot::getEndedMillis));
    CommittedSnapshot last = parts.get(parts.size() - 1);
    Map<String, Long> counts = new TreeMap<>(rules.getOrDefault(last.getTable(), Map.of()));
    Set<String> messages = new LinkedHashSet<>();
    Long snapshot = null;
    long worked = 0;
    for (CommittedSnapshot part : parts) {
      part.getCounts().forEach((name, count) -> counts.merge(name, count, Long::sum));
      worked += part.getEndedMillis() - part.getStartedMillis();
      if (part.getSnapshotId() != null) {
        snapshot = part.getSnapshotId();
      }
      if (part.getMessage() != null && messages.size() < MOST_MESSAGES) {
        messages.add(part.getMessage());
      }
    }
    return CommittedSnapshot.of(
        last.getHop(),
        last.getTable(),
        snapshot,
        status(last.getStatus()),
        counts,
        messages.isEmpty() ? null : String.join("\n", messages),
        last.getEndedMillis() - worked,
        last.getEndedMillis());
  }

  private String status(String last) {
    boolean wentWrong =
        last.equals(CommittedSnapshot.HALTED) || last.equals(CommittedSnapshot.FAILED);
    if (isStream && wentWrong) {
      return last;
    }
    int worst = 0;
    for (CommittedSnapshot part : parts) {
      int status = STATUSES.indexOf(part.getStatus());
      boolean isOver = isStream && status > STATUSES.indexOf(CommittedSnapshot.INCOMPLETE);
      worst = isOver ? worst : Math.max(worst, status);
    }
    return STATUSES.get(worst);
  }
}
