package org.beamlakehouse.io.internal.merge.commit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.SnapshotUtil;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.merge.HistoryAndEventsMergeTest;
import org.beamlakehouse.io.merge.LatestMergeTest;
import org.beamlakehouse.io.merge.OtherWriter;
import org.beamlakehouse.io.merge.ReferencedFiles;
import org.beamlakehouse.io.merge.TableInvariants;
import org.beamlakehouse.io.merge.TestTables;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A commit whose results come again: every subset of them as they were with the others made anew,
 * at every step of the commit, after it died there or while it goes on. Rows and files are as if
 * all had come once: each change is there, each file that a snapshot names is there, and nothing is
 * there twice.
 *
 * <p>Tables of all three kinds, all modes of plans and other writers take turns; the long form,
 * {@code -Dlakehouse.test.results=8}, has twice the results and every kind with every mode. What
 * real processes and runners do beside is for the suites that kill runs.
 */
class RedeliveryIT {
  private static final int RESULTS = Integer.getInteger("lakehouse.test.results", 4);
  private static final boolean ALL = RESULTS > 4;
  private static final CommitStep NEVER = null;

  @TempDir Path folder;
  private CatalogConfig catalog;
  private int cases;

  @BeforeEach
  void openCatalog() {
    catalog = TestTables.catalog(folder);
  }

  /** What the plan of a commit is. */
  private enum Kind {
    INCREMENTAL,
    UNTRACKED,
    REPLAY,
    FULL_REFRESH
  }

  @Test
  void afterTheCommitDied() {
    for (CommitStep step : steps()) {
      forEachSubset(
          (subset, case_) -> {
            boolean before = case_.number % 2 == 0;
            List<ShardResult> mixed = before ? case_.mixed(subset) : List.of();
            case_.execute(case_.first, new DiesAt(step));
            mixed = before ? mixed : case_.mixed(subset);
            case_.maybeOthers();
            case_.execute(mixed, CommitStep.Observer.NONE);
            case_.execute(case_.only(subset), CommitStep.Observer.NONE);
            case_.execute(case_.first, CommitStep.Observer.NONE);
          });
    }
  }

  @Test
  void whileTheCommitGoesOn() {
    for (CommitStep step : CommitStep.values()) {
      forEachSubset(
          (subset, case_) -> {
            List<ShardResult> mixed = case_.mixed(subset);
            case_.execute(
                case_.first,
                new AtFirst(
                    step,
                    () -> {
                      case_.maybeOthers();
                      case_.execute(mixed, CommitStep.Observer.NONE);
                    }));
            case_.execute(mixed, CommitStep.Observer.NONE);
          });
    }
  }

