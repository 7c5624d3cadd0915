package org.beamlakehouse.pipelines.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.beamlakehouse.io.bronze.MissingOffsets;
import org.beamlakehouse.pipelines.ops.RunContext;
import org.beamlakehouse.pipelines.project.Project;
import org.beamlakehouse.pipelines.project.SourceSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Elements carry their table: the graph of a source is the same for one table and for many. */
class GraphSizeTest {
  private static final RunContext RUN =
      new RunContext("run", Instant.EPOCH, "1", "test", "NoRunner", Map.of());

  @TempDir Path folder;

  @Test
  void doesNotGrowWithTheTablesOfABatchRun() throws IOException {
    BiConsumer<Pipeline, RunScope> graph =
        (pipeline, scope) -> {
          Ingests ingests = new Ingests();
          for (SourceSettings source : scope.sources().keySet()) {
            ingests.add(scope, source, RUN, MissingOffsets.FAIL, message -> {});
          }
          new RunPipeline(scope, RUN).build(pipeline, ingests, List.of(), List.of());
        };
    assertThat(transforms(40, graph), is(transforms(1, graph)));
  }

  @Test
  void doesNotGrowWithTheTablesOfAStream() throws IOException {
    BiConsumer<Pipeline, RunScope> graph =
        (pipeline, scope) ->
            new ContinuousPipeline(scope, RUN, MissingOffsets.FAIL).build(pipeline, List.of());
    assertThat(transforms(40, graph), is(transforms(1, graph)));
  }

  private int transforms(int tables, BiConsumer<Pipeline, RunScope> graph) throws IOException {
    Path project = Files.createDirectories(folder.resolve("tables" + tables));
    Files.createDirectories(project.resolve("data"));
    Files.writeString(
        project.resolve("lakehouse.yaml"),
        "name: test\nsources:\n  db: {type: files, format: debezium-json, path: data/*.jsonl}\n");
    Path contracts = Files.createDirectories(project.resolve("contracts"));
    for (int i = 0; i < tables; i++) {
      Files.writeString(
          contracts.resolve("t" + i + ".odcs.yaml"),
          """
          kind: DataContract
          apiVersion: v3.1.0
          id: t%d
          version: 1.0.0
          status: active
          schema:
            - name: t%d
              physicalName: silver.t%d
              customProperties:
                - {property: source, value: db}
                - {property: sourceTable, value: public.t%d}
              properties:
                - {name: id, logicalType: integer, physicalType: long, primaryKey: true, required: true}
          """
              .formatted(i, i, i, i));
    }
    RunScope scope =
        RunScope.of(RunRequest.builder().project(Project.load(project, Map.of())).build());
    Pipeline pipeline = Pipeline.create();
    graph.accept(pipeline, scope);
    AtomicInteger count = new AtomicInteger();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            count.incrementAndGet();
          }
        });
    assertThat(count.get(), is(greaterThan(10)));
    return count.get();
  }
}
