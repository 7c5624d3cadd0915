package org.beamlakehouse.io.internal.iceberg.catalog;

import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * Iceberg's JDBC catalog over {@link JdbcConnections}. Public, because Iceberg makes it by its
 * name.
 */
public final class ReliableJdbcCatalog extends JdbcCatalog {
  /** A catalog that is yet to be initialized. */
  public ReliableJdbcCatalog() {
    super(null, JdbcConnections::new, true);
  }

  /** A catalog's properties, which take this class where they would take Iceberg's. */
  static Map<String, String> insteadOfIcebergs(Map<String, String> properties) {
    String type = properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE);
    String implementation = properties.get(CatalogProperties.CATALOG_IMPL);
    if (!CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC.equalsIgnoreCase(type)
        && !JdbcCatalog.class.getName().equals(implementation)) {
      return properties;
    }
    Map<String, String> all = new TreeMap<>(properties);
    all.remove(CatalogUtil.ICEBERG_CATALOG_TYPE);
    all.put(CatalogProperties.CATALOG_IMPL, ReliableJdbcCatalog.class.getName());
    return all;
  }
}
