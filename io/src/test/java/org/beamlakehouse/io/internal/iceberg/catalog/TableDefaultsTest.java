package org.beamlakehouse.io.internal.iceberg.catalog;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.iceberg.LocalCatalog;
import org.beamlakehouse.io.internal.iceberg.side.SideTables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables keep few metadata files, and have the properties that the project says of them. */
class TableDefaultsTest {
  private static final String TRIMMED = TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED;
  private static final String NAME = "bronze.shop__dead_letter";

  @TempDir Path folder;

  @Test
  void twoHundredCommitsLeaveFewMetadataFiles() throws IOException {
    Table table = SideTables.ensure(LocalCatalog.in(folder), NAME);
    for (int i = 0; i < 200; i++) {
      table.updateProperties().set("n", String.valueOf(i)).commit();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(
          files.filter(file -> file.toString().endsWith(".metadata.json")).count(), lessThan(25L));
    }
  }

  @Test
  void aTableOfAnEarlierVersionIsTrimmedFromItsNextUseOn() {
    Table table = SideTables.ensure(LocalCatalog.in(folder), NAME);
    table
        .updateProperties()
        .remove(TRIMMED)
        .remove(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX)
        .commit();
    assertThat(
        SideTables.ensure(LocalCatalog.in(folder), NAME).properties().get(TRIMMED), is("true"));
  }

  @Test
  void whatATableSaysItselfStays() {
    Table table = SideTables.ensure(LocalCatalog.in(folder), NAME);
    table
        .updateProperties()
        .set(TRIMMED, "false")
        .remove(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX)
        .commit();
    Map<String, String> now = SideTables.ensure(LocalCatalog.in(folder), NAME).properties();
    assertThat(now.get(TRIMMED), is("false"));
    assertThat(now.get(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX), nullValue());
  }

  @Test
  void theProjectsPropertiesAreThoseOfNewAndOldTables() {
    CatalogConfig plain = LocalCatalog.in(folder);
    CatalogConfig ofTable =
        new CatalogConfig(
            plain.name(),
            plain.properties(),
            Map.of(NAME, Map.of("a", "1", "format-version", "2"), "ops.", Map.of("b", "2")));
    SideTables.ensure(plain, NAME);
    Table old = SideTables.ensure(ofTable, NAME);
    assertThat(old.properties().get("a"), is("1"));
    assertThat(SideTables.ensure(ofTable, "ops.runs").properties().get("b"), is("2"));
    assertThat(SideTables.ensure(ofTable, "bronze.x").properties().get("a"), nullValue());
  }
}
