package org.beamlakehouse.io.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.Progress;
import org.beamlakehouse.io.merge.plan.CommitNote;
import org.beamlakehouse.io.merge.plan.Shard;
import org.beamlakehouse.io.merge.plan.TablePlan;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.ChangeEventCoder;
import org.beamlakehouse.transforms.change.Operation;
import org.beamlakehouse.transforms.change.Sequence;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.pack.ChangeMapper;
import org.beamlakehouse.transforms.table.DeleteMode;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The merge as a Beam transform: several tables in one graph, run after run. */
class IcebergMergeTest {
  private static final String UPSTREAM = TestTables.UPSTREAM;

  @TempDir Path folder;
  private CatalogConfig catalog;
  private final TableDefinition orders = LatestMergeTest.orders().deletes(DeleteMode.HARD).build();
  private final TableDefinition customers = HistoryAndEventsMergeTest.customers().build();
  private final TableDefinition clicks = HistoryAndEventsMergeTest.clicks().build();
  private final List<ChangeEvent> sent = new ArrayList<>();
  private long position;

  @BeforeEach
  void openCatalog() {
    catalog = TestTables.catalog(folder);
  }

  @Test
  void severalTablesAreMergedInOneGraphRunAfterRun() {
    run(
        List.of(
            upsert(orders, 1, 1L, "new", "n"),
            upsert(orders, 1, 2L, "new", "n"),
            upsert(customers, 1, 1L, "Bern", null),
            upsert(clicks, 1, "e1", Instant.parse("2026-01-05T10:00:00Z"), "/a")),
        Map.of(orders, "committed", customers, "committed", clicks, "committed"));
    run(
        List.of(
            upsert(orders, 2, 1L, "paid", "n"),
            delete(orders, 3, 2L),
            upsert(customers, 1, 1L, "Bern", null),
            upsert(clicks, 2, "e1", Instant.parse("2026-01-06T10:00:00Z"), "/b")),
        Map.of(orders, "committed", customers, "unchanged", clicks, "unchanged"));
    run(List.of(), Map.of(orders, "unchanged", customers, "unchanged", clicks, "unchanged"));
    run(
        List.of(truncate(orders, 10), truncate(customers, 10)),
        Map.of(orders, "committed", customers, "committed", clicks, "unchanged"));

    for (TableDefinition table : List.of(orders, customers, clicks)) {
      TestTables stored = new TestTables(catalog, table);
      assertThat(stored.rows(), equalTo(stored.expected(changes(table))));
      assertThat(stored.progress().sequence(UPSTREAM), equalTo(4L));
    }
    assertThat(new TestTables(catalog, orders).rows(), empty());
  }

  @Test
  void aFullRefreshReachesEveryShardAlsoWithoutChanges() {
    run(
        List.of(upsert(orders, 1, 1L, "new", "n"), upsert(orders, 1, 2L, "new", "n")),
        Map.of(orders, "committed"));
    Pipeline pipeline = pipeline();
    PCollection<CommittedSnapshot> committed =
        merge(
            pipeline,
            List.of(upsert(orders, 1, 3L, "only", "n")),
            List.of(TablePlan.fullRefresh(orders.name(), UPSTREAM, new Progress.Position(9, 9))),
            List.of(new CommitNote(orders.name(), Map.of("rows_read", 1L), List.of(), null, null)));
    PAssert.that(committed)
        .satisfies(
            snapshots -> {
              CommittedSnapshot only = snapshots.iterator().next();
              assertThat(only.count("rows_read"), equalTo(1L));
              assertThat(only.count("rows_inserted"), equalTo(1L));
              return null;
            });
    pipeline.run().waitUntilFinish();

    List<String> rows = new TestTables(catalog, orders).rows();
    assertThat(rows, hasSize(1));
    assertThat(rows.get(0), containsString("id=3"));
  }

  @Test
  void aGaugeTellsHowOldTheNewestChangeOfACommitWas() {
    position = 1;
    long hourAgo = System.currentTimeMillis() - 3_600_000;
    Pipeline pipeline = pipeline();
    merge(
        pipeline,
        List.of(upsert(orders, 1, 1L, "new", "n")),
        plans(List.of(orders, customers)),
        List.of(
            new CommitNote(orders.name(), Map.of(), List.of(), null, hourAgo - 5_000),
            new CommitNote(orders.name(), Map.of(), List.of(), null, hourAgo),
            new CommitNote(customers.name(), Map.of(), List.of(), null, hourAgo)));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    Map<String, Long> ages = new TreeMap<>();
    for (MetricResult<GaugeResult> gauge :
        result.metrics().queryMetrics(MetricsFilter.builder().build()).getGauges()) {
      ages.put(gauge.getName().getName(), gauge.getAttempted().getValue());
    }
    assertThat(
        "only what was committed", ages.keySet(), contains("freshness_millis.silver.orders"));
    assertThat(
        ages.get("freshness_millis.silver.orders") - 3_600_000,
        allOf(greaterThanOrEqualTo(0L), lessThan(600_000L)));
  }

