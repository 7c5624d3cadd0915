package org.beamlakehouse.pipelines.internal.graph;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.io.bronze.IngestFiles;
import org.beamlakehouse.io.bronze.IngestKafka;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.bronze.plan.KafkaRequest;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.ticks.Ticks;
import org.beamlakehouse.pipelines.internal.bronze.Ingests;
import org.beamlakehouse.pipelines.internal.bronze.PlanIngests;
import org.beamlakehouse.pipelines.internal.bronze.TopicPoller;
import org.beamlakehouse.pipelines.internal.context.HopOutputs;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.gold.GoldHop;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.ops.WriteRunLog;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.OnHalt;
import org.beamlakehouse.pipelines.internal.request.RunScope;
import org.beamlakehouse.pipelines.internal.silver.SilverHop;
import org.beamlakehouse.pipelines.internal.silver.SourceTables;

/**
 * Builds the graph that never ends: the hops of {@link RunPipeline} behind a beat. With each tick
 * that finds something new a window of its own goes through bronze, silver and gold, one commit per
 * table; every hop reads on from what its table has committed.
 *
 * <p>Nothing is kept between windows but in the tables. A pipeline that is restored from a
 * checkpoint does again what was on its way, and one that begins from nothing finds it again; the
 * commits take in once what comes twice.
 */
public final class ContinuousPipeline {
  /** How often it is asked whether there is something to do. */
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  private final RunScope scope;
  private final RunContext run;
  private final MissingOffsets missing;
  private final OnHalt onHalt;

  public ContinuousPipeline(RunScope scope, RunContext run, MissingOffsets missing, OnHalt onHalt) {
    this.scope = scope;
    this.run = run;
    this.missing = missing;
    this.onHalt = onHalt;
  }

  /** Adds all hops to a pipeline. */
  public void build(Pipeline pipeline, List<GoldQuery> products) {
    CatalogConfig catalog = scope.catalog();
    List<PCollection<CommittedSnapshot>> hops = new ArrayList<>();
    PCollection<CommittedSnapshot> bronze = bronze(pipeline, hops);
    hops.add(bronze);
    PCollection<CommittedSnapshot> forGold = bronze;
    List<SourceTables> sources =
        scope.sources().values().stream().filter(source -> !source.tables().isEmpty()).toList();
    if (!sources.isEmpty()) {
      forGold = bronze.apply("Silver", new SilverHop(catalog, sources, scope.fullRefresh(), run));
      hops.add(forGold);
    }
    for (GoldQuery product : products) {
      hops.add(
          forGold.apply(
              "Gold " + product.table(),
              new GoldHop(
                  catalog, product, GoldHop.Refresh.INCREMENTAL, run.stamp(), OnFailure.TELL)));
    }
    PCollection<CommittedSnapshot> all =
        PCollectionList.of(hops).apply("AllHops", Flatten.pCollections());
    all.apply(
            "RunLog", new WriteRunLog(catalog, run, RunPipeline.ruleActions(scope), OnFailure.TELL))
        .apply("Watch", ParDo.of(new WatchTables(catalog, run, sources, onHalt)));
  }

  /**
   * What lands in bronze.
   *
   * @param told gets what is said of sources that do not answer
   */
  private PCollection<CommittedSnapshot> bronze(
      Pipeline pipeline, List<PCollection<CommittedSnapshot>> told) {
    Duration interval = scope.project().commitInterval();
    List<IngestRequest> files = new ArrayList<>();
    List<TopicPoller.Topics> topics = new ArrayList<>();
    for (SourceSettings source : scope.sources().keySet()) {
      switch (source.type()) {
        case FILES -> files.add(Ingests.files(scope, source, run));
        case KAFKA ->
            topics.add(new TopicPoller.Topics(source.kafkaSource(), Ingests.facts(source, run)));
      }
    }
    PCollectionTuple found =
        pipeline
            .apply(
                "Ticks",
                Ticks.every(interval.compareTo(LONGEST_TICK) < 0 ? interval : LONGEST_TICK))
            .apply(
                "FindNews",
                ParDo.of(
                        new PlanIngests(
                            scope.catalog(), run.runId(), interval, files, topics, missing))
                    .withOutputTags(
                        PlanIngests.FILES,
                        TupleTagList.of(PlanIngests.KAFKA).and(PlanIngests.TOLD)));
    told.add(found.get(PlanIngests.TOLD));
    PCollection<IngestRequest> newFiles =
        found.get(PlanIngests.FILES).setCoder(SerializableCoder.of(IngestRequest.class));
    PCollection<KafkaRequest> newOffsets =
        found.get(PlanIngests.KAFKA).setCoder(SerializableCoder.of(KafkaRequest.class));
    List<PCollection<CommittedSnapshot>> tables = new ArrayList<>();
    if (!files.isEmpty()) {
      tables.add(
          newFiles.apply(
              "BronzeOfFiles",
              new IngestFiles(scope.catalog()).withRun(run.stamp(), OnFailure.TELL)));
    }
    if (!topics.isEmpty()) {
      tables.add(
          newOffsets.apply(
              "BronzeOfKafka",
              new IngestKafka(
                      scope.catalog(), topics.stream().map(TopicPoller.Topics::source).toList())
                  .withRun(run.stamp(), OnFailure.TELL)));
    }
    return HopOutputs.together("Bronze", tables);
  }
}
