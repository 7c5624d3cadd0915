package org.beamlakehouse.pipelines.silver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.merge.CommitNote;
import org.beamlakehouse.io.merge.IcebergMerge;
import org.beamlakehouse.io.merge.Shard;
import org.beamlakehouse.io.merge.TablePlan;
import org.beamlakehouse.io.spread.Spread;
import org.beamlakehouse.pipelines.ops.RunContext;
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

    TupleTag<TablePlan> plansTag = new TupleTag<>("plans") {};
    TupleTag<DeadLetterPlan> deadLetterPlansTag = new TupleTag<>("deadLetterPlans") {};
    PCollectionTuple planned =
        bronze.apply(
            "Plan",
            ParDo.of(
                    new PlanSilver(
                        catalog, byBronzeTable, fullRefresh, plansTag, deadLetterPlansTag))
                .withOutputTags(
                    ConformRecords.TASKS, TupleTagList.of(plansTag).and(deadLetterPlansTag)));
    planned.get(ConformRecords.TASKS).setCoder(SerializableCoder.of(ConformTask.class));
    planned.get(plansTag).setCoder(SerializableCoder.of(TablePlan.class));
    planned.get(deadLetterPlansTag).setCoder(SerializableCoder.of(DeadLetterPlan.class));

    PCollectionTuple conformed =
        planned
            .get(ConformRecords.TASKS)
            .apply("Spread", Spread.evenly())
            .apply(
                "Conform",
                ParDo.of(new ConformRecords(catalog, byBronzeTable, run))
                    .withOutputTags(
                        ConformRecords.BLOCKS,
                        TupleTagList.of(ConformRecords.NOTES).and(ConformRecords.DEAD_LETTERS)));
    PCollection<KV<Shard, byte[]>> blocks =
        conformed.get(ConformRecords.BLOCKS).setCoder(IcebergMerge.blockCoder());
    conformed.get(ConformRecords.NOTES).setCoder(SerializableCoder.of(CommitNote.class));
    conformed.get(ConformRecords.DEAD_LETTERS).setCoder(SerializableCoder.of(DeadLetters.class));

    PCollection<CommittedSnapshot> deadLetters =
        PCollectionTuple.of(CommitDeadLetters.PLANS, planned.get(deadLetterPlansTag))
            .and(CommitDeadLetters.FOUND, conformed.get(ConformRecords.DEAD_LETTERS))
            .apply("CommitDeadLetters", new CommitDeadLetters(catalog));

    // Dead letters are recorded before any table moves its progress over them: after a crash in
    // between they are found recorded, never lost.
    PCollection<TablePlan> plans =
        planned.get(plansTag).apply("AfterDeadLetters", Wait.on(deadLetters));
    PCollection<CommittedSnapshot> merged =
        PCollectionTuple.of(IcebergMerge.BLOCKS, blocks)
            .and(IcebergMerge.PLANS, plans)
            .and(IcebergMerge.NOTES, conformed.get(ConformRecords.NOTES))
            .apply("Merge", IcebergMerge.into(catalog, definitions, run.pipelineVersion()));
    return PCollectionList.of(merged).and(deadLetters).apply("AllTables", Flatten.pCollections());
  }
}