  @Test
  void notesComeWithTheChangesAndThoseOfOtherTablesGoOn() {
    position = 1;
    CommitNote own = new CommitNote(orders.name(), Map.of("rows_read", 1L), List.of(), null, null);
    CommitNote other = new CommitNote("bronze.x", Map.of("found", 2L), List.of(), null, null);
    Pipeline pipeline = pipeline();
    IcebergMerge merge = IcebergMerge.into(catalog, definitions(), "1.0");
    PCollectionTuple prepared =
        PCollectionTuple.of(IcebergMerge.BLOCKS, packed(pipeline, own, other))
            .apply(merge.prepare());
    PAssert.that(prepared.get(IcebergMerge.OTHER_NOTES))
        .containsInAnyOrder(KV.of("bronze.x", other));
    PCollection<CommittedSnapshot> committed =
        prepared
            .and(IcebergMerge.PLANS, pipeline.apply("Plans", Create.of(plans(List.of(orders)))))
            .and(
                IcebergMerge.NOTES, pipeline.apply("Notes", Create.empty(IcebergMerge.noteCoder())))
            .apply(merge.commit());
    PAssert.that(committed)
        .satisfies(
            snapshots -> {
              assertThat(snapshots.iterator().next().count("rows_read"), equalTo(1L));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aNoteThatNobodyTakesIsAnError() {
    CommitNote other = new CommitNote("silver.x", Map.of(), List.of(), null, null);
    Pipeline pipeline = pipeline();
    PCollectionTuple.of(IcebergMerge.BLOCKS, packed(pipeline, other))
        .apply(IcebergMerge.into(catalog, definitions(), "1.0"));
    Exception error = assertThrows(PipelineExecutionException.class, pipeline::run);
    assertThat(error.getMessage(), containsString("Cannot merge into silver.x"));
  }

  @Test
  void notesAndPlansHaveCodersOfTheirOwn() throws CannotProvideCoderException {
    CoderRegistry coders = CoderRegistry.createDefault();
    assertThat(coders.getCoder(CommitNote.class), instanceOf(CommitNote.Coder.class));
    assertThat(coders.getCoder(TablePlan.class), instanceOf(TablePlan.Coder.class));
  }

  @Test
  void aHaltOfOneTableLeavesTheOthersAlone() {
    position = 1;
    Pipeline pipeline = pipeline();
    PCollection<CommittedSnapshot> committed =
        merge(
            pipeline,
            List.of(upsert(orders, 1, 1L, "new", "n"), upsert(customers, 1, 1L, "Bern", null)),
            plans(List.of(orders, customers)),
            List.of(new CommitNote(orders.name(), Map.of(), List.of(), "rule r failed", null)));
    PAssert.that(committed)
        .satisfies(
            snapshots -> {
              List<String> statuses = new ArrayList<>();
              snapshots.forEach(s -> statuses.add(s.getTable() + " " + s.getStatus()));
              assertThat(
                  statuses,
                  containsInAnyOrder("silver.orders halted", "silver.customers committed"));
              return null;
            });
    pipeline.run().waitUntilFinish();

    assertThat(new TestTables(catalog, orders).rows(), empty());
    assertThat(new TestTables(catalog, customers).rows(), hasSize(1));
  }

  @Test
  void changesAloneAreMergedWithoutProgress() {
    Pipeline pipeline = pipeline();
    PCollection<CommittedSnapshot> committed =
        pipeline
            .apply(
                Create.of(upsert(orders, 1, 1L, "new", "n"))
                    .withCoder(ChangeEventCoder.of(definitions())))
            .apply(IcebergMerge.into(catalog, definitions(), "1.0").ofChanges());
    PAssert.that(committed)
        .satisfies(
            snapshots -> {
              List<String> tables = new ArrayList<>();
              snapshots.forEach(s -> tables.add(s.getTable()));
              assertThat(tables, contains("silver.orders"));
              return null;
            });
    pipeline.run().waitUntilFinish();

    assertThat(new TestTables(catalog, orders).rows(), hasSize(1));
    assertThat(new TestTables(catalog, orders).progress(), equalTo(Progress.none()));
  }

  @Test
  void wrongDefinitionsAreFoundWhileThePipelineIsBuilt() {
    IcebergMerge twice = IcebergMerge.into(catalog, List.of(orders, orders), "1.0");
    IcebergMerge partitioned =
        IcebergMerge.into(
            catalog, List.of(orders.toBuilder().partitionBy(List.of("week(id)")).build()), "1.0");

    assertThat(
        assertThrows(IllegalArgumentException.class, () -> build(twice)).getMessage(),
        containsString("defined twice"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> build(partitioned)).getMessage(),
        containsString("Cannot partition silver.orders by week(id)"));
  }

  private void build(IcebergMerge merge) {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.empty(ChangeEventCoder.of(definitions()))).apply(merge.ofChanges());
  }

  private void run(List<ChangeEvent> events, Map<TableDefinition, String> statuses) {
    sent.addAll(events);
    position++;
    Pipeline pipeline = pipeline();
    PCollection<CommittedSnapshot> committed =
        merge(pipeline, events, plans(List.copyOf(statuses.keySet())), List.of());
    List<String> expected = new ArrayList<>();
    statuses.forEach((table, status) -> expected.add(table.name() + " " + status));
    PAssert.that(committed)
        .satisfies(
            snapshots -> {
              List<String> actual = new ArrayList<>();
              snapshots.forEach(s -> actual.add(s.getTable() + " " + s.getStatus()));
              assertThat(actual, containsInAnyOrder(expected.toArray()));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private List<TablePlan> plans(List<TableDefinition> tables) {
    return tables.stream()
        .map(
            table ->
                TablePlan.incremental(
                    table.name(), UPSTREAM, new Progress.Position(position, position)))
        .toList();
  }

  private PCollection<CommittedSnapshot> merge(
      Pipeline pipeline, List<ChangeEvent> events, List<TablePlan> plans, List<CommitNote> notes) {
    return PCollectionTuple.of(
            IcebergMerge.CHANGES,
            pipeline.apply(
                "Changes", Create.of(events).withCoder(ChangeEventCoder.of(definitions()))))
        .and(
            IcebergMerge.PLANS,
            pipeline.apply("Plans", Create.of(plans).withCoder(TablePlan.Coder.of())))
        .and(
            IcebergMerge.NOTES,
            pipeline.apply(
                "Notes",
                Create.of(notes.stream().map(note -> KV.of(note.table(), note)).toList())
                    .withCoder(IcebergMerge.noteCoder())))
        .apply(IcebergMerge.into(catalog, definitions(), "1.0"));
  }

  private static PCollection<KV<Shard, byte[]>> packed(Pipeline pipeline, CommitNote... notes) {
    return pipeline.apply(
        Create.of(Stream.of(notes).map(ChangePacking::packed).toList())
            .withCoder(IcebergMerge.blockCoder()));
  }

  private static Pipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }

  private List<TableDefinition> definitions() {
    return List.of(orders, customers, clicks);
  }

  private List<Change> changes(TableDefinition table) {
    ChangeMapper mapper = ChangeMapper.of(table, "1.0");
    return sent.stream().filter(e -> e.table().equals(table.name())).map(mapper::map).toList();
  }

  private static ChangeEvent upsert(TableDefinition table, long sequence, Object... values) {
    return event(table, Operation.UPDATE, sequence)
        .key(Row.withSchema(table.keySchema()).addValue(values[0]).build())
        .after(Row.withSchema(table.rowSchema()).addValues(values).build())
        .build();
  }

  private static ChangeEvent delete(TableDefinition table, long sequence, Object key) {
    return event(table, Operation.DELETE, sequence)
        .key(Row.withSchema(table.keySchema()).addValue(key).build())
        .build();
  }

  private static ChangeEvent truncate(TableDefinition table, long sequence) {
    return event(table, Operation.TRUNCATE, sequence).build();
  }

  private static ChangeEvent.Builder event(
      TableDefinition table, Operation operation, long sequence) {
    return ChangeEvent.builder()
        .table(table.name())
        .operation(operation)
        .sequence(Sequence.of(sequence))
        .eventTime(TestTables.time(sequence))
        .validTime(sequence)
        .ingestedAt(TestTables.time(1_000_000));
  }
}
