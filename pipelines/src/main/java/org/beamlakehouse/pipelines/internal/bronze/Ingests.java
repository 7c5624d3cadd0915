package org.beamlakehouse.pipelines.internal.bronze;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.io.bronze.IngestFiles;
import org.beamlakehouse.io.bronze.IngestKafka;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.bronze.plan.KafkaRequest;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.io.bronze.plan.OffsetPlan;
import org.beamlakehouse.io.bronze.plan.RunFacts;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.internal.bronze.files.IngestPlan;
import org.beamlakehouse.io.internal.iceberg.values.InternalValues;
import org.beamlakehouse.io.internal.kafka.TopicListing;
import org.beamlakehouse.io.kafka.KafkaSource;
import org.beamlakehouse.pipelines.internal.context.HopOutputs;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.RunScope;

/** Sources to take into bronze, with what of each is new at the start of the run. */
public final class Ingests {
  private final List<IngestRequest> files = new ArrayList<>();
  private final List<KafkaRequest> kafka = new ArrayList<>();
  private final List<KafkaSource> clusters = new ArrayList<>();

  /** What a source was found to have, to be taken in by a run. */
  public interface Found {
    /**
     * Adds it.
     *
     * @param messages told what a person should know of the source
     * @return whether there is anything new
     */
    boolean addTo(Ingests ingests, Consumer<String> messages);
  }

  /** Asks a source what is new. */
  public static Found ask(
      RunScope scope, SourceSettings source, RunContext run, MissingOffsets missing) {
    return switch (source.type()) {
      case FILES -> askFiles(scope, source, run);
      case KAFKA -> askKafka(scope, source, run, missing);
    };
  }

  private static Found askFiles(RunScope scope, SourceSettings source, RunContext run) {
    IngestRequest request = files(scope, source, run);
    IngestPlan plan = IngestPlan.of(scope.catalog(), request);
    return (ingests, messages) -> {
      ingests.files.add(request);
      plan.messages().forEach(messages);
      return plan.hasNews();
    };
  }

  private static Found askKafka(
      RunScope scope, SourceSettings source, RunContext run, MissingOffsets missing) {
    KafkaSource cluster = source.kafkaSource();
    OffsetPlan plan =
        OffsetPlan.of(
            scope.catalog(),
            source.bronzeTable(),
            cluster,
            () -> TopicListing.of(cluster),
            missing);
    return (ingests, messages) -> {
      plan.messages().forEach(messages);
      ingests.clusters.add(cluster);
      ingests.kafka.add(new KafkaRequest(facts(source, run), plan));
      return plan.hasNews();
    };
  }

  /** Adds all of others. */
  public void addAll(Ingests others) {
    files.addAll(others.files);
    kafka.addAll(others.kafka);
    clusters.addAll(others.clusters);
  }

  /** The order to ingest a source of files. */
  public static IngestRequest files(RunScope scope, SourceSettings source, RunContext run) {
    Path folder = scope.project().folder().toAbsolutePath().normalize();
    String path = source.path();
    // Files under the project are known by their path in it, so that a project can be moved.
    if (path.startsWith(folder + "/")) {
      path = path.substring(folder.toString().length() + 1);
    }
    return IngestRequest.builder()
        .source(source.name())
        .baseFolder(folder.toString())
        .path(path)
        .table(source.bronzeTable())
        .batchId(run.runId())
        .pipelineVersion(run.pipelineVersion())
        .ingestionMicros(InternalValues.micros(run.startedAt()))
        .maxRecordBytes(source.maxRecordBytes())
        .build();
  }

  /** What all rows have in common that a run takes from a source. */
  public static RunFacts facts(SourceSettings source, RunContext run) {
    return new RunFacts(
        source.name(),
        source.bronzeTable(),
        run.runId(),
        run.pipelineVersion(),
        InternalValues.micros(run.startedAt()));
  }

  public boolean isEmpty() {
    return files.isEmpty() && kafka.isEmpty();
  }

  /** Adds to a pipeline what takes the sources in; there must be some. */
  public PCollection<CommittedSnapshot> expand(
      Pipeline pipeline, CatalogConfig catalog, RunContext run) {
    List<PCollection<CommittedSnapshot>> tables = new ArrayList<>();
    if (!files.isEmpty()) {
      tables.add(
          pipeline
              .apply("Files", Create.of(files).withCoder(SerializableCoder.of(IngestRequest.class)))
              .apply(
                  "BronzeOfFiles", new IngestFiles(catalog).withRun(run.stamp(), OnFailure.TELL)));
    }
    if (!kafka.isEmpty()) {
      tables.add(
          pipeline
              .apply("Kafka", Create.of(kafka).withCoder(SerializableCoder.of(KafkaRequest.class)))
              .apply(
                  "BronzeOfKafka",
                  new IngestKafka(catalog, clusters).withRun(run.stamp(), OnFailure.TELL)));
    }
    return HopOutputs.together("Bronze", tables);
  }
}
