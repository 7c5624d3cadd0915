package org.beamlakehouse.io.internal.iceberg.catalog;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.io.ResolvingFileIO;
import org.beamlakehouse.io.iceberg.CatalogConfig;

/**
 * Access to files outside of tables, by scheme and with the catalog's properties: one per
 * configuration and process, never closed, like {@link Catalogs}.
 */
public final class FileStores {
  private static final Map<CatalogConfig, ResolvingFileIO> OPEN = new ConcurrentHashMap<>();

  private FileStores() {}

  /** The file access of a catalog's configuration. */
  public static ResolvingFileIO open(CatalogConfig config) {
    return OPEN.computeIfAbsent(
        config,
        c -> {
          ResolvingFileIO files = new ResolvingFileIO();
          files.setConf(Catalogs.hadoop());
          files.initialize(c.properties());
          return files;
        });
  }
}
