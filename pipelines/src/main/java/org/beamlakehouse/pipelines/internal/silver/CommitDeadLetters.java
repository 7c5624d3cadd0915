package org.beamlakehouse.pipelines.internal.silver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.io.internal.iceberg.report.CommitReport;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.internal.iceberg.side.AppendWithProgress;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.beamlakehouse.io.merge.IcebergMerge;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.silver.sourcelog.JudgeLogs;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What concerns a source as a whole: commits the records that could not be parsed to {@code
 * <bronze>__dead_letter}, once each (the commit carries the progress in bronze and is skipped where
 * it was made before), tells what else of a source went nowhere, and tells the source's tables what
 * became of its logs.
 */
final class CommitDeadLetters extends PTransform<PCollectionTuple, PCollectionTuple> {
  private static final Logger LOG = LoggerFactory.getLogger(CommitDeadLetters.class);

  static final TupleTag<KV<String, DeadLetterPlan>> PLANS = new TupleTag<>("plans") {};
  static final TupleTag<KV<String, CommitNote>> FOUND = new TupleTag<>("found") {};

  /** The dead letter tables. */
  static final TupleTag<CommittedSnapshot> COMMITTED = new TupleTag<>("committed") {};

  /**
   * Notes to the silver tables, by their names: of the source's logs, and of dead letters that
   * could not be recorded.
   */
  static final TupleTag<KV<String, CommitNote>> NOTES = new TupleTag<>("notes") {};

  private static final TupleTag<DeadLetterPlan> PLAN = new TupleTag<>("plan") {};
  private static final TupleTag<CommitNote> OF_SOURCE = new TupleTag<>("ofSource") {};

  private final CatalogConfig catalog;
  private final Map<String, SourceTables> sources;
  private final RunContext run;

  /**
   * Commits the dead letters of some sources.
   *
   * @param sources by their bronze tables
   */
  CommitDeadLetters(CatalogConfig catalog, Map<String, SourceTables> sources, RunContext run) {
    this.catalog = catalog;
    this.sources = new LinkedHashMap<>(sources);
    this.run = run;
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    PCollectionTuple committed =
        KeyedPCollectionTuple.of(PLAN, input.get(PLANS))
            .and(OF_SOURCE, input.get(FOUND))
            .apply("ByTable", CoGroupByKey.create())
            .apply(
                "Commit",
                ParDo.of(new Commit(catalog, sources, run))
                    .withOutputTags(COMMITTED, TupleTagList.of(NOTES)));
    committed.get(NOTES).setCoder(IcebergMerge.noteCoder());
    return committed;
  }

  private static final class Commit extends DoFn<KV<String, CoGbkResult>, CommittedSnapshot> {
    private static final String HOP = "bronze";
    private static final String SHARED_TOMBSTONES = "skipped:shared_tombstone";

    private final CatalogConfig catalog;
    private final Map<String, SourceTables> sources;
    private final RunContext run;

    /** Tables that no contract takes and of which it was told, by bronze table. */
    private transient Map<String, Set<String>> told;

    Commit(CatalogConfig catalog, Map<String, SourceTables> sources, RunContext run) {
      this.catalog = catalog;
      this.sources = sources;
      this.run = run;
    }

    @Setup
    public void setUp() {
      told = new HashMap<>();
    }

    @ProcessElement
    public void commit(@Element KV<String, CoGbkResult> element, MultiOutputReceiver out) {
      long started = System.currentTimeMillis();
      CommittedSnapshot result;
      try {
        DeadLetterPlan plan = element.getValue().getOnly(PLAN);
        JudgeLogs logs = new JudgeLogs(catalog, run);
        JudgeLogs.Judgement judged = logs.judge(plan.logs(), element.getValue().getAll(OF_SOURCE));
        result = commit(plan, element.getValue().getAll(OF_SOURCE), judged.hidden(), started);
        if (!result.getStatus().equals(CommittedSnapshot.FAILED)) {
          logs.keep(plan.bronzeTable(), plan.logs(), judged);
          judged.notes().forEach(note -> out.get(NOTES).output(KV.of(note.table(), note)));
        }
      } catch (RuntimeException e) {
        if (FailureMessage.isInterruption(e)) {
          throw e;
        }
        String table = element.getKey();
        LOG.debug("Cannot record dead letters in {}", table, e);
        result = failed(table, FailureMessage.of("record dead letters in", table, e), started);
      }
      if (result.getStatus().equals(CommittedSnapshot.FAILED)) {
        tellTables(result, out.get(NOTES));
      }
      out.get(COMMITTED).output(result);
    }

