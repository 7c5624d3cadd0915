package org.beamlakehouse.pipelines.internal.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.TableProperties;

/**
 * Reads {@code tableProperties}: any of Iceberg's, or of others that read the table. Of those that
 * a run itself goes by, a value that it could not use is an error.
 */
public final class TablePropertiesReader {
  private static final List<String> MODES = List.of("merge-on-read", "copy-on-write");

  private static final Map<String, List<String>> VALUES =
      Map.of(
          TableProperties.FORMAT_VERSION,
          List.of("2", "3"),
          TableProperties.MERGE_MODE,
          MODES,
          TableProperties.UPDATE_MODE,
          MODES,
          TableProperties.DELETE_MODE,
          MODES,
          TableProperties.PARQUET_COMPRESSION,
          List.of("zstd", "snappy", "gzip", "uncompressed", "lz4", "lz4_raw", "brotli"));

  private TablePropertiesReader() {}

  /** The properties. */
  public static Map<String, String> read(YamlNode node) {
    Map<String, String> properties = new LinkedHashMap<>(node.asProperties("'tableProperties'"));
    VALUES.forEach(
        (name, values) -> {
          String value = properties.get(name);
          YamlNode written = node.get(name);
          if (value != null
              && !written.isUnfilled()
              && !values.contains(value.toLowerCase(Locale.ROOT))) {
            written.error(
                "'%s' cannot be '%s'; use one of %s",
                name, written.written(), String.join(", ", values));
          }
        });
    return properties;
  }
}
