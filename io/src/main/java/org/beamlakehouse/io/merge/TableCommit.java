package org.beamlakehouse.io.merge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.AppendWithProgress;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.iceberg.CommitSummary;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Commits what the workers prepared for one table: quarantine first, then the ledger, then the
 * target with the progress. A run that dies between any two of them and is repeated ends as if it
 * had not: the quarantine knows its progress, a ledger is a set, and rows and progress of the
 * target are one commit.
 *
 * <p>Not thread-safe where called for the same table at once; Beam's grouping by table sees to it.
 */
final class TableCommit {
  static final String HOP = "silver";

  private final CatalogConfig catalog;
  private final TableDefinition definition;
  private final String pipelineVersion;
  private final Clock clock;

  TableCommit(
      CatalogConfig catalog, TableDefinition definition, String pipelineVersion, Clock clock) {
    this.catalog = catalog;
    this.definition = definition;
    this.pipelineVersion = pipelineVersion;
    this.clock = clock;
  }

  /**
   * Commits one table.
   *
   * @throws ConcurrentCommitException where the table is not as the workers saw it; it stays as the
   *     other commit left it
   */
  CommittedSnapshot commit(TablePlan plan, List<CommitNote> notes, List<BucketResult> results) {
    Report report = new Report(notes, results);
    Table target = SilverTables.target(catalog, definition);
    String halt =
        notes.stream()
            .map(CommitNote::halt)
            .filter(Objects::nonNull)
            .distinct()
            .sorted()
            .collect(Collectors.joining("; "));
    Uncommitted uncommitted = new Uncommitted(catalog, definition);
    if (!halt.isEmpty()) {
      uncommitted.delete(notes, results);
      return report.of(CommittedSnapshot.HALTED, currentId(target), halt, Map.of());
    }
    String token = token(plan, results);
    Snapshot done = results.isEmpty() ? null : Summaries.committed(target, base(results), token);
    if (done != null) {
      return report.of(CommittedSnapshot.COMMITTED, done.snapshotId(), null, report.changes());
    }
    if (isCovered(plan, target)) {
      uncommitted.abandon(target, results);
      return report.of(CommittedSnapshot.UNCHANGED, currentId(target), null, Map.of());
    }
    checkBase(target, results, uncommitted);
    commitQuarantine(plan, notes);
    Map<String, String> summary = new TreeMap<>();
    summary.put(CommitSummary.PIPELINE_VERSION, pipelineVersion);
    summary.put(Summaries.COMMIT_TOKEN, token);
    Table ledger = SilverTables.existingLedger(catalog, definition);
    long ledgerSince = 0;
    if (ledger != null) {
      long before = Summaries.ledgerSince(target, ledger);
      ledgerSince = LedgerCommit.append(ledger, plan.mode(), results, summary, before);
      summary.put(Summaries.LEDGER_SINCE, Summaries.ledgerSince(ledger, ledgerSince));
    }
    Progress before = Progress.of(target);
    Progress progress = isTaken(plan, before) ? before : before.with(plan.upstream(), plan.upTo());
    if (!changesRows(plan, target, results)) {
      if (!progress.equals(before)) {
        progress.continueCurrentSnapshot(target);
      }
      return report.of(CommittedSnapshot.UNCHANGED, currentId(target), null, report.changes());
    }
    summary.put(Progress.KEY, progress.toJson());
    report.all(report.changes()).forEach((k, v) -> summary.put(Summaries.COUNT_PREFIX + k, v + ""));
    Snapshot snapshot =
        new TargetCommit(target, definition.name(), uncommitted)
            .commit(plan.mode(), results, summary, token);
    if (plan.mode() == TablePlan.Mode.FULL_REFRESH) {
      LedgerCommit.forget(ledger, ledgerSince);
    }
    return report.of(CommittedSnapshot.COMMITTED, snapshot.snapshotId(), null, report.changes());
  }

  private static boolean isCovered(TablePlan plan, Table target) {
    return plan.mode() == TablePlan.Mode.INCREMENTAL
        && plan.upTo() != null
        && isTaken(plan, Progress.of(target));
  }

  /** True where the plan's position brings nothing beyond a progress. */
  private static boolean isTaken(TablePlan plan, Progress progress) {
    return plan.upTo() == null || progress.sequence(plan.upstream()) >= plan.upTo().sequence();
  }

  private static boolean changesRows(TablePlan plan, Table target, List<BucketResult> results) {
    return (plan.mode() == TablePlan.Mode.FULL_REFRESH && target.currentSnapshot() != null)
        || !results.stream().allMatch(BucketResult::changesNothing);
  }

  private void checkBase(Table target, List<BucketResult> results, Uncommitted uncommitted) {
    for (BucketResult result : results) {
      if (!Objects.equals(result.base(), currentId(target))) {
        uncommitted.abandon(target, results);
        throw new ConcurrentCommitException(
            String.format(
                "Cannot commit to %s: its snapshot was %s when shard %d was merged and is %s now;"
                    + " the table is unchanged, run again",
                definition.name(), result.base(), result.shard().index(), currentId(target)));
      }
    }
  }

  private static @Nullable Long base(List<BucketResult> results) {
    return results.get(0).base();
  }

  private static @Nullable Long currentId(Table table) {
    return table.currentSnapshot() == null ? null : table.currentSnapshot().snapshotId();
  }

  /** The same for the same files, in whatever order they come. */
  private static String token(TablePlan plan, List<BucketResult> results) {
    TreeSet<String> parts = new TreeSet<>();
    for (BucketResult result : results) {
      parts.addAll(result.dataFiles());
      parts.addAll(result.deleteFiles());
      parts.addAll(result.removedDataFiles());
      parts.addAll(result.ledgerFiles());
    }
    String text = plan + "\n" + String.join("\n", parts);
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private void commitQuarantine(TablePlan plan, List<CommitNote> notes) {
    List<String> files =
        notes.stream().flatMap(note -> note.quarantineFiles().stream()).sorted().toList();
    if (files.isEmpty()) {
      return;
    }
    if (plan.upTo() == null) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot commit the quarantine of %s: its plan names no upstream position; give one,"
                  + " so that repeated records are kept once",
              definition.name()));
    }
    AppendWithProgress.commit(
        Catalogs.load(catalog, definition.quarantineName()), files, plan.upstream(), plan.upTo());
  }

  /** What is told of the commit. */
  private final class Report {
    private final long started;
    private final Map<String, Long> noted = new TreeMap<>();
    private final Map<String, Long> changes = new TreeMap<>();

    Report(List<CommitNote> notes, List<BucketResult> results) {
      this.started =
          results.stream()
              .mapToLong(BucketResult::startedMillis)
              .reduce(clock.getAsLong(), Math::min);
      notes.forEach(note -> note.counts().forEach((k, v) -> noted.merge(k, v, Long::sum)));
      results.forEach(r -> r.counts().forEach((k, v) -> changes.merge(k, v, Long::sum)));
    }

    /** What the workers did to rows. */
    Map<String, Long> changes() {
      return changes;
    }

    Map<String, Long> all(Map<String, Long> more) {
      Map<String, Long> all = new TreeMap<>(noted);
      more.forEach((k, v) -> all.merge(k, v, Long::sum));
      return all;
    }

    CommittedSnapshot of(
        String status, @Nullable Long snapshot, @Nullable String message, Map<String, Long> more) {
      return CommittedSnapshot.of(
          HOP,
          definition.name(),
          snapshot,
          status,
          all(more),
          message,
          started,
          Math.max(started, clock.getAsLong()));
    }
  }
}
