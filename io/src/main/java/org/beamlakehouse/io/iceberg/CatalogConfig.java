package org.beamlakehouse.io.iceberg;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Which Iceberg catalog to open: a name and the properties that Iceberg's {@code CatalogUtil}
 * takes.
 *
 * <p>JDBC catalogs key their rows by the name: every reader must use the same one. Properties may
 * hold secrets, so {@link #toString()} shows the name only.
 *
 * @param ofTables Iceberg properties of tables of which the project says them, by dotted name, or
 *     by namespace with a dot behind it
 */
public record CatalogConfig(
    String name, Map<String, String> properties, Map<String, Map<String, String>> ofTables)
    implements Serializable {
  public CatalogConfig {
    Objects.requireNonNull(name, "name");
    properties = Map.copyOf(new TreeMap<>(properties));
    ofTables = Map.copyOf(new TreeMap<>(ofTables));
  }

  /** A catalog of whose tables nothing is said. */
  public CatalogConfig(String name, Map<String, String> properties) {
    this(name, properties, Map.of());
  }

  /** The properties that a table is to have by {@link #ofTables}. */
  public Map<String, String> tableProperties(String table) {
    Map<String, String> ofNamespace =
        ofTables.getOrDefault(table.substring(0, table.lastIndexOf('.') + 1), Map.of());
    return ofTables.getOrDefault(table, ofNamespace);
  }

  @Override
  public String toString() {
    return "catalog " + name;
  }
}