    /** Tells the tables of a source that its dead letters could not be recorded. */
    private void tellTables(
        CommittedSnapshot deadLetters, OutputReceiver<KV<String, CommitNote>> notes) {
      for (SourceTables source : sources.values()) {
        if (source.deadLetterTable().equals(deadLetters.getTable())) {
          for (TableDefinition table : source.tables()) {
            notes.output(
                KV.of(table.name(), CommitNote.failed(table.name(), deadLetters.getMessage())));
          }
        }
      }
    }

    private static CommittedSnapshot failed(String table, String message, long started) {
      return CommittedSnapshot.of(
          HOP,
          table,
          null,
          CommittedSnapshot.FAILED,
          Map.of(),
          message,
          started,
          System.currentTimeMillis());
    }

    private CommittedSnapshot commit(
        DeadLetterPlan plan,
        Iterable<CommitNote> ofSource,
        Collection<String> toldOfLogs,
        long started) {
      List<SideFile> files = new ArrayList<>();
      List<CommitNote> parts = new ArrayList<>();
      for (CommitNote part : ofSource) {
        if (part.failure() != null) {
          // What is missing may have dead letters, too.
          return failed(plan.deadLetterTable(), part.failure(), started);
        }
        files.addAll(part.sideFiles());
        parts.add(part);
      }
      Map<String, Long> counts = counts(parts, 0);
      Set<String> toldOfSource =
          told.computeIfAbsent(plan.bronzeTable(), unused -> new HashSet<>());
      String notice =
          Stream.concat(
                  Stream.of(
                          UnclaimedRecords.tell(
                              sources.get(plan.bronzeTable()), counts, toldOfSource),
                          sharedTombstones(plan.bronzeTable(), counts, toldOfSource))
                      .flatMap(Optional::stream),
                  toldOfLogs.stream())
              .collect(Collectors.joining("; "));
      Snapshot made = null;
      if (!files.isEmpty()) {
        Table table = SideTables.ensure(catalog, plan.deadLetterTable());
        // What another run has recorded meanwhile is in the counts of its commit.
        made =
            AppendWithProgress.commit(
                table,
                files,
                plan.bronzeTable(),
                plan.upTo(),
                taken -> {
                  Map<String, Long> now = counts(parts, taken);
                  counts.keySet().retainAll(now.keySet());
                  counts.replaceAll((name, count) -> now.get(name));
                  return CommitReport.json(run.stamp(), HOP, counts, started);
                });
        if (made == null) {
          counts.remove(CommittedSnapshot.DEAD_LETTERS);
        }
      }
      return CommittedSnapshot.of(
          HOP,
          plan.deadLetterTable(),
          made == null ? null : made.snapshotId(),
          made == null ? CommittedSnapshot.UNCHANGED : CommittedSnapshot.COMMITTED,
          counts,
          notice.isEmpty() ? null : notice,
          started,
          System.currentTimeMillis());
    }

    /** Tells once of tombstones whose table nothing tells. */
    private static Optional<String> sharedTombstones(
        String bronze, Map<String, Long> counts, Set<String> told) {
      Long shared = counts.get(SHARED_TOMBSTONES);
      if (shared == null || !told.add(SHARED_TOMBSTONES)) {
        return Optional.empty();
      }
      return Optional.of(
          String.format(
              "%d tombstones in %s are of topics that feed tables by the names in their records:"
                  + " they do not say which table they are for and delete nothing; let each table"
                  + " have a topic of its own, or keep deletes from compaction",
              shared, bronze));
    }

    /** Of what came after some commit of bronze. */
    private static Map<String, Long> counts(List<CommitNote> parts, long taken) {
      Map<String, Long> counts = new TreeMap<>();
      for (CommitNote part : parts) {
        if (part.upstreamSequence() > taken) {
          part.counts().forEach((name, count) -> counts.merge(name, count, Long::sum));
        }
      }
      return counts;
    }
  }
}
