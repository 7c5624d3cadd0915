package org.beamlakehouse.io.internal.merge.commit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.Clock;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What is told of a commit to a table, however it ends. */
final class TableReport {
  private final TableDefinition definition;
  private final Clock clock;
  private final long started;
  private final List<CommitNote> notes;
  private long taken;

  TableReport(
      TableDefinition definition, Clock clock, List<CommitNote> notes, List<ShardResult> results) {
    this.definition = definition;
    this.clock = clock;
    this.notes = notes;
    this.started =
        results.stream().mapToLong(ShardResult::startedMillis).reduce(clock.getAsLong(), Math::min);
  }

  /** What others have taken in of the upstream is in the counts of their commits. */
  void takenBefore(long sequence) {
    taken = sequence;
  }

  /** When the first of the results was begun. */
  long started() {
    return started;
  }

  Map<String, Long> all(Map<String, Long> more) {
    Map<String, Long> all = new TreeMap<>();
    for (CommitNote note : notes) {
      if (note.upstreamSequence() > taken) {
        note.counts().forEach((k, v) -> all.merge(k, v, Long::sum));
      }
    }
    more.forEach((k, v) -> all.merge(k, v, Long::sum));
    return all;
  }

  CommittedSnapshot of(
      String status, @Nullable Long snapshot, @Nullable String message, Map<String, Long> more) {
    return CommittedSnapshot.of(
        TableCommit.HOP,
        definition.name(),
        snapshot,
        status,
        all(more),
        message,
        started,
        Math.max(started, clock.getAsLong()));
  }
}
