package org.beamlakehouse.pipelines.run;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.iceberg.Catalogs;
import org.beamlakehouse.io.merge.SilverTables;
import org.beamlakehouse.pipelines.gold.GoldProduct;
import org.beamlakehouse.pipelines.gold.GoldQuery;
import org.beamlakehouse.pipelines.gold.GoldSql;
import org.beamlakehouse.pipelines.project.Project;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Checks of a project that need more than its files: that Beam SQL can run the gold queries, and
 * that tables which exist have the columns of their contracts.
 */
public final class ProjectCheck {
  private ProjectCheck() {}

  /** Everything that is wrong, one message each; empty where the project is sound. */
  public static List<String> check(Project project) {
    List<String> problems = new ArrayList<>();
    for (GoldProduct product : project.goldProducts()) {
      try {
        GoldQuery.of(GoldSql.of(product, Map.of("run_date", today()), project.tables()));
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    for (TableDefinition table : project.tables()) {
      if (Catalogs.exists(project.catalog(), table.name())) {
        try {
          SilverTables.target(project.catalog(), table);
        } catch (IllegalStateException | UnsupportedOperationException e) {
          problems.add(e.getMessage());
        }
      }
    }
    return problems;
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
  }
}