  @Test
  void byThreadsThatCommitAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Random random = new Random(14);
      for (int round = 0; round < (ALL ? 100 : 6); round++) {
        Case one = new Case(cases++);
        List<ShardResult> mixed = one.mixed(random.nextInt(1 << RESULTS));
        Future<?> first = threads.submit(() -> one.execute(one.first, CommitStep.Observer.NONE));
        Future<?> second = threads.submit(() -> one.execute(mixed, CommitStep.Observer.NONE));
        first.get();
        second.get();
        one.check();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void longAfterNewerOnes() {
    forEachSubset(
        (subset, case_) -> {
          List<ShardResult> mixed = case_.mixed(subset);
          case_.execute(case_.first, CommitStep.Observer.NONE);
          case_.newerOnes();
          case_.execute(mixed, CommitStep.Observer.NONE);
          case_.execute(case_.first, CommitStep.Observer.NONE);
        });
  }

  /** All steps, and after the last one. */
  private static List<@Nullable CommitStep> steps() {
    List<CommitStep> steps = new ArrayList<>(List.of(CommitStep.values()));
    steps.add(NEVER);
    return steps;
  }

  private interface Body {
    void run(int subset, Case case_);
  }

  private void forEachSubset(Body body) {
    for (int subset = 0; subset < 1 << RESULTS; subset++) {
      int turns = ALL ? 3 * Kind.values().length : 1;
      for (int turn = 0; turn < turns; turn++) {
        Case one = new Case(cases++);
        try {
          body.run(subset, one);
          one.check();
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(one + ", subset " + Integer.toBinaryString(subset), e);
        }
      }
    }
  }

  /** One table and a batch that was worked. */
  private final class Case {
    private final int number;
    private final Kind kind;
    private final TestTables table;
    private final List<Change> batch;
    private final TablePlan plan;
    private final List<ShardResult> first;
    private final int before;
    private boolean newer;

    Case(int number) {
      this.number = number;
      this.kind = Kind.values()[(number / 3) % Kind.values().length];
      this.table = new TestTables(catalog, definition(number));
      boolean events = number % 3 == 2;
      table.merge(changes(events, 1));
      this.batch = changes(events, 2);
      this.plan = plan();
      if (kind == Kind.FULL_REFRESH) {
        table.prepare(batch);
        batch.addAll(0, changes(events, 1));
        this.first = again();
      } else {
        this.first = table.prepare(batch);
      }
      assertThat(this.toString(), first, hasSize(RESULTS));
      this.before = snapshots(table.table());
    }

    private TableDefinition definition(int number) {
      TableDefinition.Builder builder =
          switch (number % 3) {
            case 0 -> LatestMergeTest.orders().deletes(DeleteMode.HARD);
            case 1 -> HistoryAndEventsMergeTest.customers();
            default -> HistoryAndEventsMergeTest.clicks();
          };
      return builder
          .name("silver.t" + number)
          .partitionBy(List.of("bucket(" + RESULTS + ", id)"))
          .tableProperties(java.util.Map.of(TableProperties.COMMIT_MIN_RETRY_WAIT_MS, "1"))
          .build();
    }

    private TablePlan plan() {
      String name = table.definition().name();
      Progress.Position upTo = new Progress.Position(1002, 2);
      return switch (kind) {
        case INCREMENTAL -> TablePlan.incremental(name, TestTables.UPSTREAM, upTo);
        case UNTRACKED -> TablePlan.untracked(name);
        case REPLAY -> TablePlan.replay(name, TestTables.UPSTREAM, new Progress.Position(1001, 1));
        case FULL_REFRESH -> TablePlan.fullRefresh(name, TestTables.UPSTREAM, upTo);
      };
    }

    /** Changes for all shards: new rows, changed and deleted ones, and what only a ledger knows. */
    private List<Change> changes(boolean events, int batch) {
      List<Change> changes = new ArrayList<>();
      // Every third batch is too large to travel with the results.
      int length = number % 3 == 0 && batch == 2 ? 100_000 : 1;
      for (long id = 0; id < 6L * RESULTS; id++) {
        long sequence = 10L * batch + id % 3;
        if (events) {
          Instant at = TestTables.time(sequence);
          changes.add(table.upsert(sequence, "e" + id % (4L * RESULTS * batch), at, "p" + batch));
        } else if (batch == 2 && id % 3 == 0) {
          changes.add(table.delete(sequence, id + RESULTS));
        } else {
          changes.add(
              table.upsert(
                  sequence, id, "v" + batch % (1 + id % 2), id == 5 ? noise(length) : "n"));
        }
      }
      return changes;
    }

    private String noise(int length) {
      return new Random(number)
          .ints(length, 'a', 'z')
          .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
          .toString();
    }

    private List<ShardResult> again() {
      return table.prepare(
          batch,
          kind == Kind.FULL_REFRESH ? TablePlan.Mode.FULL_REFRESH : TablePlan.Mode.INCREMENTAL);
    }

    /** A subset of the results as they were, and the others made anew. */
    List<ShardResult> mixed(int subset) {
      List<ShardResult> mixed = new ArrayList<>(again());
      for (int i = 0; i < RESULTS; i++) {
        if ((subset >> i & 1) == 1) {
          mixed.set(i, first.get(i));
        }
      }
      return mixed;
    }

    List<ShardResult> only(int subset) {
      List<ShardResult> only = new ArrayList<>();
      for (int i = 0; i < RESULTS; i++) {
        if ((subset >> i & 1) == 1) {
          only.add(first.get(i));
        }
      }
      return only;
    }

    void execute(List<ShardResult> results, CommitStep.Observer observer) {
      try {
        table.commit(plan, results, observer);
      } catch (Death e) {
        // As it was told to.
      }
    }

    /** Now and then somebody compacts the table or its ledger in between. */
    void maybeOthers() {
      if (number % 4 == 1) {
        new OtherWriter(table.table()).compact();
      } else if (number % 4 == 2 && Catalogs.exists(catalog, table.definition().ledgerName())) {
        new OtherWriter(table.ledger()).compact();
      }
    }

    /** What others merge afterwards: none of it may be taken back. */
    void newerOnes() {
      newer = true;
      boolean events = number % 3 == 2;
      table.commit(table.plan(3), table.prepare(changes(events, 3)));
    }

    void check() {
      Table target = table.table();
      assertThat(this.toString(), table.rows(), equalTo(table.expected()));
      ReferencedFiles.check(this.toString(), target);
      TableInvariants.checkFiles(this.toString(), target);
      if (Catalogs.exists(catalog, table.definition().ledgerName())) {
        ReferencedFiles.check(this + " ledger", table.ledger());
      }
      if (kind == Kind.INCREMENTAL && number % 4 != 1 && !newer) {
        assertThat("commits: " + this, snapshots(target), is(before + 1));
      }
    }

    @Override
    public String toString() {
      return table.definition().name() + " " + table.definition().storage() + " " + kind;
    }
  }

  private static int snapshots(Table table) {
    return SnapshotUtil.ancestorIds(table.currentSnapshot(), table::snapshot).size();
  }

  /** How a step ends whose process is gone. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private record DiesAt(@Nullable CommitStep step) implements CommitStep.Observer {
    @Override
    public void reached(CommitStep reached) {
      if (reached == step) {
        throw new Death();
      }
    }
  }

  /** Does something when a step is reached for the first time. */
  private static final class AtFirst implements CommitStep.Observer {
    private final CommitStep step;
    private @Nullable Runnable action;

    AtFirst(CommitStep step, Runnable action) {
      this.step = step;
      this.action = action;
    }

    @Override
    public void reached(CommitStep reached) {
      if (reached == step && action != null) {
        Runnable once = action;
        action = null;
        once.run();
      }
    }
  }
}
