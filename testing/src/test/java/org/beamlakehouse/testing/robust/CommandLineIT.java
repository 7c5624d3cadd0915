package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} and {@code check} as a user sees them, run after run. */
class CommandLineIT {
  private static final String GOLD =
      """
      /*---
      table: gold.%1$s
      owner: test
      description: Living accounts by plan
      slaMinutes: 60
      consumers: [test]
      key: [plan]
      ---*/
      SELECT plan, COUNT(*) AS accounts, '${label}' AS label
      FROM silver.accounts GROUP BY plan
      """;

  private TestProject project;

  @BeforeEach
  void create(@TempDir Path folder) {
    project =
        TestProject.create(folder)
            .source("accounts", "json", "data/*.jsonl")
            .contract("accounts", contract("accounts", 1))
            .contract("account_history", contract("account_history", 2))
            .gold("plans", GOLD.formatted("plans"))
            .lines("data/a.jsonl", List.of(account(1, "free", 1), account(2, "pro", 1), "{"));
  }

  @Test
  void takesWhatIsNewAndSaysWhatItDid() {
    CommandResult first = project.run("--vars=label=x", "--targetParallelism=1").done();
    List<String> summary = first.out().lines().toList();
    assertThat(
        summary.get(0).replaceAll(" +", " "),
        is(
            "hop table status read inserted updated deleted dropped quarantined dead_letters"
                + " snapshot seconds"));
    assertThat(
        line(first, "bronze.accounts"), containsString("bronze bronze.accounts committed 3 3"));
    assertThat(
        line(first, "silver.accounts"), containsString("silver silver.accounts committed 2 2"));
    assertThat(
        line(first, "silver.accounts"),
        containsString(" " + project.table("silver.accounts").currentSnapshot().snapshotId()));
    assertThat(line(first, "bronze.accounts__dead_letter"), containsString(" 1 "));
    assertThat(plans(), is(Map.of("free", 1L, "pro", 1L)));
    assertThat(
        project.rows("gold.plans", "label").stream().map(r -> r.get("label")).toList(),
        is(List.of("x", "x")));

    Map<String, List<Long>> before = snapshots();
    CommandResult idle = project.run("--vars=label=x").done();
    assertThat(idle.out().strip(), is("Nothing to do: every table is up to date"));
    assertThat(snapshots(), is(before));

    project.lines("data/b.jsonl", List.of(account(2, "free", 2), account(3, "free", 1)));
    CommandResult next = project.run("--vars=label=x").done();
    assertThat(line(next, "bronze.accounts"), containsString("committed 2 2"));
    assertThat(line(next, "silver.accounts"), containsString("committed 2 1 1"));
    assertThat(plans(), is(Map.of("free", 3L)));
    assertThat(project.rows("silver.account_history"), hasSize(4));

    // A redelivered record lands in bronze and changes nothing else.
    before = snapshots();
    project.lines("data/c.jsonl", List.of(account(3, "free", 1)));
    project.run("--vars=label=x").done();
    assertThat(project.snapshots("silver.accounts"), is(before.get("silver.accounts")));
    assertThat(project.snapshots("gold.plans"), is(before.get("gold.plans")));
    assertThat(project.rows("bronze.accounts"), hasSize(6));
    before = snapshots();
    assertThat(project.run("--vars=label=x").done().out(), containsString("Nothing to do"));
    assertThat(snapshots(), is(before));

    assertThat("another value is another query", plansLabelled("y"), is(Set.of("y")));
  }

  @Test
  void runsChosenTablesOnly() {
    project.gold("unchosen", GOLD.formatted("unchosen"));
    project.run("--tables", "silver.accounts", "--vars=label=x").done();
    assertThat(project.exists("silver.accounts"), is(true));
    assertThat(project.exists("silver.account_history"), is(false));
    assertThat(project.exists("gold.plans"), is(false));
    project.run("--tables=silver.account_history,gold.plans", "--vars=label=x").done();
    assertThat(project.rows("silver.account_history"), hasSize(2));
    assertThat(plans(), is(Map.of("free", 1L, "pro", 1L)));
    assertThat(project.exists("gold.unchosen"), is(false));
    assertThat("bronze has each line once", project.rows("bronze.accounts"), hasSize(3));
  }

