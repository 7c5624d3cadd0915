package org.beamlakehouse.io.internal.iceberg.side;

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

/**
 * The tables beside others that keep what could not go into them: {@code <table>__quarantine} for
 * rows that fail the contract, {@code <bronze>__dead_letter} for records that could not be parsed.
 * Both have the same columns and are append-only.
 */
public final class SideTables {
  private SideTables() {}

  /** Name of a silver table's quarantine. */
  public static String quarantineOf(String silverTable) {
    return silverTable + "__quarantine";
  }

  /** Name of a bronze table's dead letters. */
  public static String deadLetterOf(String bronzeTable) {
    return bronzeTable + "__dead_letter";
  }

  /** The columns, in the order in which {@link SideRowWriter} fills them. */
  public static Schema schema() {
    return new Schema(
        optional(1, "payload", Types.BinaryType.get(), "The record as received"),
        optional(2, "failed_rules", Types.StringType.get(), "Names of the rules it fails"),
        optional(3, "error", Types.StringType.get(), "What is wrong with it"),
        required(4, "source_system", Types.StringType.get(), "Name of the source"),
        optional(5, "source_topic", Types.StringType.get(), "Topic the message came from"),
        optional(6, "source_partition", Types.IntegerType.get(), "Partition of the topic"),
        optional(7, "source_offset", Types.LongType.get(), "Offset in the partition"),
        optional(8, "source_file", Types.StringType.get(), "File the record came from"),
        optional(9, "source_position", Types.LongType.get(), "Number of the record in the file"),
        required(10, "ingested_at", Types.TimestampType.withZone(), "When bronze ingested it"),
        required(
            11, "recorded_at", Types.TimestampType.withZone(), "Start of the run that recorded it"),
        required(12, "pipeline_version", Types.StringType.get(), "Version that recorded it"),
        required(13, "batch_id", Types.StringType.get(), "The run that recorded it"));
  }

  /** Loads a side table, after creating it and its namespace where they are missing. */
  public static Table ensure(CatalogConfig config, String table) {
    return Catalogs.loadOrCreate(
        config, table, schema(), PartitionSpec.unpartitioned(), properties());
  }

  private static Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(TableProperties.FORMAT_VERSION, "3");
    properties.put(TableProperties.DEFAULT_FILE_FORMAT, "parquet");
    properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
    // Bounds of payloads would put personal data into manifests.
    properties.put(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + "payload", "counts");
    properties.put(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + "payload", "false");
    return properties;
  }
}
