package org.beamlakehouse.pipelines.internal.silver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.spread.Spread;
import org.beamlakehouse.io.merge.IcebergMerge;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Bronze to silver for all tables in one graph: read what bronze gained, parse and check it, merge
 * it, commit rows and progress of each table together.
 *
 * <p>Input: the bronze tables' snapshots, one per source. Output: one {@link CommittedSnapshot} per
 * silver table and one per dead letter table.
 */
public final class SilverHop
    extends PTransform<PCollection<CommittedSnapshot>, PCollection<CommittedSnapshot>> {
  private final CatalogConfig catalog;
  private final List<SourceTables> sources;
  private final Set<String> fullRefresh;
  private final RunContext run;

  /**
   * The hop of a run.
   *
   * @param fullRefresh silver tables to rebuild from the beginning of bronze
   */
  public SilverHop(
      CatalogConfig catalog, List<SourceTables> sources, Set<String> fullRefresh, RunContext run) {
    this.catalog = catalog;
    this.sources = List.copyOf(sources);
    this.fullRefresh = Set.copyOf(fullRefresh);
    this.run = run;
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<CommittedSnapshot> bronze) {
    Map<String, SourceTables> byBronzeTable = new LinkedHashMap<>();
    List<TableDefinition> definitions = new ArrayList<>();
    for (SourceTables source : sources) {
      byBronzeTable.put(source.bronzeTable(), source);
      definitions.addAll(source.tables());
    }

    TupleTag<ConformTask> tasksTag = new TupleTag<>("tasks") {};
    TupleTag<TablePlan> plansTag = new TupleTag<>("plans") {};
    TupleTag<KV<String, DeadLetterPlan>> deadLetterPlansTag = new TupleTag<>("deadLetterPlans") {};
    TupleTag<CommittedSnapshot> leftOutTag = new TupleTag<>("leftOut") {};
    PCollectionTuple planned =
        bronze.apply(
            "Plan",
            ParDo.of(
                    new PlanSilver(
                        catalog,
                        byBronzeTable,
                        fullRefresh,
                        run,
                        tasksTag,
                        plansTag,
                        deadLetterPlansTag,
                        leftOutTag))
                .withOutputTags(
                    tasksTag, TupleTagList.of(plansTag).and(deadLetterPlansTag).and(leftOutTag)));
    planned.get(tasksTag).setCoder(SerializableCoder.of(ConformTask.class));
    planned
        .get(deadLetterPlansTag)
        .setCoder(KvCoder.of(StringUtf8Coder.of(), SerializableCoder.of(DeadLetterPlan.class)));

    PCollection<KV<Shard, byte[]>> conformed =
        planned
            .get(tasksTag)
            .apply("Spread", Spread.evenly())
            .apply("Conform", ParDo.of(new ConformRecords(catalog, byBronzeTable, run)))
            .setCoder(IcebergMerge.blockCoder());

    IcebergMerge merge =
        IcebergMerge.into(catalog, definitions, run.pipelineVersion())
            .withRun(run.stamp(), OnFailure.TELL);
    PCollectionTuple prepared =
        PCollectionTuple.of(IcebergMerge.BLOCKS, conformed)
            .and(IcebergMerge.PLANS, planned.get(plansTag))
            .apply("Merge", merge.prepare());

    PCollectionTuple ofSources =
        PCollectionTuple.of(CommitDeadLetters.PLANS, planned.get(deadLetterPlansTag))
            .and(CommitDeadLetters.FOUND, prepared.get(IcebergMerge.OTHER_NOTES))
            .apply("CommitDeadLetters", new CommitDeadLetters(catalog, byBronzeTable, run));

    // Dead letters are recorded before any table moves its progress over them: after a crash in
    // between they are found recorded, never lost. Where they cannot be, none of the tables does.
    PCollection<CommittedSnapshot> merged =
        prepared
            .and(IcebergMerge.PLANS, planned.get(plansTag))
            .and(IcebergMerge.NOTES, ofSources.get(CommitDeadLetters.NOTES))
            .apply("Commit", merge.commit());
    return PCollectionList.of(merged)
        .and(ofSources.get(CommitDeadLetters.COMMITTED))
        .and(planned.get(leftOutTag))
        .apply("AllTables", Flatten.pCollections());
  }
}
