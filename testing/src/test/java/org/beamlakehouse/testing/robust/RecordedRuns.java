package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.testing.TestProject;

/** What {@code ops.runs} and {@code ops.quality} must have of a project, whatever was killed. */
final class RecordedRuns {
  private RecordedRuns() {}

  /** Checks that each commit of bronze, silver and gold is recorded, and nothing twice. */
  static void assertCompleteAndSingle(TestProject project) {
    List<String> commits = new ArrayList<>();
    Catalog catalog = Catalogs.open(project.catalog());
    for (String namespace : List.of("bronze", "silver", "gold")) {
      if (!((SupportsNamespaces) catalog).namespaceExists(Namespace.of(namespace))) {
        continue;
      }
      for (TableIdentifier table : catalog.listTables(Namespace.of(namespace))) {
        for (Snapshot snapshot : catalog.loadTable(table).snapshots()) {
          if (snapshot.summary().containsKey("beam-lakehouse.run")) {
            commits.add(table + " " + snapshot.snapshotId());
          }
        }
      }
    }
    List<String> recorded =
        project.rows("ops.runs").stream()
            .filter(row -> !List.of("unchanged", "halted", "failed").contains(row.get("status")))
            .filter(row -> commits.contains(row.get("table_name") + " " + row.get("snapshot_id")))
            .map(row -> row.get("table_name") + " " + row.get("snapshot_id"))
            .sorted()
            .toList();
    assertThat("ops.runs", recorded, is(commits.stream().sorted().toList()));
    List<String> checked =
        project.rows("ops.quality").stream()
            .filter(row -> row.get("snapshot_id") != null)
            .map(
                row -> row.get("table_name") + " " + row.get("snapshot_id") + " " + row.get("rule"))
            .sorted()
            .toList();
    assertThat("ops.quality", checked, is(new ArrayList<>(new TreeSet<>(checked))));
  }

  /**
   * What the commits of all runs together have read, put aside and checked, by table and rule: the
   * same however the records came to be parted among runs. Halted batches are judged again and
   * again, and do not count.
   */
  static Map<String, Long> sums(TestProject project) {
    Map<String, Long> sums = new TreeMap<>();
    for (Map<String, Object> row : project.rows("ops.runs")) {
      String hop = (String) row.get("hop");
      if (!hop.equals("gold") && !row.get("status").equals("halted")) {
        for (String count : List.of("rows_read", "rows_quarantined", "dead_letters")) {
          sums.merge(row.get("table_name") + " " + count, (Long) row.get(count), Long::sum);
        }
      }
    }
    for (Map<String, Object> row : project.rows("ops.quality")) {
      if (row.get("snapshot_id") != null) {
        for (String count : List.of("passed_records", "failed_records")) {
          sums.merge(
              row.get("table_name") + " " + row.get("rule") + " " + count,
              (Long) row.get(count),
              Long::sum);
        }
      }
    }
    sums.values().removeIf(sum -> sum == 0);
    return sums;
  }
}
