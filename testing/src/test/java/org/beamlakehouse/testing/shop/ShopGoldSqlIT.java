package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.sql.SqlTransform;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.beamlakehouse.pipelines.demo.ShopGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The SQL of the sample's gold products gives the tables that were computed without SQL, and to the
 * cent. Runs on Beam SQL alone, over the expected silver rows; how silver rows come from Iceberg
 * into Beam SQL is not shown here.
 */
class ShopGoldSqlIT {
  private static final Path GOLD = ShopFiles.sample().resolve("gold");
  private static final Map<String, ConcurrentLinkedQueue<Row>> RESULTS = new ConcurrentHashMap<>();

  private static final Schema CUSTOMERS =
      schema("customer_id long, country string, region string, tier string,")
          .addFields(fields("valid_from time, valid_to time, is_current boolean"))
          .build();
  private static final Schema ORDERS =
      schema("order_id long, customer_id long, order_ts time, order_date date, platform string,")
          .addFields(fields("status string, currency string, amount decimal,"))
          .addFields(fields("refunded_amount decimal, is_deleted boolean, deleted_at time,"))
          .addFields(fields("dq_passed boolean"))
          .build();
  private static final Schema EVENTS =
      schema("user_id long, platform string, event_date date, dq_passed boolean").build();

  @TempDir Path project;

  @Test
  void givesWhatWasComputedWithoutSql() throws Exception {
    ShopGenerator.generate(project, 0.02);
    ExpectedShop shop = ExpectedShop.of(project, LocalDate.parse(ShopGenerator.RUN_DATE));
    DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
    options.setTargetParallelism(1);
    options.setEnforceEncodability(false);
    options.setEnforceImmutability(false);
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple silver =
        PCollectionTuple.empty(pipeline)
            .and(new TupleTag<Row>("silver_customers"), input(pipeline, shop, "customers"))
            .and(new TupleTag<Row>("silver_orders"), input(pipeline, shop, "orders"))
            .and(new TupleTag<Row>("silver_user_events"), input(pipeline, shop, "user_events"));
    List<String> gold = shop.tableNames().stream().filter(t -> t.startsWith("gold.")).toList();
    for (String table : gold) {
      silver
          .apply(
              table,
              SqlTransform.query(sql(table)).registerUdaf("COUNT_DISTINCT", new CountDistinct()))
          .apply(table + " rows", ParDo.of(new Collect(table)));
    }
    pipeline.run().waitUntilFinish();
    for (String table : gold) {
      Set<Map<String, Object>> actual = new HashSet<>();
      RESULTS.get(table).forEach(row -> actual.add(values(row)));
      assertThat(table, actual, is(new HashSet<>(shop.rows(table))));
      assertThat(table, RESULTS.get(table).size(), is(shop.rows(table).size()));
    }
  }

  private static String sql(String table) throws Exception {
    Path file = GOLD.resolve(table.replace("gold.", "") + ".sql");
    return Files.readString(file)
        .replace("${run_date}", ShopGenerator.RUN_DATE)
        .replace("silver.", "silver_");
  }

  private static PCollection<Row> input(Pipeline pipeline, ExpectedShop shop, String table) {
    Schema schema =
        switch (table) {
          case "customers" -> CUSTOMERS;
          case "orders" -> ORDERS;
          default -> EVENTS;
        };
    List<Row> rows = new ArrayList<>();
    for (Map<String, Object> expected : shop.rows("silver." + table)) {
      Row.Builder row = Row.withSchema(schema);
      for (String column : schema.getFieldNames()) {
        Object value = expected.get(column);
        row.addValue(value instanceof Instant time ? joda(time) : value);
      }
      rows.add(row.build());
    }
    return pipeline.apply(table, Create.of(rows).withRowSchema(schema));
  }

  private static org.joda.time.Instant joda(Instant time) {
    return org.joda.time.Instant.ofEpochMilli(time.toEpochMilli());
  }

  private static Map<String, Object> values(Row row) {
    Map<String, Object> values = new HashMap<>();
    for (String column : row.getSchema().getFieldNames()) {
      Object value = row.getValue(column);
      values.put(column, value instanceof BigDecimal decimal ? decimal.setScale(2) : value);
    }
    return values;
  }

  private static Schema.Builder schema(String columns) {
    return Schema.builder().addFields(fields(columns));
  }

  private static List<Schema.Field> fields(String columns) {
    List<Schema.Field> fields = new ArrayList<>();
    for (String column : columns.split(",\\s*")) {
      String[] nameAndType = column.split(" ");
      FieldType type =
          switch (nameAndType[1]) {
            case "long" -> FieldType.INT64;
            case "string" -> FieldType.STRING;
            case "boolean" -> FieldType.BOOLEAN;
            case "decimal" -> FieldType.DECIMAL;
            case "date" -> FieldType.logicalType(SqlTypes.DATE);
            default -> FieldType.DATETIME;
          };
      fields.add(Schema.Field.nullable(nameAndType[0], type));
    }
    return fields;
  }

  /** Keeps the rows of a table for the assertions; the direct runner shares the memory. */
  private static final class Collect extends DoFn<Row, Void> {
    private static final long serialVersionUID = 1L;
    private final String table;

    private Collect(String table) {
      this.table = table;
    }

    @ProcessElement
    public void collect(@Element Row row) {
      RESULTS.computeIfAbsent(table, t -> new ConcurrentLinkedQueue<>()).add(row);
    }
  }

  /** The aggregate that the project offers to gold products, in its simplest form. */
  private static final class CountDistinct extends CombineFn<Long, Set<Long>, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Set<Long> createAccumulator() {
      return new HashSet<>();
    }

    @Override
    public Set<Long> addInput(Set<Long> seen, Long value) {
      seen.add(value);
      return seen;
    }

    @Override
    public Set<Long> mergeAccumulators(Iterable<Set<Long>> accumulators) {
      Set<Long> all = new HashSet<>();
      accumulators.forEach(all::addAll);
      return all;
    }

    @Override
    public Long extractOutput(Set<Long> seen) {
      return (long) seen.size();
    }
  }
}
