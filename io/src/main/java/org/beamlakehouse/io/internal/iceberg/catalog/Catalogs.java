package org.beamlakehouse.io.internal.iceberg.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.secrets.Redaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open catalogs of this process: one per configuration, opened on first use and kept, because
 * opening one costs connections and closing one under a running bundle breaks its readers.
 */
public final class Catalogs {
  private static final Logger LOG = LoggerFactory.getLogger(Catalogs.class);
  private static final String SQLITE = "jdbc:sqlite:";

  /** How long a lock that another process holds is waited for: as long as a Kafka broker is. */
  private static final String BUSY_MILLIS = "60000";

  private static final Map<CatalogConfig, Catalog> OPEN = new ConcurrentHashMap<>();

  private Catalogs() {}

  /** The catalog of a configuration. */
  public static Catalog open(CatalogConfig config) {
    return OPEN.computeIfAbsent(
        config,
        c -> {
          registerDrivers();
          Redaction.learn(c.properties());
          return CatalogUtil.buildIcebergCatalog(
              c.name(),
              ReliableJdbcCatalog.insteadOfIcebergs(withEmbeddedDefaults(c.properties())),
              hadoop());
        });
  }

  /**
   * Makes the JDBC drivers beside this class known. Java looks for drivers once per process: where
   * a cluster's worker gives each job a class loader of its own, only the first job would have
   * them.
   */
  private static void registerDrivers() {
    for (Driver driver : ServiceLoader.load(Driver.class, Catalogs.class.getClassLoader())) {
      LOG.debug("JDBC driver {}", driver.getClass().getName());
    }
  }

  /**
   * Hadoop's configuration, for files that are read through Hadoop. Each reader and writer of a
   * file copies it: where nobody has configured Hadoop, its thousand defaults, which its code knows
   * as well, are left out.
   */
  static Configuration hadoop() {
    Configuration hadoop = new Configuration(false);
    if (hadoop.getResource("core-site.xml") != null
        || hadoop.getResource("hdfs-site.xml") != null) {
      hadoop = new Configuration();
    }
    hadoop.setIfUnset("fs.file.impl", LocalFiles.class.getName());
    return hadoop;
  }

  /** An embedded SQLite catalog needs its folder, and patience where two processes use it. */
  static Map<String, String> withEmbeddedDefaults(Map<String, String> properties) {
    String uri = properties.getOrDefault(CatalogProperties.URI, "");
    if (!uri.startsWith(SQLITE)) {
      return properties;
    }
    Path folder = Path.of(uri.substring(SQLITE.length())).toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create the catalog's folder " + folder, e);
    }
    Map<String, String> all = new TreeMap<>(properties);
    all.putIfAbsent("jdbc.busy_timeout", BUSY_MILLIS);
    return all;
  }

  /** Loads a table by its dotted name. */
  public static Table load(CatalogConfig config, String table) {
    return open(config).loadTable(TableIdentifier.parse(table));
  }

  /** Loads a table by its dotted name, if the catalog has it. */
  public static Optional<Table> find(CatalogConfig config, String table) {
    try {
      return Optional.of(load(config, table));
    } catch (NoSuchTableException | NoSuchNamespaceException e) {
      return Optional.empty();
    }
  }

  /** True where the catalog has the table. */
  public static boolean exists(CatalogConfig config, String table) {
    return open(config).tableExists(TableIdentifier.parse(table));
  }

  /**
   * Loads a table to write to it, after creating it and its namespace where they are missing. What
   * exists stays as it is, whatever its schema, but for what {@link #completed} does.
   */
  // One at a time, so that the workers of a process do not race for the same table.
  public static synchronized Table loadOrCreate(
      CatalogConfig config,
      String table,
      Schema schema,
      PartitionSpec spec,
      Map<String, String> properties) {
    Optional<Table> existing = find(config, table);
    if (existing.isPresent()) {
      return completed(config, table, existing.get());
    }
    createNamespace(config, table);
    try {
      open(config)
          .createTable(
              TableIdentifier.parse(table),
              schema,
              spec,
              TableDefaults.ofNew(config, table, properties));
    } catch (AlreadyExistsException e) {
      // A worker elsewhere was faster, which is all we need.
    }
    return completed(config, table, load(config, table));
  }

  /**
   * Makes an existing table one to be written to: its metadata files are trimmed unless it says
   * otherwise itself, and it gets the properties that the project says of it.
   *
   * @return the table
   */
  public static Table completed(CatalogConfig config, String name, Table table) {
    TableDefaults.complete(config, name, table);
    return table;
  }

  /** Creates the namespaces of a table where they are missing. */
  public static void createNamespace(CatalogConfig config, String table) {
    Namespace namespace = TableIdentifier.parse(table).namespace();
    if (open(config) instanceof SupportsNamespaces namespaces
        && !namespaces.namespaceExists(namespace)) {
      try {
        namespaces.createNamespace(namespace);
      } catch (RuntimeException e) {
        // Another worker may have created it at the same time, which catalogs report in many ways.
        if (!namespaces.namespaceExists(namespace)) {
          throw e;
        }
      }
    }
  }
}
