package org.beamlakehouse.io.merge;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.merge.MergeRules;
import org.beamlakehouse.transforms.pack.ChangeMapper;
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
 *   <li>{@link #BLOCKS}: the same, packed by {@link ChangePacking} where they were made; or both;
 *   <li>{@link #PLANS}: exactly one plan per table and window, also where nothing changed;
 *   <li>{@link #NOTES}: any number of notes to the commits. May be left out.
 * </ul>
 *
 * <p>Output is exactly one {@link CommittedSnapshot} per plan. The three inputs are windowed alike;
 * a window is one commit. Changes of a table without a plan in their window are committed too, with
 * no progress kept.
 *
 * <p>A merge works on the snapshot it found. Where another commit gets in between, be it a
 * compaction, another engine's delete or another merge, what that commit touched is merged again on
 * top of it: nothing of either is lost or doubled. A table that others commit to all the time makes
 * the merge fail with a {@link ConcurrentCommitException} after a bounded number of attempts.
 *
 * <p>Target tables that do not exist are created as their definitions say; existing ones are
 * checked. A run that fails at any point may simply be run again.
 */
@AutoValue
public abstract class IcebergMerge
    extends PTransform<PCollectionTuple, PCollection<CommittedSnapshot>> {
  private static final long serialVersionUID = 1L;

  /** The changes to merge. */
  public static final TupleTag<ChangeEvent> CHANGES = new TupleTag<>("changes");

  /** Changes to merge, packed by {@link ChangePacking} for the same tables. */
  public static final TupleTag<KV<Shard, byte[]>> BLOCKS = new TupleTag<>("blocks");

  /** What the changes are, one plan per table and window. */
  public static final TupleTag<TablePlan> PLANS = new TupleTag<>("plans");

  /** What earlier stages have to say to the commits. */
  public static final TupleTag<CommitNote> NOTES = new TupleTag<>("notes");

  abstract CatalogConfig catalog();

  abstract List<TableDefinition> tables();

  abstract String pipelineVersion();

  abstract Clock clock();

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
        .build();
  }

  /** The same merge with another clock, for tests. */
  IcebergMerge withClock(Clock clock) {
    return toBuilder().clock(clock).build();
  }

  /** Coder of {@link #BLOCKS}. */
  public static Coder<KV<Shard, byte[]>> blockCoder() {
    return KvCoder.of(new Shard.Coder(), ByteArrayCoder.of());
  }

  /** The merge of changes alone, for pipelines that keep no progress in the tables. */
  public PTransform<PCollection<ChangeEvent>, PCollection<CommittedSnapshot>> ofChanges() {
    return new OfChanges(this);
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollectionTuple input) {
    check();
    Tables tables = Tables.of(catalog(), tables(), pipelineVersion(), clock());
    PCollection<TablePlan> plans = input.get(PLANS);
    PCollection<CommitNote> notes =
        input.has(NOTES) ? input.get(NOTES) : none(plans, CommitNote.Coder.of());
    PCollectionList<KV<Shard, byte[]>> blocks =
        PCollectionList.of(plans.apply("RefreshShards", new RefreshShards(tables)));
    if (input.has(CHANGES)) {
      blocks = blocks.and(input.get(CHANGES).apply("PackChanges", new PackChanges(tables)));
    }
    if (input.has(BLOCKS)) {
      blocks = blocks.and(input.get(BLOCKS));
    }
    PCollection<KV<String, BucketResult>> results =
        blocks
            .apply("FlattenShards", Flatten.pCollections())
            .apply("GroupByShard", GroupByKey.create())
            .apply("MergeBuckets", new MergeBuckets(tables));
    return KeyedPCollectionTuple.of(
            CommitTables.PLANS,
            plans
                .apply(
                    "PlansByTable",
                    WithKeys.of(TablePlan::table).withKeyType(TypeDescriptors.strings()))
                .setCoder(KvCoder.of(StringUtf8Coder.of(), TablePlan.Coder.of())))
        .and(
            CommitTables.NOTES,
            notes
                .apply(
                    "NotesByTable",
                    WithKeys.of(CommitNote::table).withKeyType(TypeDescriptors.strings()))
                .setCoder(KvCoder.of(StringUtf8Coder.of(), CommitNote.Coder.of())))
        .and(CommitTables.RESULTS, results)
        .apply("CommitTables", new CommitTables(tables));
  }

  /** Finds what is wrong with the definitions while the pipeline is built. */
  private void check() {
    if (tables().isEmpty()) {
      throw new IllegalArgumentException("Cannot merge: no tables are given");
    }
    for (TableDefinition table : tables()) {
      ChangeMapper.of(table, pipelineVersion());
      MergeRules.of(table);
      Partitioning.ofTarget(table, SilverTables.targetSchema(table));
    }
  }

  /** An empty collection, windowed as another one. */
  private static <InputT, T> PCollection<T> none(PCollection<InputT> like, Coder<T> coder) {
    return like.apply("None", ParDo.of(new NoneFn<InputT, T>())).setCoder(coder);
  }

  private static final class NoneFn<InputT, T> extends DoFn<InputT, T> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void drop() {
      // Nothing is what comes out.
    }
  }

  private static final class OfChanges
      extends PTransform<PCollection<ChangeEvent>, PCollection<CommittedSnapshot>> {
    private static final long serialVersionUID = 1L;

    private final IcebergMerge merge;

    OfChanges(IcebergMerge merge) {
      this.merge = merge;
    }

    @Override
    public PCollection<CommittedSnapshot> expand(PCollection<ChangeEvent> changes) {
      return PCollectionTuple.of(CHANGES, changes)
          .and(PLANS, none(changes, TablePlan.Coder.of()))
          .apply("Merge", merge);
    }
  }

  /** Builder of {@link IcebergMerge}. */
  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder catalog(CatalogConfig catalog);

    abstract Builder tables(List<TableDefinition> tables);

    abstract Builder pipelineVersion(String version);

    abstract Builder clock(Clock clock);

    abstract IcebergMerge build();
  }
}
