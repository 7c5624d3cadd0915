package org.beamlakehouse.io.internal.iceberg.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.snapshot.TableHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Properties that a table which we write has, besides those of its kind: its metadata files are
 * trimmed, for every commit makes one that is as long as the table's history, and what {@link
 * CatalogConfig#tableProperties} says of it.
 */
final class TableDefaults {
  private static final Logger LOG = LoggerFactory.getLogger(TableDefaults.class);

  /**
   * Enough for {@link TableHistory} to outlive what others do to a table between two of our
   * commits.
   */
  private static final String VERSIONS = "20";

  private static final Map<String, String> TRIMMING =
      Map.of(
          TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED,
          "true",
          TableProperties.METADATA_PREVIOUS_VERSIONS_MAX,
          VERSIONS);

  private TableDefaults() {}

  /** The properties of a new table. */
  static Map<String, String> ofNew(
      CatalogConfig config, String name, Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(TRIMMING);
    all.putAll(properties);
    all.putAll(config.tableProperties(name));
    return all;
  }

  /**
   * Gives a table that exists what it lacks. What it says itself of its metadata files stays. Where
   * somebody else commits at the same time it is left to the next one who opens the table.
   */
  static void complete(CatalogConfig config, String name, Table table) {
    Map<String, String> wanted = new LinkedHashMap<>(config.tableProperties(name));
    // A version is never lowered, and raising it is not to happen by the way.
    wanted.remove(TableProperties.FORMAT_VERSION);
    wanted.entrySet().removeIf(p -> p.getValue().equals(table.properties().get(p.getKey())));
    if (TRIMMING.keySet().stream().noneMatch(table.properties()::containsKey)) {
      TRIMMING.forEach(wanted::putIfAbsent);
    }
    if (wanted.isEmpty()) {
      return;
    }
    UpdateProperties update = table.updateProperties();
    wanted.forEach(update::set);
    try {
      update.commit();
    } catch (CommitFailedException e) {
      LOG.info("Properties of {} are set later: somebody else commits to it", name, e);
    }
  }
}
