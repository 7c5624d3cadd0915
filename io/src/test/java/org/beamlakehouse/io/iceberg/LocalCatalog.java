package org.beamlakehouse.io.iceberg;

import java.nio.file.Path;
import java.util.Map;

/** An embedded catalog in a folder, as a project has by default. */
public final class LocalCatalog {
  private LocalCatalog() {}

  public static CatalogConfig in(Path folder) {
    return new CatalogConfig(
        "lakehouse",
        Map.of(
            "type",
            "jdbc",
            "uri",
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "warehouse",
            folder.resolve("warehouse").toString()));
  }
}
