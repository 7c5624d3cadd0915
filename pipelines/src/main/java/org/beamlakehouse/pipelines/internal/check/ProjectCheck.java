package org.beamlakehouse.pipelines.internal.check;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.merge.table.SilverTables;
import org.beamlakehouse.pipelines.internal.gold.query.GoldProduct;
import org.beamlakehouse.pipelines.internal.gold.query.GoldQuery;
import org.beamlakehouse.pipelines.internal.gold.query.GoldSql;
import org.beamlakehouse.pipelines.internal.project.Project;
import org.beamlakehouse.transforms.table.TableDefinition;

/**
 * Checks of a project that need more than to read its files: that Beam SQL can run the gold
 * queries, what sources and contracts say of each other, and that tables which exist have the
 * columns of their contracts.
 */
public final class ProjectCheck {
  private ProjectCheck() {}

  /**
   * What was found, one message each.
   *
   * @param problems what is wrong; empty where the project is sound
   * @param warnings what should be known
   */
  public record Findings(List<String> problems, List<String> warnings) {}

  /** Checks a project with the tables that there are. */
  public static Findings check(Project project) {
    Findings findings = checkOffline(project);
    List<String> problems = new ArrayList<>(findings.problems());
    for (TableDefinition table : project.tables()) {
      if (Catalogs.exists(project.catalog(), table.name())) {
        try {
          SilverTables.target(project.catalog(), table);
        } catch (IllegalStateException | UnsupportedOperationException e) {
          problems.add(e.getMessage());
        }
      }
    }
    return new Findings(problems, findings.warnings());
  }

  /** Checks a project by its files alone: no catalog, folder, broker or registry is looked at. */
  public static Findings checkOffline(Project project) {
    List<String> problems = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    FeedWarnings.of(project).forEach(warning -> warnings.add(warning.toString()));
    for (GoldProduct product : project.goldProducts()) {
      try {
        GoldSql sql = GoldSql.of(product, Map.of("run_date", today()), project.tables());
        GoldQuery.of(sql);
        GoldQuery.warning(sql).ifPresent(warnings::add);
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    warnings.addAll(AmbiguousValueWarnings.warnings(project));
    return new Findings(problems, warnings);
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
  }
}
