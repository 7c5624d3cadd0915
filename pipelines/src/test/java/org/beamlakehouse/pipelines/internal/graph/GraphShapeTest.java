package org.beamlakehouse.pipelines.internal.graph;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.values.PCollection;
import org.beamlakehouse.io.bronze.plan.MissingOffsets;
import org.beamlakehouse.pipelines.internal.bronze.Ingests;
import org.beamlakehouse.pipelines.internal.context.RunContext;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.pipelines.internal.project.SourceSettings;
import org.beamlakehouse.pipelines.internal.request.OnHalt;
import org.beamlakehouse.pipelines.internal.request.RunRequest;
import org.beamlakehouse.pipelines.internal.request.RunScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the graphs of runs look like before a runner gets them. */
class GraphShapeTest {
  private static final RunContext RUN =
      new RunContext("run", Instant.EPOCH, "1", "test", "NoRunner", Map.of());

  @TempDir Path folder;

  /** Elements carry their table: the graph of a source is the same for one table and for many. */
  @Test
  void doesNotGrowWithTheTablesOfABatchRun() throws IOException {
    assertThat(
        transforms(40, GraphShapeTest::batch),
        hasSize(transforms(1, GraphShapeTest::batch).size()));
  }

  @Test
  void doesNotGrowWithTheTablesOfAStream() throws IOException {
    assertThat(
        transforms(40, GraphShapeTest::stream),
        hasSize(transforms(1, GraphShapeTest::stream).size()));
  }

  /**
   * Flink keeps all that a step of a batch puts out, in files, once for each step that reads any of
   * its outputs; changes are what a run has most of.
   */
  @Test
  void changesAreReadByOneStepOnly() throws IOException {
    List<TransformHierarchy.Node> transforms = transforms(1, GraphShapeTest::batch);
    List<TransformHierarchy.Node> conform =
        transforms.stream().filter(t -> t.getFullName().startsWith("Silver/Conform/")).toList();
    assertThat(conform, hasSize(1));
    Collection<PCollection<?>> outputs = conform.get(0).getOutputs().values();
    List<String> readers =
        transforms.stream()
            .filter(t -> t.getInputs().values().stream().anyMatch(outputs::contains))
            .map(TransformHierarchy.Node::getFullName)
            .toList();
    assertThat(readers.toString(), readers, hasSize(1));
  }

  /** Else a crash between both would lose dead letters: a table's progress would be past them. */
  @Test
  void tablesAreCommittedAfterDeadLetters() throws IOException {
    for (BiConsumer<Pipeline, RunScope> graph :
        List.<BiConsumer<Pipeline, RunScope>>of(GraphShapeTest::batch, GraphShapeTest::stream)) {
      List<TransformHierarchy.Node> transforms = transforms(1, graph);
      List<TransformHierarchy.Node> gathered =
          transforms.stream()
              .filter(t -> t.getFullName().startsWith("Silver/Commit/"))
              .filter(t -> t.getTransform() instanceof GroupByKey)
              .toList();
      assertThat(gathered, hasSize(1));
      assertThat(
          before(gathered.get(0), transforms),
          hasItem(startsWith("Silver/CommitDeadLetters/Commit")));
    }
  }

  /** The steps that must have ended before one can give the last of what it gathers. */
  private static Set<String> before(
      TransformHierarchy.Node step, List<TransformHierarchy.Node> transforms) {
    Set<String> names = new TreeSet<>();
    for (TransformHierarchy.Node other : transforms) {
      if (step.getInputs().values().stream().anyMatch(other.getOutputs()::containsValue)) {
        names.add(other.getFullName());
        names.addAll(before(other, transforms));
      }
    }
    return names;
  }

  private static void batch(Pipeline pipeline, RunScope scope) {
    Ingests ingests = new Ingests();
    for (SourceSettings source : scope.sources().keySet()) {
      Ingests.ask(scope, source, RUN, MissingOffsets.FAIL).addTo(ingests, message -> {});
    }
    new RunPipeline(scope, RUN).build(pipeline, ingests, List.of(), List.of());
  }

  private static void stream(Pipeline pipeline, RunScope scope) {
    new ContinuousPipeline(scope, RUN, MissingOffsets.FAIL, OnHalt.CONTINUE)
        .build(pipeline, List.of());
  }

  private List<TransformHierarchy.Node> transforms(int tables, BiConsumer<Pipeline, RunScope> graph)
      throws IOException {
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
    List<TransformHierarchy.Node> transforms = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            transforms.add(node);
          }
        });
    assertThat(transforms, hasSize(greaterThan(10)));
    return transforms;
  }
}
