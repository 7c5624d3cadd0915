package org.beamlakehouse.io.merge;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.merge.graph.CommitTables;
import org.beamlakehouse.io.internal.merge.graph.MergeShards;
import org.beamlakehouse.io.internal.merge.graph.MergeTags;
import org.beamlakehouse.io.internal.merge.graph.RefreshShards;
import org.beamlakehouse.io.internal.merge.shard.ShardResult;
import org.beamlakehouse.io.internal.merge.table.Clock;
import org.beamlakehouse.io.internal.merge.table.MergeTargets;
import org.beamlakehouse.io.internal.merge.table.Partitioning;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.ConcurrentCommitException;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.merge.MergeRules;
import org.beamlakehouse.transforms.internal.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Merges the changes of any number of tables into Iceberg tables, one atomic commit per table and
 * window.
 *
 * <p>Input is a tuple of
 *
 * <ul>
 *   <li>{@link #CHANGES}: the changes of all tables, in any order and with repetitions (its coder
 *       is {@code ChangeEventCoder}); or
 *   <li>{@link #BLOCKS}: the same, packed by {@link ChangePacking} where they were made; or both.
 *       Notes may be among them;
 *   <li>{@link #PLANS}: exactly one plan per table and window, also where nothing changed. May be
 *       left out where no progress is kept;
 *   <li>{@link #NOTES}: any number of notes to the commits. May be left out.
 * </ul>
 *
 * <p>Output is exactly one {@link CommittedSnapshot} per plan. The inputs are windowed alike; a
 * window is one commit. Changes of a table without a plan in their window are committed too, with
 * no progress kept.
 *
 * <p>A merge works on the snapshot it found. Where another commit gets in between, be it a
 * compaction, another engine's delete or another merge, what that commit touched is merged again on
 * top of it: nothing of either is lost or doubled. A table that others commit to all the time makes
 * the merge fail with a {@link ConcurrentCommitException} after a bounded number of attempts.
 *
 * <p>Target tables that do not exist are created as their definitions say; existing ones are
 * checked. A run that fails at any point may simply be run again. Where one table fails the whole
 * pipeline does, unless {@link #withRun} says otherwise.
 */
@AutoValue
public abstract class IcebergMerge
    extends PTransform<PCollectionTuple, PCollection<CommittedSnapshot>> {
  private static final long serialVersionUID = 1L;

  /** The changes to merge. */
  public static final TupleTag<ChangeEvent> CHANGES = new TupleTag<>("changes");

  /** Changes to merge and notes, packed by {@link ChangePacking} for the same tables. */
  public static final TupleTag<KV<Shard, byte[]>> BLOCKS = new TupleTag<>("blocks");

  /** What the changes are, one plan per table and window. */
  public static final TupleTag<TablePlan> PLANS = MergeTags.PLANS;

  /** What earlier stages have to say to the commits, by table. */
  public static final TupleTag<KV<String, CommitNote>> NOTES = MergeTags.NOTES;

  /** Notes to tables that are not those of the merge and came with the changes, by table. */
  public static final TupleTag<KV<String, CommitNote>> OTHER_NOTES = MergeTags.OTHER_NOTES;

  abstract CatalogConfig catalog();

  abstract List<TableDefinition> tables();

  abstract String pipelineVersion();

  abstract Clock clock();

  abstract RunStamp run();

  abstract OnFailure onFailure();

  abstract Builder toBuilder();

  /**
   * A merge into tables of a catalog.
   *
   * @param tables the definitions of all tables that changes may be for
   * @param pipelineVersion value of {@code pipeline_version} in the rows that are written
   */
  public static IcebergMerge into(
      CatalogConfig catalog, List<TableDefinition> tables, String pipelineVersion) {
    return new AutoValue_IcebergMerge.Builder()
        .catalog(catalog)
        .tables(List.copyOf(tables))
        .pipelineVersion(pipelineVersion)
        .clock(Clock.SYSTEM)
        .run(RunStamp.NONE)
        .onFailure(OnFailure.THROW)
        .build();
  }

  /**
   * The same merge as a part of a run.
   *
   * @param run what the commits say of it in their snapshots; {@link RunStamp#NONE} by default
   * @param onFailure whether the failure of one table ends the pipeline, which is the default, or
   *     is told in the table's {@link CommittedSnapshot} with the status {@code failed}; who does
   *     not look at that takes a table for merged which is not
   */
  public IcebergMerge withRun(RunStamp run, OnFailure onFailure) {
    return toBuilder().run(run).onFailure(onFailure).build();
  }

  /** The same merge with another clock, for tests. */
  IcebergMerge withClock(Clock clock) {
    return toBuilder().clock(clock).build();
  }

  /** Coder of {@link #BLOCKS}. */
  public static Coder<KV<Shard, byte[]>> blockCoder() {
    return MergeTags.blockCoder();
  }

  /** Coder of {@link #NOTES} and {@link #OTHER_NOTES}. */
  public static Coder<KV<String, CommitNote>> noteCoder() {
    return MergeTags.noteCoder();
  }

  /** The merge of changes alone, for pipelines that keep no progress in the tables. */
  public PTransform<PCollection<ChangeEvent>, PCollection<CommittedSnapshot>> ofChanges() {
    return PTransform.compose(
        "IcebergMerge", changes -> PCollectionTuple.of(CHANGES, changes).apply("Merge", this));
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollectionTuple input) {
    PCollectionTuple prepared = input.apply("Prepare", prepare());
    // A note that came with the changes and that nobody takes is an error, which the commit finds.
    PCollectionList<KV<String, CommitNote>> notes = PCollectionList.of(prepared.get(OTHER_NOTES));
    if (input.has(NOTES)) {
      notes = notes.and(input.get(NOTES));
    }
    PCollection<TablePlan> plans =
        input.has(PLANS)
            ? input.get(PLANS)
            : prepared
                .get(MergeTags.RESULTS)
                .apply("NoPlans", ParDo.of(new NoPlans()))
                .setCoder(TablePlan.Coder.of());
    return prepared
        .and(PLANS, plans)
        .and(NOTES, notes.apply("AllNotes", Flatten.pCollections()))
        .apply("CommitTables", commit());
  }

  /**
   * The merge without its commits, for pipelines that have to do something else before these: files
   * are written, and no table changes. Input is changes and plans. Its output is {@link
   * #OTHER_NOTES} and, with plans and notes added to it, the input of {@link #commit()}.
   */
  public PTransform<PCollectionTuple, PCollectionTuple> prepare() {
    return PTransform.compose("PrepareIcebergMerge", this::written);
  }

  /**
   * The commits of what {@link #prepare()} gave, with {@link #PLANS} and {@link #NOTES} added to
   * it. A commit waits for all notes of its window: a collection of notes that depends on something
   * else, be there any or none, has that done before.
   */
  public PTransform<PCollectionTuple, PCollection<CommittedSnapshot>> commit() {
    return new CommitTables(checkedTables());
  }

  private PCollectionTuple written(PCollectionTuple input) {
    MergeTargets tables = checkedTables();
    PCollectionList<KV<Shard, byte[]>> blocks = PCollectionList.empty(input.getPipeline());
    if (input.has(PLANS)) {
      blocks = blocks.and(input.get(PLANS).apply("RefreshShards", new RefreshShards(tables)));
    }
    if (input.has(CHANGES)) {
      blocks = blocks.and(input.get(CHANGES).apply("PackChanges", new PackChanges(tables)));
    }
    if (input.has(BLOCKS)) {
      blocks = blocks.and(input.get(BLOCKS));
    }
    return blocks
        .apply("FlattenShards", Flatten.pCollections())
        .apply("GroupByShard", GroupByKey.create())
        .apply("MergeBuckets", new MergeShards(tables));
  }

  /** The tables; finds what is wrong with their definitions while the pipeline is built. */
  private MergeTargets checkedTables() {
    if (tables().isEmpty()) {
      throw new IllegalArgumentException("Cannot merge: no tables are given");
    }
    for (TableDefinition table : tables()) {
      ChangeMapper.of(table, pipelineVersion());
      MergeRules.of(table);
      Partitioning.ofTarget(table, SilverTables.targetSchema(table));
    }
    return MergeTargets.of(catalog(), tables(), pipelineVersion(), clock())
        .with(run(), onFailure());
  }

  /** No plans, windowed as the input. */
  private static final class NoPlans extends DoFn<KV<String, ShardResult>, TablePlan> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void drop() {
      // Nothing is what comes out.
    }
  }

  /** Builder of {@link IcebergMerge}. */
  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder catalog(CatalogConfig catalog);

    abstract Builder tables(List<TableDefinition> tables);

    abstract Builder pipelineVersion(String version);

    abstract Builder clock(Clock clock);

    abstract Builder run(RunStamp run);

    abstract Builder onFailure(OnFailure onFailure);

    abstract IcebergMerge build();
  }
}
