package org.beamlakehouse.pipelines.internal.gold;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.CommittedSnapshot;
import org.beamlakehouse.io.iceberg.OnFailure;
import org.beamlakehouse.io.iceberg.RunStamp;
import org.beamlakehouse.io.internal.spread.Spread;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.GoldTypes;

/**
 * Silver to gold for one product: find what changed, run its SQL over that, replace the rows.
 *
 * <p>Input: the snapshots of silver tables; those of which it has none are read as they are.
 * Output: one {@link CommittedSnapshot} of the product's table per window, {@code failed} where the
 * product cannot be published and the pipeline is to go on.
 */
public final class GoldHop
    extends PTransform<PCollection<CommittedSnapshot>, PCollection<CommittedSnapshot>> {
  static final TupleTag<GoldPlan> PLANS = new TupleTag<>("plans") {};
  static final TupleTag<String> FILES = new TupleTag<>("files") {};
  static final TupleTag<Row> ROWS = new TupleTag<>("rows") {};
  static final TupleTag<GoldFailure> FAILURES = new TupleTag<>("failures") {};

  /** Whether a product is computed from scratch whatever changed. */
  public enum Refresh {
    INCREMENTAL,
    FULL
  }

  private final CatalogConfig catalog;
  private final GoldQuery query;
  private final Refresh refresh;
  private final RunStamp run;
  private final OnFailure onFailure;

  /**
   * The hop of one product.
   *
   * @param run what the commits say of it in their snapshots
   * @param onFailure what becomes of the pipeline where the product fails
   */
  public GoldHop(
      CatalogConfig catalog, GoldQuery query, Refresh refresh, RunStamp run, OnFailure onFailure) {
    this.run = run;
    this.onFailure = onFailure;
    this.catalog = catalog;
    this.query = query;
    this.refresh = refresh;
  }

  @Override
  public PCollection<CommittedSnapshot> expand(PCollection<CommittedSnapshot> silver) {
    Map<String, TupleTag<GoldScan>> scans = new TreeMap<>();
    TupleTagList scanTags = TupleTagList.empty();
    for (String table : query.inputs().keySet()) {
      TupleTag<GoldScan> tag = new TupleTag<>(table) {};
      scans.put(table, tag);
      scanTags = scanTags.and(tag);
    }
    PCollectionTuple planned =
        silver
            .apply(
                "Key",
                WithKeys.<String, CommittedSnapshot>of("").withKeyType(TypeDescriptors.strings()))
            .apply("Gather", GroupByKey.create())
            .apply(
                "Plan",
                ParDo.of(new PlanGold(catalog, query, refresh, scans, run, onFailure))
                    .withOutputTags(PLANS, scanTags.and(FAILURES)));
    planned.get(PLANS).setCoder(SerializableCoder.of(GoldPlan.class));
    List<PCollection<GoldFailure>> failures = new ArrayList<>();
    failures.add(planned.get(FAILURES));

    PCollectionTuple tables = PCollectionTuple.empty(silver.getPipeline());
    for (Map.Entry<String, GoldQuery.Input> input : query.inputs().entrySet()) {
      PCollectionTuple read =
          planned
              .get(scans.get(input.getKey()))
              .setCoder(SerializableCoder.of(GoldScan.class))
              .apply("Spread " + input.getKey(), Spread.evenly())
              .apply(
                  "Read " + input.getKey(),
                  ParDo.of(
                          new ReadGoldInput(
                              catalog,
                              query.table(),
                              input.getValue().columns(),
                              input.getKey().equals(query.incrementalTable())
                                  ? query.incrementalValue()
                                  : null,
                              onFailure))
                      .withOutputTags(ROWS, TupleTagList.of(FAILURES)));
      failures.add(read.get(FAILURES));
      tables =
          tables.and(
              input.getValue().alias(),
              read.get(ROWS).setRowSchema(GoldTypes.sqlSchema(input.getValue().columns())));
    }
    PCollection<Row> result = sql(tables, failures);
    Schema schema = result.getSchema();
    String partitionColumn = query.incrementalBy();
    int partition = partitionColumn == null ? -1 : schema.indexOf(partitionColumn);
    PCollectionTuple written =
        result
            .apply(
                "ByPartition",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.rows()))
                    .via(
                        row ->
                            KV.of(
                                partition < 0
                                    ? ""
                                    : String.valueOf(row.<Object>getValue(partition)),
                                row)))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), result.getCoder()))
            .apply("GroupPartitions", GroupByKey.create())
            .apply(
                "Write",
                ParDo.of(new WriteGoldFile(catalog, query, onFailure))
                    .withOutputTags(FILES, TupleTagList.of(FAILURES)));
    failures.add(written.get(FAILURES));
    KeyedPCollectionTuple<String> forCommit =
        KeyedPCollectionTuple.of(
                PLANS,
                planned.get(PLANS).apply("KeyPlan", keyed(TypeDescriptor.of(GoldPlan.class))))
            .and(
                FILES,
                written
                    .get(FILES)
                    .setCoder(StringUtf8Coder.of())
                    .apply("KeyFiles", keyed(TypeDescriptors.strings())));
    if (onFailure == OnFailure.TELL) {
      failures.forEach(failure -> failure.setCoder(SerializableCoder.of(GoldFailure.class)));
      forCommit =
          forCommit.and(
              FAILURES,
              PCollectionList.of(failures)
                  .apply("Failures", Flatten.pCollections())
                  .apply("KeyFailures", keyed(TypeDescriptor.of(GoldFailure.class))));
    }
    return forCommit
        .apply("ForCommit", CoGroupByKey.create())
        .apply("Commit", ParDo.of(new CommitGold(catalog, query, run, onFailure)));
  }

  /** The query as a transform; of rows for which it fails it tells where the hop is to. */
  private PCollection<Row> sql(PCollectionTuple tables, List<PCollection<GoldFailure>> failures) {
    if (onFailure == OnFailure.THROW) {
      return tables.apply("Sql", query.transform());
    }
    RowErrors errors = new RowErrors(query.table());
    PCollection<Row> result = tables.apply("Sql", query.transform().withErrorsTransformer(errors));
    failures.addAll(errors.all());
    return result;
  }

  private static <T> MapElements<T, KV<String, T>> keyed(TypeDescriptor<T> type) {
    return MapElements.into(TypeDescriptors.kvs(TypeDescriptors.strings(), type))
        .via(value -> KV.of("", value));
  }
}
