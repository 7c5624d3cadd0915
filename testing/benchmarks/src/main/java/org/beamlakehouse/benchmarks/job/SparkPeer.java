package org.beamlakehouse.benchmarks.job;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.bronze.table.BronzeTables;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.spark.SparkProcess;

/**
 * Spark SQL: the files are appended to a bronze table, and the new rows of that are parsed, reduced
 * to the newest change per key by a window and merged with a guard against late changes.
 */
final class SparkPeer implements Peer {
  private static final String SILVER = "silver.orders";
  private static final String BRONZE = "bronze.shop";
  private static final List<String> COLUMNS =
      List.of(
          "customer_id",
          "status",
          "email",
          "city",
          "note",
          "amount",
          "weight",
          "quantity",
          "gift",
          "created_at",
          "updated_at",
          "is_deleted",
          "deleted_at",
          "ingested_at",
          "dq_passed",
          "pipeline_version",
          "_sequence");

  /** How Spark and its tables are set. */
  enum Tuning {
    /** For two cores and this job; found by trying. */
    TUNED,
    /** Nothing set that a user would have to find out. */
    DEFAULTS
  }

  private final JobSetup setup;
  private final Tuning tuning;
  private final Map<String, String> settings;
  private final Path folder;
  private final CatalogConfig catalog;

  /**
   * New tables in a folder, silver filled.
   *
   * @param settings Spark's settings beyond those of the tuning
   */
  SparkPeer(JobSetup setup, Path folder, Tuning tuning, Map<String, String> settings) {
    this.setup = setup;
    this.folder = folder;
    this.tuning = tuning;
    this.settings = new TreeMap<>(tuning == Tuning.TUNED ? tuned() : Map.of());
    this.settings.putAll(settings);
    this.catalog =
        new CatalogConfig(
            "lake",
            Map.of(
                "type",
                "jdbc",
                CatalogProperties.URI,
                "jdbc:sqlite:" + folder.resolve("warehouse/catalog.db"),
                CatalogProperties.WAREHOUSE_LOCATION,
                folder.resolve("warehouse").toString()));
    Table bronze = BronzeTables.createIfMissing(catalog, BRONZE);
    if (tuning == Tuning.TUNED) {
      // One partition per day: distributing rows by it would leave all work to one task.
      bronze
          .updateProperties()
          .set("write.distribution-mode", "none")
          .set("write.spark.fanout.enabled", "true")
          .commit();
    }
    BaseTable.fill(silver(), setup.sizes().rows());
  }

  private static Map<String, String> tuned() {
    return Map.of(
        "spark.sql.shuffle.partitions", "8",
        "spark.sql.adaptive.enabled", "true",
        "spark.sql.adaptive.coalescePartitions.enabled", "true");
  }

