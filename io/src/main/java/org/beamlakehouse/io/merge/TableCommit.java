package org.beamlakehouse.io.merge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.util.PropertyUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommitSummary;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
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
 * commit.retry.num-retries} says ({@value #DEFAULT_RETRIES} where it says nothing) and with its
 * waits in between. Each attempt holds only for the very snapshot it was prepared on, so no other
 * commit is ever overwritten. Whenever the ledger grows the target gets a snapshot, too, even an
 * empty one: a merge that has not seen the ledger's news can then not commit on the older one.
 *
 * <p>Not thread-safe where called for the same table at once; Beam's grouping by table sees to it.
 */
final class TableCommit {
  private static final Logger LOG = LoggerFactory.getLogger(TableCommit.class);

  static final String HOP = "silver";

  /**
   * More than Iceberg's default of four, which is meant for commits that are retried as they are.
   */
  static final int DEFAULT_RETRIES = 10;

  private final CatalogConfig catalog;
  private final TableDefinition definition;
  private final String pipelineVersion;
  private final Clock clock;
  private final MergeBucket merge;
  private final CommitStep.Observer observer;
  private final QuarantineCommit quarantine;

  /**
   * A commit to one table.
   *
   * @param merge what the table's shards are merged by, for those that have to be merged again
   */
  TableCommit(
      CatalogConfig catalog,
      TableDefinition definition,
      String pipelineVersion,
      Clock clock,
      MergeBucket merge) {
    this(catalog, definition, pipelineVersion, clock, merge, CommitStep.Observer.NONE);
  }

  /** A commit that tells of its steps. */
  TableCommit(
      CatalogConfig catalog,
      TableDefinition definition,
      String pipelineVersion,
      Clock clock,
      MergeBucket merge,
      CommitStep.Observer observer) {
    this.catalog = catalog;
    this.definition = definition;
    this.pipelineVersion = pipelineVersion;
    this.clock = clock;
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
  CommittedSnapshot commit(TablePlan plan, List<CommitNote> notes, List<BucketResult> results) {
    Report report = new Report(notes, results);
    Table target = SilverTables.target(catalog, definition);
    Uncommitted uncommitted = new Uncommitted(catalog, definition);
    BatchVerdict verdict = BatchVerdict.of(definition, notes);
    if (verdict.failure() != null) {
      uncommitted.delete(results);
      return report.of(CommittedSnapshot.FAILED, currentId(target), verdict.failure(), Map.of());
    }
    if (verdict.halt() != null) {
      // So that what halts the table, and what else is wrong, can be looked at.
      quarantine.commit(plan, notes);
      uncommitted.delete(results);
      return report.of(CommittedSnapshot.HALTED, currentId(target), verdict.halt(), Map.of());
    }
    CommittedSnapshot committed =
        new Attempts(plan, notes, results, report, uncommitted).run(target);
    uncommitted.deleteChanges(results);
    return committed;
  }

  private static @Nullable Long currentId(Table table) {
    return table.currentSnapshot() == null ? null : table.currentSnapshot().snapshotId();
  }

  /** One commit, tried until it is made; holds what one attempt leaves to the next. */
  private final class Attempts {
    private final TablePlan plan;
    private final List<CommitNote> notes;
    private final Report report;
    private final Uncommitted uncommitted;
    private final Rebase rebase;
    private final String token;
    private final @Nullable Long firstBase;
    private final @Nullable Long firstLedgerBase;
    private final Set<String> ledgerFilesCommitted = new HashSet<>();
    private List<BucketResult> results;
    private boolean outcomeUnknown;

    Attempts(
        TablePlan plan,
        List<CommitNote> notes,
        List<BucketResult> results,
        Report report,
        Uncommitted uncommitted) {
      this.plan = plan;
      this.notes = notes;
      this.results = results;
      this.report = report;
      this.uncommitted = uncommitted;
      this.rebase = new Rebase(definition, merge, results);
      this.token = token(plan, results);
      this.firstBase = results.isEmpty() ? null : results.get(0).base();
      this.firstLedgerBase = results.isEmpty() ? null : results.get(0).ledgerBase();
    }

    CommittedSnapshot run(Table target) {
      BackOff backOff = backOff(target);
      while (true) {
        RuntimeException lost;
        try {
          return attempt();
        } catch (LostRaceException e) {
          lost = new ConcurrentCommitException(e.getCause(), e.getMessage());
        } catch (CommitStateUnknownException e) {
          // It is tried again on the same snapshot only, so it cannot be made twice.
          outcomeUnknown = true;
          lost = e;
        }
        waitOrThrow(backOff, lost);
        LOG.info("Merging into {} once more: {}", definition.name(), lost.getMessage());
      }
    }

    private CommittedSnapshot attempt() {
      TableState state = TableState.load(catalog, definition);
      Table target = state.target();
      Snapshot done = results.isEmpty() ? null : Summaries.committed(target, firstBase, token);
      if (done != null) {
        return report.of(CommittedSnapshot.COMMITTED, done.snapshotId(), null, counts());
      }
      Progress before = Progress.of(target);
      if (plan.mode() == TablePlan.Mode.INCREMENTAL && plan.upTo() != null) {
        report.takenBefore(before.sequence(plan.upstream()));
      }
      if (plan.mode() == TablePlan.Mode.INCREMENTAL && plan.upTo() != null && isTaken(before)) {
        uncommitted.abandon(target, results);
        return report.of(CommittedSnapshot.UNCHANGED, currentId(target), null, Map.of());
      }
      checkRefresh(target, before);
      observer.reached(CommitStep.STATE_LOADED);
      rebase(state);
      observer.reached(CommitStep.SHARDS_MERGED);
      quarantine.commit(plan, notes);
      observer.reached(CommitStep.QUARANTINE_COMMITTED);
      try {
        return commitRows(target, before);
      } catch (CommitFailedException e) {
        throw new LostRaceException(definition.name(), e);
      }
    }

    private void rebase(TableState state) {
      List<BucketResult> rebased = rebase.onto(state, plan.mode(), results);
      Set<UUID> valid = rebased.stream().map(BucketResult::id).collect(Collectors.toSet());
      for (BucketResult result : results) {
        if (!outcomeUnknown && !valid.contains(result.id())) {
          uncommitted.deleteSuperseded(result, ledgerFilesCommitted);
        }
      }
      results = rebased;
    }

    private CommittedSnapshot commitRows(Table target, Progress before) {
      Map<String, String> summary = new TreeMap<>();
      summary.put(CommitSummary.PIPELINE_VERSION, pipelineVersion);
      Table ledger = SilverTables.existingLedger(catalog, definition);
      long ledgerSince = ledger == null ? 0 : commitLedger(target, ledger, summary);
      observer.reached(CommitStep.LEDGER_COMMITTED);
      Progress progress = isTaken(before) ? before : before.with(plan.upstream(), plan.upTo());
      if (!changesRows(target) && ledgerFilesCommitted.isEmpty()) {
        if (!progress.equals(before)) {
          progress.continueCurrentSnapshot(target);
        }
        return report.of(CommittedSnapshot.UNCHANGED, currentId(target), null, counts());
      }
      summary.put(Summaries.COMMIT_TOKEN, token);
      summary.put(Progress.KEY, progress.toJson());
      report
          .all(counts())
          .forEach((name, count) -> summary.put(Summaries.COUNT_PREFIX + name, count + ""));
      Snapshot snapshot =
          new TargetCommit(target, definition.name()).commit(plan.mode(), results, summary);
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH) {
        LedgerCommit.forget(ledger, ledgerSince);
      }
      return report.of(CommittedSnapshot.COMMITTED, snapshot.snapshotId(), null, counts());
    }

    /** Commits what is to be remembered; gives the sequence number from which the ledger counts. */
    private long commitLedger(Table ledgerTarget, Table ledger, Map<String, String> summary) {
      Long ledgerBefore = currentId(ledger);
      List<String> files =
          results.stream()
              .flatMap(r -> r.ledgerFiles().stream())
              .filter(file -> !ledgerFilesCommitted.contains(file))
              .toList();
      Snapshot appended = LedgerCommit.append(ledger, files, firstLedgerBase, summary);
      ledgerFilesCommitted.addAll(files);
      if (appended != null && Objects.equals(appended.parentId(), ledgerBefore)) {
        // Nobody else's news are in it: the results hold on it as well.
        results =
            results.stream()
                .map(
                    r ->
                        Objects.equals(r.ledgerBase(), ledgerBefore)
                            ? r.on(r.base(), appended.snapshotId())
                            : r)
                .toList();
      }
      long since = Summaries.ledgerSince(ledgerTarget, ledger);
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH) {
        since = LedgerCommit.begin(ledger, appended, since);
      }
      summary.put(Summaries.LEDGER_SINCE, Summaries.ledgerSince(ledger, since));
      return since;
    }

    /** A rebuild must not take back what others merged beyond it. */
    private void checkRefresh(Table target, Progress before) {
      if (plan.mode() == TablePlan.Mode.FULL_REFRESH
          && plan.upTo() != null
          && !Objects.equals(firstBase, currentId(target))
          && before.sequence(plan.upstream()) > plan.upTo().sequence()) {
        uncommitted.deleteTargetFiles(results);
        throw new ConcurrentCommitException(
            String.format(
                "Cannot rebuild %s: another run has meanwhile taken in more of %s than the rebuild"
                    + " has read; run again",
                definition.name(), plan.upstream()));
      }
    }

    /** True where the plan's position brings nothing beyond a progress. */
    private boolean isTaken(Progress progress) {
      return plan.upTo() == null || progress.sequence(plan.upstream()) >= plan.upTo().sequence();
    }

    private boolean changesRows(Table target) {
      return (plan.mode() == TablePlan.Mode.FULL_REFRESH && target.currentSnapshot() != null)
          || !results.stream().allMatch(BucketResult::changesNothing);
    }

    /** What the workers did to rows. */
    private Map<String, Long> counts() {
      Map<String, Long> counts = new TreeMap<>();
      results.forEach(r -> r.counts().forEach((k, v) -> counts.merge(k, v, Long::sum)));
      return counts;
    }
  }

  private static String token(TablePlan plan, List<BucketResult> results) {
    List<String> parts = new ArrayList<>();
    parts.add(plan.toString());
    results.forEach(result -> parts.add(result.id().toString()));
    return Summaries.token(parts);
  }

  private static BackOff backOff(Table target) {
    Map<String, String> properties = target.properties();
    return FluentBackoff.DEFAULT
        .withMaxRetries(
            PropertyUtil.propertyAsInt(
                properties, TableProperties.COMMIT_NUM_RETRIES, DEFAULT_RETRIES))
        .withInitialBackoff(
            Duration.millis(
                PropertyUtil.propertyAsInt(
                    properties,
                    TableProperties.COMMIT_MIN_RETRY_WAIT_MS,
                    TableProperties.COMMIT_MIN_RETRY_WAIT_MS_DEFAULT)))
        .withMaxBackoff(
            Duration.millis(
                PropertyUtil.propertyAsInt(
                    properties,
                    TableProperties.COMMIT_MAX_RETRY_WAIT_MS,
                    TableProperties.COMMIT_MAX_RETRY_WAIT_MS_DEFAULT)))
        .backoff();
  }

  private static void waitOrThrow(BackOff backOff, RuntimeException lost) {
    try {
      if (!BackOffUtils.next(Sleeper.DEFAULT, backOff)) {
        throw lost;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      lost.addSuppressed(e);
      throw lost;
    }
  }

  /** What is told of the commit. */
  private final class Report {
    private final long started;
    private final List<CommitNote> notes;
    private long taken;

    Report(List<CommitNote> notes, List<BucketResult> results) {
      this.notes = notes;
      this.started =
          results.stream()
              .mapToLong(BucketResult::startedMillis)
              .reduce(clock.getAsLong(), Math::min);
    }

    /** What others have taken in of the upstream is in the counts of their commits. */
    void takenBefore(long sequence) {
      taken = sequence;
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
