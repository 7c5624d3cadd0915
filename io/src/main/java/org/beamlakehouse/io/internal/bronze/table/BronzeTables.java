package org.beamlakehouse.io.internal.bronze.table;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;

/** What a bronze table looks like, and its creation on first use. */
public final class BronzeTables {
  /** Name of the hop, in what runs say of themselves. */
  public static final String HOP = "bronze";

  /** The bytes received; null for a tombstone. */
  public static final String RAW_PAYLOAD = "raw_payload";

  public static final String MESSAGE_KEY = "message_key";
  public static final String HEADERS = "headers";

  /** Name of the source in the project. */
  public static final String SOURCE_SYSTEM = "source_system";

  public static final String SOURCE_TOPIC = "source_topic";
  public static final String SOURCE_PARTITION = "source_partition";
  public static final String SOURCE_OFFSET = "source_offset";

  /** Path of the file, as {@link org.beamlakehouse.io.internal.files.SourceFile#path()} has it. */
  public static final String SOURCE_FILE = "source_file";

  /** Number of the record in its file, from 0. */
  public static final String SOURCE_POSITION = "source_position";

  /** Time of the message; for a file's record when the file was last modified. */
  public static final String SOURCE_TIMESTAMP = "source_timestamp";

  public static final String INGESTION_TIMESTAMP = "ingestion_timestamp";

  /** UTC date of {@link #INGESTION_TIMESTAMP}; the table is partitioned by it. */
  public static final String INGESTION_DATE = "ingestion_date";

  public static final String PIPELINE_VERSION = "pipeline_version";

  /** Id of the payload's schema in the registry, in decimal digits, where there is one. */
  public static final String SCHEMA_VERSION = "schema_version";

  /** MD5 of the payload in lower case hex; null where there is no payload. */
  public static final String CHECKSUM = "checksum";

  public static final String BATCH_ID = "batch_id";

  /** Table property that names what a table is for. */
  public static final String ROLE = "beam-lakehouse.role";

  private BronzeTables() {}

  /** The schema of a new bronze table. Field ids are assigned anew when it is created. */
  public static Schema schema() {
    return new Schema(
        optional(1, RAW_PAYLOAD, Types.BinaryType.get(), "The bytes received, unchanged"),
        optional(2, MESSAGE_KEY, Types.BinaryType.get(), "The message key's bytes"),
        optional(
            3,
            HEADERS,
            Types.MapType.ofOptional(17, 18, Types.StringType.get(), Types.BinaryType.get()),
            "The message's headers"),
        required(4, SOURCE_SYSTEM, Types.StringType.get(), "Name of the source"),
        optional(5, SOURCE_TOPIC, Types.StringType.get(), "Topic the message came from"),
        optional(6, SOURCE_PARTITION, Types.IntegerType.get(), "Partition of the topic"),
        optional(7, SOURCE_OFFSET, Types.LongType.get(), "Offset in the partition"),
        optional(8, SOURCE_FILE, Types.StringType.get(), "File the record came from"),
        optional(9, SOURCE_POSITION, Types.LongType.get(), "Number of the record in the file"),
        optional(
            10,
            SOURCE_TIMESTAMP,
            Types.TimestampType.withZone(),
            "Time of the message, or of the file's last change"),
        required(
            11, INGESTION_TIMESTAMP, Types.TimestampType.withZone(), "Start of the ingesting run"),
        required(12, INGESTION_DATE, Types.DateType.get(), "UTC date of the ingesting run"),
        required(13, PIPELINE_VERSION, Types.StringType.get(), "Version of the ingesting pipeline"),
        optional(14, SCHEMA_VERSION, Types.StringType.get(), "Schema id in the registry"),
        optional(15, CHECKSUM, Types.StringType.get(), "MD5 of the payload, hex"),
        required(16, BATCH_ID, Types.StringType.get(), "The ingesting run"));
  }

  /** Loads a bronze table, after creating it and its namespace where they are missing. */
  public static Table createIfMissing(CatalogConfig config, String table) {
    Schema schema = schema();
    return Catalogs.loadOrCreate(
        config,
        table,
        schema,
        PartitionSpec.builderFor(schema).identity(INGESTION_DATE).build(),
        properties());
  }

  private static Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(ROLE, "bronze");
    properties.put(
        "comment",
        "Raw records as received, append-only; written by Beam Lakehouse, not to be changed");
    properties.put(TableProperties.FORMAT_VERSION, "3");
    properties.put(TableProperties.DEFAULT_FILE_FORMAT, "parquet");
    properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
    // For JSON a higher level costs a third more time and saves nothing.
    properties.put(TableProperties.PARQUET_COMPRESSION_LEVEL, "1");
    // Payloads compress tenfold: smaller row groups keep readers parallel and their memory small.
    properties.put(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Integer.toString(32 << 20));
    // Bounds of payloads would put personal data into manifests and help no query.
    properties.put(TableProperties.DEFAULT_WRITE_METRICS_MODE, "counts");
    for (String column :
        new String[] {
          SOURCE_PARTITION, SOURCE_OFFSET, SOURCE_POSITION, INGESTION_TIMESTAMP, INGESTION_DATE
        }) {
      properties.put(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column, "full");
    }
    for (String column : new String[] {SOURCE_SYSTEM, SOURCE_TOPIC, SOURCE_FILE, BATCH_ID}) {
      properties.put(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column, "truncate(64)");
    }
    for (String column : new String[] {RAW_PAYLOAD, MESSAGE_KEY, CHECKSUM}) {
      properties.put(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + column, "false");
      properties.put(TableProperties.PARQUET_DICT_ENCODING_ENABLED_COLUMN_PREFIX + column, "false");
    }
    return properties;
  }
}
