package org.beamlakehouse.testing.history;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;

/**
 * The worked cases while others commit to the same tables, ledgers among them, right before we do.
 * Tables take turns in all write modes, format versions and layouts.
 */
class CasesAmongOthersIT extends CaseSuite {
  private static final List<String> MODES = List.of("merge-on-read", "copy-on-write");
  private static final List<String> VERSIONS = List.of("2", "3");
  private static final List<String> LAYOUTS =
      List.of("['bucket(4, id)']", "['truncate(2, id)']", "[%s, 'bucket(2, id)']", "[]");

  private int tables;

  @Override
  Map<String, String> settings(TestTable table) {
    int number = tables++;
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "tableProperties",
        String.format(
            "{write.merge.mode: %s, format-version: '%s'}",
            MODES.get(number % 2), VERSIONS.get(number / 2 % 2)));
    settings.put(
        "partitionBy",
        String.format(LAYOUTS.get(number / 4 % LAYOUTS.size()), table.columns().get(0)));
    return settings;
  }

  @Override
  Deliveries deliveries(TestProject project, List<TestTable> all) {
    Path warehouse = project.folder().resolve("warehouse");
    project.file(
        "lakehouse.yaml",
        String.format(
            "name: test%ncatalog:%n  catalog-impl: %s%n  uri: jdbc:sqlite:%s%n  warehouse: %s%n"
                + "sources:%n",
            RacingCatalog.class.getName(), warehouse.resolve("catalog.db"), warehouse));
    RacingCatalog.race(true);
    return super.deliveries(project, all);
  }

  @Override
  void redeliver(Deliveries deliveries) {
    // What others commit would be taken for our snapshots.
    RacingCatalog.race(false);
    super.redeliver(deliveries);
  }

  @Test
  void othersCommittedOften() {
    Collection<String> compacted = RacingCatalog.compacted();
    assertThat("compactions", compacted.size(), greaterThan(50));
    assertThat("of ledgers", compacted, hasItem(endsWith("__ledger")));
    assertThat("other changes", RacingCatalog.otherChanges(), greaterThan(50));
  }
}
