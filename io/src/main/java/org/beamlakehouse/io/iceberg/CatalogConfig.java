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
 */
public record CatalogConfig(String name, Map<String, String> properties) implements Serializable {
  public CatalogConfig {
    Objects.requireNonNull(name, "name");
    properties = Map.copyOf(new TreeMap<>(properties));
  }

  @Override
  public String toString() {
    return "catalog " + name;
  }
}
