package org.beamlakehouse.io.internal.merge.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.internal.iceberg.report.FailureMessage;
import org.beamlakehouse.io.internal.merge.commit.CommitStep;
import org.beamlakehouse.io.internal.merge.commit.TableCommit;
import org.beamlakehouse.io.internal.merge.shard.ShardMerge;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.MergeOptions;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings together all that was prepared for a table in a window and commits it once. */
public final class CommitTables
    extends PTransform<PCollectionTuple, PCollection<CommittedSnapshot>> {
  private static final long serialVersionUID = 1L;

  private static final TupleTag<TablePlan> PLANS = new TupleTag<>("plans");
  private static final TupleTag<CommitNote> OWN_NOTES = new TupleTag<>("ownNotes");
  private static final TupleTag<CommitNote> NOTES = new TupleTag<>("notes");
  private static final TupleTag<ShardResult> RESULTS = new TupleTag<>("results");

  private final MergeTargets tables;

  public CommitTables(MergeTargets tables) {
    this.tables = tables;
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollectionTuple prepared) {
    return KeyedPCollectionTuple.of(
            PLANS,
            prepared
                .get(MergeTags.PLANS)
                .apply(
                    "PlansByTable",
                    WithKeys.of(TablePlan::table).withKeyType(TypeDescriptors.strings()))
                .setCoder(KvCoder.of(StringUtf8Coder.of(), TablePlan.Coder.of())))
        .and(OWN_NOTES, prepared.get(MergeTags.OWN_NOTES))
        .and(NOTES, prepared.get(MergeTags.NOTES))
        .and(RESULTS, prepared.get(MergeTags.RESULTS))
        .apply("GroupByTable", CoGroupByKey.create())
        .apply("Commit", ParDo.of(new CommitFn(tables)));
  }

  private static final class CommitFn extends DoFn<KV<String, CoGbkResult>, CommittedSnapshot> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(CommitTables.class);

    private final MergeTargets tables;

    CommitFn(MergeTargets tables) {
      this.tables = tables;
    }

    @ProcessElement
    public void commit(
        @Element KV<String, CoGbkResult> element,
        PipelineOptions options,
        OutputReceiver<CommittedSnapshot> output) {
      long started = System.nanoTime();
      String table = element.getKey();
      List<TablePlan> plans = list(element.getValue(), PLANS);
      if (plans.size() > 1) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot commit to %s: there are %d plans for it in one window; give exactly one",
                table, plans.size()));
      }
      List<CommitNote> notes = list(element.getValue(), OWN_NOTES);
      notes.addAll(list(element.getValue(), NOTES));
      List<ShardResult> results = list(element.getValue(), RESULTS);
      if (plans.isEmpty()
          && results.isEmpty()
          && notes.stream().allMatch(note -> note.failure() != null)) {
        // Nothing was to be done for the table in this window.
        return;
      }
      CommittedSnapshot committed;
      try {
        ShardMerge merge =
            new ShardMerge(
                tables.catalog(), tables.get(table), tables.clock(), MergeOptions.memory(options));
        committed =
            new TableCommit(tables, tables.get(table), merge, CommitStep.Observer.NONE)
                .commit(
                    plans.isEmpty() ? TablePlan.untracked(table) : plans.get(0), notes, results);
      } catch (RuntimeException e) {
        if (!tables.isTold(e)) {
          throw e;
        }
        LOG.debug("Cannot commit to {}", table, e);
        long now = tables.clock().getAsLong();
        committed =
            CommittedSnapshot.of(
                TableCommit.HOP,
                table,
                null,
                CommittedSnapshot.FAILED,
                Map.of(),
                FailureMessage.of("publish", table, e),
                now,
                now);
      }
      MergeMetrics.COMMIT_MILLIS.update((System.nanoTime() - started) / 1_000_000);
      tellFreshness(committed, notes);
      output.output(committed);
    }

    private void tellFreshness(CommittedSnapshot committed, List<CommitNote> notes) {
      if (committed.getStatus().equals(CommittedSnapshot.COMMITTED)) {
        notes.stream()
            .map(CommitNote::newestMillis)
            .filter(Objects::nonNull)
            .max(Long::compare)
            .ifPresent(
                newest ->
                    MergeMetrics.freshnessMillis(committed.getTable())
                        .set(tables.clock().getAsLong() - newest));
      }
    }

    private static <T> List<T> list(CoGbkResult group, TupleTag<T> tag) {
      List<T> values = new ArrayList<>();
      group.getAll(tag).forEach(values::add);
      return values;
    }
  }
}
