package org.beamlakehouse.io.internal.merge.commit;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.report.CommitSummary;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.Clock;
import org.beamlakehouse.io.internal.merge.table.MergeSummaries;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.ConcurrentCommitException;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what the workers prepared for one table: quarantine first, then the ledger, then the
 * target with the progress. A run that dies between any two of them and is repeated ends as if it
 * had not: the quarantine knows its progress, a ledger is a set, and rows and progress of the
 * target are one commit.
 *
 * <p>Other commits may come at any time. What they touched is merged again into what they made of
 * the table, and the commit is tried once more, as often as the table's {@code
 * commit.retry.num-retries} says ({@value CommitRetries#DEFAULT_RETRIES} where it says nothing) and
 * with its waits in between. Each attempt holds only for the very snapshot it was prepared on, so
 * no other commit is ever overwritten. Whenever the ledger grows the target gets a snapshot, too,
 * even an empty one: a merge that has not seen the ledger's news can then not commit on the older
 * one.
 *
 * <p>Not thread-safe where called for the same table at once; Beam's grouping by table sees to it.
 */
public final class TableCommit {
  private static final Logger LOG = LoggerFactory.getLogger(TableCommit.class);

  public static final String HOP = "silver";

  private final CatalogConfig catalog;
  private final TableDefinition definition;
  private final String pipelineVersion;
  private final RunStamp run;
  private final Clock clock;
  private final ShardMerge merge;
  private final CommitStep.Observer observer;
  private final QuarantineCommit quarantine;

  /**
   * A commit to one table.
   *
   * @param merge what the table's shards are merged by, for those that have to be merged again
   */
  public TableCommit(
      CatalogConfig catalog,
      TableDefinition definition,
      String pipelineVersion,
      Clock clock,
      ShardMerge merge) {
    this(
        MergeTargets.of(catalog, List.of(definition), pipelineVersion, clock),
        definition,
        merge,
        CommitStep.Observer.NONE);
  }

  /** A commit of a run that tells of its steps. */
  public TableCommit(
      MergeTargets tables,
      TableDefinition definition,
      ShardMerge merge,
      CommitStep.Observer observer) {
    this.catalog = tables.catalog();
    this.definition = definition;
    this.pipelineVersion = tables.pipelineVersion();
    this.run = tables.run();
    this.clock = tables.clock();
    this.merge = merge;
    this.observer = observer;
    this.quarantine = new QuarantineCommit(catalog, definition);
  }

  /**
   * Commits one table.
   *
   * @throws ConcurrentCommitException where others commit all the time; the table is as they left
   *     it
   * @throws CommitStateUnknownException where it cannot be found out whether the commit was made
   */
  public CommittedSnapshot commit(
      TablePlan plan, List<CommitNote> notes, List<ShardResult> results) {
    TableReport report = new TableReport(definition, clock, notes, results);
    Table target = SilverTables.target(catalog, definition);
    SourceFeeds feeds = SourceFeeds.of(definition, target, plan, notes);
    // In neither case what was merged is removed: see UnusedFiles.
    BatchVerdict verdict = BatchVerdict.of(definition, notes).and(feeds.halt());
    if (verdict.failure() != null) {
      return report.of(CommittedSnapshot.FAILED, currentId(target), verdict.failure(), Map.of());
    }
    if (verdict.halt() != null) {
      return halted(target, plan, notes, report, verdict.halt());
    }
    feeds.record(target);
    return new Attempts(plan, notes, results, report).run(target);
  }

  private CommittedSnapshot halted(
      Table target, TablePlan plan, List<CommitNote> notes, TableReport report, String reason) {
    // So that what halts the table, and what else is wrong, can be looked at.
    quarantine.commit(plan, notes);
    HaltMark.put(target, run.id(), plan);
    return report.of(CommittedSnapshot.HALTED, currentId(target), reason, Map.of());
  }

  private static @Nullable Long currentId(Table table) {
    return table.currentSnapshot() == null ? null : table.currentSnapshot().snapshotId();
  }

  /** One commit, tried until it is made; holds what one attempt leaves to the next. */
  private final class Attempts {
    private final TablePlan plan;
    private final List<CommitNote> notes;
    private final List<ShardResult> arrived;
    private final TableReport report;
    private final UnusedFiles files = new UnusedFiles(catalog, definition);
    private final Rebase rebase = new Rebase(definition, merge);

    /** What of the results that arrived the table does not have. */
    private List<ShardResult> pending;

    /** What was merged of them, into the state of the attempt at hand. */
    private List<ShardResult> results;

    Attempts(
        TablePlan plan, List<CommitNote> notes, List<ShardResult> arrived, TableReport report) {
      this.plan = plan;
      this.notes = notes;
      this.arrived = arrived;
      this.report = report;
      this.pending = arrived;
      this.results = arrived;
    }

    CommittedSnapshot run(Table target) {
      CommitRetries patience = new CommitRetries(target);
      while (true) {
        RuntimeException lost;
        try {
          return attempt();
        } catch (LostRaceException e) {
          lost = new ConcurrentCommitException(e.getCause(), e.getMessage());
        } catch (CommitStateUnknownException e) {
          // It is tried again on the same snapshot only, so it cannot be made twice.
          files.outcomeUnknown();
          lost = e;
        } catch (RuntimeException e) {
          throw givenUp(e);
        }
        try {
          patience.waitOrThrow(lost);
        } catch (RuntimeException e) {
          throw givenUp(e);
        }
        LOG.info("Merging into {} once more: {}", definition.name(), lost.getMessage());
      }
    }

    private RuntimeException givenUp(RuntimeException e) {
      if (!(e instanceof CleanableFailure)) {
        files.outcomeUnknown();
      }
      files.discard(results);
      return e;
    }

    private CommittedSnapshot attempt() {
      TableState state = TableState.load(catalog, definition);
      CommittedSnapshot done = done(state.target());
      if (done != null) {
        return done;
      }
      Table target = state.target();
      Progress before = Progress.of(target);
      checkRefresh(target, before);
      String mixed = plan.mode() == TablePlan.Mode.FULL_REFRESH ? null : LedgerCommit.mixed(state);
      if (mixed != null) {
        return halted(target, plan, notes, report, mixed);
      }
      observer.reached(CommitStep.STATE_LOADED);
      try {
        rebase(state);
      } catch (RuntimeException e) {
        // Another execution may have committed it all and have removed the changes that were kept.
        done = done(SilverTables.target(catalog, definition));
        if (done != null) {
          return done;
        }
        throw e;
      }
      observer.reached(CommitStep.SHARDS_MERGED);
      quarantine.commit(plan, notes);
      observer.reached(CommitStep.QUARANTINE_COMMITTED);
      try {
        return commitRows(target, before);
      } catch (CommitFailedException e) {
        throw new LostRaceException(definition.name(), e);
      }
    }

    /**
     * Finds out what the table has already.
     *
     * @return what was done, if nothing is left to do
     */
    private @Nullable CommittedSnapshot done(Table target) {
      // A snapshot that is there, of this commit or of one of the same plan with some of its
      // results made anew, names them; they are not committed again.
      Map<UUID, Snapshot> takenIn =
          MergeSummaries.takenIn(target, arrived.stream().map(ShardResult::id).toList());
      boolean all = takenIn.size() == arrived.size() && !arrived.isEmpty();
      boolean refreshed = plan.mode() == TablePlan.Mode.FULL_REFRESH && !takenIn.isEmpty();
      Progress before = Progress.of(target);
      boolean covered = isKnownByProgress() && isTaken(before);
      if (isKnownByProgress() && takenIn.isEmpty()) {
        report.takenBefore(before.sequence(plan.upstream()));
      }
      if (all || refreshed || covered) {
        files.discard(results);
        files.discardChanges(covered ? arrived : taken(takenIn));
        return takenIn.isEmpty()
            ? report.of(CommittedSnapshot.UNCHANGED, currentId(target), null, Map.of())
            : report.of(CommittedSnapshot.COMMITTED, newest(takenIn), null, counts(arrived));
      }
      List<ShardResult> left =
          arrived.stream().filter(result -> !takenIn.containsKey(result.id())).toList();
      if (left.size() < pending.size()) {
        files.discard(results);
        pending = left;
        results = left;
      }
      return null;
    }

    private List<ShardResult> taken(Map<UUID, Snapshot> takenIn) {
      return arrived.stream().filter(result -> takenIn.containsKey(result.id())).toList();
    }

    private static Long newest(Map<UUID, Snapshot> takenIn) {
      return takenIn.values().stream()
          .max(Comparator.comparingLong(Snapshot::sequenceNumber))
          .orElseThrow()
          .snapshotId();
    }

    private void rebase(TableState state) {
      List<ShardResult> rebased = rebase.onto(state, plan.mode(), pending, results);
      Map<UUID, ShardResult> superseded = new LinkedHashMap<>();
      results.forEach(result -> superseded.put(result.id(), result));
      for (ShardResult result : rebased) {
        if (superseded.remove(result.id()) == null) {
          files.wrote(result);
        }
      }
      results = rebased;
      files.discard(superseded.values());
    }

    private CommittedSnapshot commitRows(Table target, Progress before) {
      Map<String, String> summary = new TreeMap<>();
      summary.put(CommitSummary.PIPELINE_VERSION, pipelineVersion);
      Table ledger = SilverTables.existingLedger(catalog, definition);
      boolean isLedgerAhead = MergeSummaries.isLedgerAhead(target, ledger);
      long ledgerSince = ledger == null ? 0 : commitLedger(target, ledger, summary);
      observer.reached(CommitStep.LEDGER_COMMITTED);
      Progress progress = after(before);
      if (!changesRows(target) && !isLedgerAhead && !files.areRemembered()) {
        if (!progress.equals(before)) {
          progress.continueCurrentSnapshot(target);
        }
        if (isKnownByProgress()) {
          files.discardChanges(arrived);
        }
        return report.of(CommittedSnapshot.UNCHANGED, currentId(target), null, counts(results));
      }
      summary.put(
          MergeSummaries.RESULTS,
          MergeSummaries.results(pending.stream().map(ShardResult::id).toList()));
      summary.put(Progress.KEY, progress.toJson());
      Map<String, Long> all = report.all(counts(results));
      summary.put(CommitReport.KEY, CommitReport.json(run, HOP, all, report.started()));
      all.forEach(
          (name, count) -> {
            // Rules may be many: they are in the report.
            if (!name.startsWith(CommittedSnapshot.RULE_PASSED)
                && !name.startsWith(CommittedSnapshot.RULE_FAILED)) {
              summary.put(MergeSummaries.COUNT_PREFIX + name, count + "");
            }
          });
      Snapshot snapshot =
          new TargetCommit(target, definition.name()).commit(plan.mode(), results, summary);
      files.discardChanges(arrived);
      if (ledgerSince > 0) {
        LedgerCommit.forget(ledger, ledgerSince);
      }
      return report.of(CommittedSnapshot.COMMITTED, snapshot.snapshotId(), null, counts(results));
    }

    /** Commits what is to be remembered; gives the sequence number from which the ledger counts. */
    private long commitLedger(Table target, Table ledger, Map<String, String> summary) {
      files.remember(results);
      Snapshot appended = LedgerCommit.append(ledger, results, summary);
      long since = MergeSummaries.ledgerSince(target, ledger);
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH) {
        since = LedgerCommit.begin(ledger, appended, since);
      }
      summary.put(MergeSummaries.LEDGER_SINCE, MergeSummaries.ledgerSequence(ledger, since));
      Snapshot seen = ledger.currentSnapshot();
      summary.put(
          MergeSummaries.LEDGER_SEEN,
          MergeSummaries.ledgerSequence(ledger, seen == null ? 0 : seen.sequenceNumber()));
      return since;
    }

    /** A rebuild must not take back what others merged beyond it. */
    private void checkRefresh(Table target, Progress before) {
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH
          && plan.upTo() != null
          && arrived.stream().anyMatch(r -> !Objects.equals(r.base(), currentId(target)))
          && before.sequence(plan.upstream()) > plan.upTo().sequence()) {
        throw new ConcurrentCommitException(
            String.format(
                "Cannot rebuild %s: another run has meanwhile taken in more of %s than the rebuild"
                    + " has read; run again",
                definition.name(), plan.upstream()));
      }
    }

    /** True where the table's progress tells whether the plan has been carried out. */
    private boolean isKnownByProgress() {
      return plan.mode() == TablePlan.Mode.INCREMENTAL && plan.upTo() != null;
    }

    /** What the table has taken in once this is committed: of a rebuild, that alone. */
    private Progress after(Progress before) {
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH && plan.upTo() != null) {
        return Progress.none().with(plan.upstream(), upTo(Progress.none()));
      }
      return isTaken(before) ? before : before.with(plan.upstream(), upTo(before));
    }

    /** The position that is reached, with what is known of the source's logs there. */
    private Progress.Position upTo(Progress before) {
      Progress.Position position = before.position(plan.upstream());
      String logs = position == null ? null : position.logs();
      for (CommitNote note : notes) {
        logs = note.logs() == null ? logs : note.logs();
      }
      return plan.upTo().withLogs(logs);
    }

    /** True where the plan's position brings nothing beyond a progress. */
    private boolean isTaken(Progress progress) {
      return plan.upTo() == null || progress.covers(plan.upstream(), plan.upTo());
    }

    private boolean changesRows(Table target) {
      return (plan.mode() == TablePlan.Mode.FULL_REFRESH && target.currentSnapshot() != null)
          || !results.stream().allMatch(ShardResult::changesNothing);
    }

    /** What the workers did to rows. */
    private static Map<String, Long> counts(List<ShardResult> results) {
      Map<String, Long> counts = new TreeMap<>();
      results.forEach(r -> r.counts().forEach((k, v) -> counts.merge(k, v, Long::sum)));
      return counts;
    }
  }
}