  private Table silver() {
    Schema schema =
        new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "customer_id", Types.LongType.get()),
            Types.NestedField.optional(3, "status", Types.StringType.get()),
            Types.NestedField.optional(4, "email", Types.StringType.get()),
            Types.NestedField.optional(5, "city", Types.StringType.get()),
            Types.NestedField.optional(6, "note", Types.StringType.get()),
            Types.NestedField.optional(7, "amount", Types.DecimalType.of(12, 2)),
            Types.NestedField.optional(8, "weight", Types.DoubleType.get()),
            Types.NestedField.optional(9, "quantity", Types.IntegerType.get()),
            Types.NestedField.optional(10, "gift", Types.BooleanType.get()),
            Types.NestedField.optional(11, "created_at", Types.TimestampType.withZone()),
            Types.NestedField.optional(12, "updated_at", Types.TimestampType.withZone()),
            Types.NestedField.optional(13, "is_deleted", Types.BooleanType.get()),
            Types.NestedField.optional(14, "deleted_at", Types.TimestampType.withZone()),
            Types.NestedField.optional(15, "ingested_at", Types.TimestampType.withZone()),
            Types.NestedField.optional(16, "dq_passed", Types.BooleanType.get()),
            Types.NestedField.optional(17, "pipeline_version", Types.StringType.get()),
            Types.NestedField.required(18, "_sequence", Types.LongType.get()));
    Map<String, String> properties = new TreeMap<>();
    properties.put("format-version", "3");
    properties.put("write.parquet.compression-codec", "zstd");
    properties.put("write.parquet.compression-level", "1");
    properties.put("write.merge.mode", "merge-on-read");
    properties.putAll(setup.tableProperties());
    return Catalogs.loadOrCreate(
        catalog,
        SILVER,
        schema,
        PartitionSpec.builderFor(schema).bucket("id", setup.sizes().buckets()).build(),
        properties);
  }

  @Override
  public String name() {
    return "Spark MERGE INTO, local[2]" + (tuning == Tuning.DEFAULTS ? ", nothing tuned" : "");
  }

  @Override
  public Table table() {
    return Catalogs.load(catalog, SILVER);
  }

  @Override
  public Session start() {
    SparkProcess.Builder builder =
        SparkProcess.builder()
            .catalog("lake", catalog.properties())
            .jvmOptions(setup.commonJvmOptions().toArray(new String[0]));
    settings.forEach(builder::setting);
    SparkProcess spark = builder.start(folder);
    return new Session() {
      @Override
      public Cost run(int batch) {
        Cost cost = new Cost(java.time.Duration.ZERO, java.time.Duration.ZERO);
        for (String statement : statements(batch)) {
          SparkProcess.Answer answer = spark.execute(statement);
          cost = cost.plus(new Cost(answer.wall(), answer.cpu()));
        }
        return cost;
      }

      @Override
      public void close() {
        spark.close();
      }
    };
  }

  private List<String> statements(int batch) {
    return List.of(read(batch), append(batch), merge(batch));
  }

  private String read(int batch) {
    return String.format(
        Locale.ROOT,
        "CREATE OR REPLACE TEMPORARY VIEW input USING text OPTIONS (path '%s')",
        setup.input().resolve(BatchFiles.glob(batch)));
  }

  private static String append(int batch) {
    return "INSERT INTO lake."
        + BRONZE
        + " SELECT CAST(value AS BINARY), NULL, NULL, 'shop', NULL, NULL, NULL,"
        + " input_file_name(), monotonically_increasing_id(), current_timestamp(),"
        + " current_timestamp(), current_date(), 'spark', NULL, md5(value), 'batch-"
        + batch
        + "' FROM input";
  }

  private static String merge(int batch) {
    String row =
        "STRUCT<id: BIGINT, customer_id: BIGINT, status: STRING, email: STRING, city: STRING,"
            + " note: STRING, amount: DECIMAL(12,2), weight: DOUBLE, quantity: INT, gift: BOOLEAN,"
            + " created_at: TIMESTAMP, updated_at: TIMESTAMP>";
    String parsed =
        "SELECT ingestion_timestamp, from_json(CAST(raw_payload AS STRING), 'STRUCT<before: "
            + row
            + ", after: "
            + row
            + ", source: STRUCT<lsn: BIGINT, ts_ms: BIGINT>, op: STRING>') e FROM lake."
            + BRONZE
            + " WHERE batch_id = 'batch-"
            + batch
            + "'";
    String changes =
        "SELECT coalesce(e.after, e.before) r, e.op = 'd' is_deleted,"
            + " CASE WHEN e.op = 'd' THEN timestamp_millis(e.source.ts_ms) END deleted_at,"
            + " ingestion_timestamp ingested_at, true dq_passed, 'spark' pipeline_version,"
            + " e.source.lsn _sequence FROM ("
            + parsed
            + ")";
    String newest =
        "SELECT r.*, is_deleted, deleted_at, ingested_at, dq_passed, pipeline_version, _sequence"
            + " FROM (SELECT *, row_number() OVER (PARTITION BY r.id ORDER BY _sequence DESC) n"
            + " FROM ("
            + changes
            + ")) WHERE n = 1";
    return "MERGE INTO lake."
        + SILVER
        + " t USING ("
        + newest
        + ") s ON t.id = s.id WHEN MATCHED AND s._sequence > t._sequence THEN UPDATE SET "
        + COLUMNS.stream().map(c -> c + " = s." + c).collect(Collectors.joining(", "))
        + " WHEN NOT MATCHED THEN INSERT (id, "
        + String.join(", ", COLUMNS)
        + ") VALUES (s.id, "
        + COLUMNS.stream().map(c -> "s." + c).collect(Collectors.joining(", "))
        + ")";
  }
}