  @Test
  void rebuildsFromBronze() {
    project.run("--vars=label=x").done();
    List<String> accounts = TableContents.of(project, "silver.accounts");
    List<String> history = TableContents.of(project, "silver.account_history");
    // Somebody empties a table; bronze still has all.
    project
        .table("silver.accounts")
        .newDelete()
        .deleteFromRowFilter(Expressions.alwaysTrue())
        .commit();
    project.run("--full-refresh", "--tables=silver.accounts", "--vars=label=x").done();
    assertThat(TableContents.of(project, "silver.accounts"), is(accounts));
    project.run("--full-refresh", "--vars=label=x").done();
    assertThat(TableContents.of(project, "silver.accounts"), is(accounts));
    assertThat(TableContents.of(project, "silver.account_history"), is(history));
    assertThat(project.rows("bronze.accounts"), hasSize(3));
    assertThat(
        "dead letters are there once", project.rows("bronze.accounts__dead_letter"), hasSize(1));
    assertThat(plans(), is(Map.of("free", 1L, "pro", 1L)));
  }

  @Test
  void asksForAMissingVariable() {
    CommandResult result = project.run();
    assertThat(result.exitCode(), is(2));
    assertThat(
        result.err(), allOf(containsString("gold/plans.sql"), containsString("--vars label=")));
    assertThat(project.exists("bronze.accounts"), is(false));
  }

  @Test
  void comparesContractsWithTables() {
    project.file("gold/plans.sql", GOLD.formatted("plans").replace("'${label}'", "'z'"));
    assertThat(project.command("check").done().out(), containsString("is sound"));
    project.run().done();
    assertThat(project.command("check").done().out(), containsString("is sound"));
    project.contract(
        "accounts", contract("accounts", 1).replace("physicalType: long", "physicalType: int"));
    CommandResult check = project.command("check");
    assertThat(check.out() + check.err(), check.exitCode(), is(2));
    assertThat(check.err(), allOf(containsString("silver.accounts"), containsString("id")));
    assertThat(check.err(), not(containsString("Exception")));
  }

  @Test
  void warnsOfAProductThatIsNeverIncremental() {
    project.file(
        "gold/plans.sql",
        GOLD.formatted("plans")
            .replace("'${label}'", "'z'")
            .replace("key: [plan]", "key: [plan]\nincrementalBy: plan")
            .replace("GROUP BY plan", "GROUP BY plan ORDER BY plan LIMIT 1"));
    CommandResult check = project.command("check").done();
    assertThat(check.out(), containsString("is sound"));
    assertThat(
        check.err(),
        containsString(
            "gold/plans.sql:10: warning: gold.plans is computed in full every time: it is not"
                + " incremental by plan: the query has a LIMIT"));
  }

  private Set<Object> plansLabelled(String label) {
    project.run("--vars=label=" + label).done();
    return project.rows("gold.plans", "label").stream()
        .map(row -> row.get("label"))
        .collect(Collectors.toSet());
  }

  private Map<Object, Object> plans() {
    return project.rows("gold.plans").stream()
        .collect(Collectors.toMap(row -> row.get("plan"), row -> row.get("accounts")));
  }

  private Map<String, List<Long>> snapshots() {
    Map<String, List<Long>> snapshots = new TreeMap<>();
    for (String table :
        List.of(
            "bronze.accounts",
            "bronze.accounts__dead_letter",
            "silver.accounts",
            "silver.accounts__ledger",
            "silver.accounts__quarantine",
            "silver.account_history",
            "silver.account_history__ledger",
            "gold.plans",
            "ops.runs",
            "ops.quality")) {
      snapshots.put(table, project.snapshots(table));
    }
    return snapshots;
  }

  /** The summary's line of a table, words parted by one blank. */
  private static String line(CommandResult result, String table) {
    return result
        .out()
        .lines()
        .map(line -> line.replaceAll(" +", " "))
        .filter(line -> line.contains(" " + table + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No line of " + table + " in:\n" + result.out()));
  }

  private static String account(long id, String plan, long seq) {
    return "{\"id\":%d,\"plan\":\"%s\",\"seq\":%d}".formatted(id, plan, seq);
  }

  private static String contract(String name, int scdType) {
    return Contracts.of(
        name,
        "accounts",
        """
        - {property: sequenceBy, value: seq}
        - {property: storedAsScdType, value: %d}
        """
            .formatted(scdType),
        "",
        """
        - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
        - {name: plan, logicalType: string}
        """);
  }
}
