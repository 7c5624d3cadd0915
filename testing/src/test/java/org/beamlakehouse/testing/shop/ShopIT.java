package org.beamlakehouse.testing.shop;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.expressions.Expressions;
import org.beamlakehouse.examples.shop.ShopGenerator;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample project through the command line: its tables are those that {@link ExpectedShop}
 * computes from the files in the plainest way, whether the files come at once or in parts.
 *
 * <p>Columns that depend on the time of ingestion are only seen to be the same in all rows' form,
 * not compared; that two runs at different times give the same rest is what the parts show.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShopIT {
  private static final double SCALE = 0.2;
  private static final String VARS = "--vars=run_date=" + ShopGenerator.RUN_DATE;
  private static final List<String> BRONZE = List.of("bronze.shop_cdc", "bronze.shop_events");
  private static final List<String> OPS = List.of("ops.runs", "ops.quality");

  private ExpectedShop expected;
  private TestProject shop;
  private CommandResult firstRun;

  @BeforeAll
  void runAtOnce(@TempDir Path folder) throws IOException {
    shop = copyOfSample(folder);
    expected = ExpectedShop.of(folder, LocalDate.parse(ShopGenerator.RUN_DATE));
    firstRun = shop.run(VARS).done();
  }

  @Test
  void givesTheTablesThatWereComputedPlainly() {
    assertGivesExpected(shop);
  }

  @Test
  void keepsEveryLineInBronze() {
    for (String source : List.of("shop_cdc", "shop_events")) {
      assertThat(source, shop.rows("bronze." + source).size(), is(expected.lines(source)));
    }
  }

  @Test
  void putsAsideWhatIsNoGoodRecord() {
    assertSideCounts(shop);
  }

  @Test
  void recordsTheRunAndItsRules() {
    Map<String, Map<String, Object>> runs = new HashMap<>();
    shop.rows("ops.runs").forEach(row -> runs.put((String) row.get("table_name"), row));
    for (String table : expected.tableNames()) {
      Map<String, Object> run = runs.get(table);
      assertThat(table, run.get("status"), is("committed"));
      long deleted =
          expected.rows(table).stream()
              .filter(row -> Boolean.TRUE.equals(row.get("is_deleted")))
              .count();
      assertThat(table, run.get("rows_inserted"), is(expected.rows(table).size() - deleted));
      assertThat(
          table, run.get("snapshot_id"), is(shop.table(table).currentSnapshot().snapshotId()));
      assertThat(firstRun.out(), containsString(table));
    }
    for (String table : List.of("silver.customers", "silver.orders", "silver.user_events")) {
      assertThat(runs.get(table).get("rows_quarantined"), is((long) expected.quarantined(table)));
      assertThat(runs.get(table).get("rows_dropped"), is((long) expected.dropped(table)));
    }
    for (String bronze : BRONZE) {
      long lines = expected.lines(bronze.substring("bronze.".length()));
      assertThat(bronze, runs.get(bronze).get("rows_inserted"), is(lines));
    }
    Map<String, Long> failed = new TreeMap<>();
    for (Map<String, Object> rule : shop.rows("ops.quality")) {
      failed.put(
          rule.get("table_name") + ":" + rule.get("rule"), (Long) rule.get("failed_records"));
      assertThat(rule.toString(), (long) rule.get("passed_records"), greaterThan(0L));
    }
    assertThat(
        failed.get("silver.user_events:no_bots"),
        is((long) expected.dropped("silver.user_events")));
    assertThat(
        failed.get("silver.orders:no_monitoring_orders"),
        is((long) expected.dropped("silver.orders")));
    // What keeps a record from its table fails as often as records were put aside for it.
    Map<String, Long> aside = new TreeMap<>();
    for (String table : List.of("silver.orders", "silver.user_events")) {
      for (Map<String, Object> row : shop.rows(table + "__quarantine", "failed_rules")) {
        for (String rule : ((String) row.get("failed_rules")).split(", ?")) {
          aside.merge(table + ":" + rule, 1L, Long::sum);
        }
      }
    }
    String warning = "silver.orders:refund_within_amount";
    assertThat(failed.get(warning), greaterThan(aside.remove(warning)));
    Map<String, Long> failedAside = new TreeMap<>(failed);
    failedAside.keySet().retainAll(aside.keySet());
    assertThat(failedAside, is(aside));
    assertThat(
        failed.keySet(),
        is(
            Set.of(
                "silver.customers:country_code",
                "silver.orders:key:order_id",
                "silver.orders:known_currency",
                "silver.orders:no_monitoring_orders",
                "silver.orders:positive_amount",
                "silver.orders:refund_within_amount",
                "silver.orders:required:customer_id",
                "silver.orders:type:amount",
                "silver.user_events:key:event_id",
                "silver.user_events:known_event_type",
                "silver.user_events:known_user",
                "silver.user_events:no_bots",
                "silver.user_events:required:platform",
                "silver.user_events:sequence",
                "silver.user_events:type:event_ts",
                "silver.user_events:type:user_id")));
  }

  @Test
  void isFoundSound() {
    assertThat(
        shop.command("check").done().out(),
        containsString("2 sources, 3 contracts, 4 gold products"));
  }

  @Test
  void findsNothingToDoTheSecondTime() {
    Map<String, List<Long>> before = allSnapshots(shop);
    CommandResult again = shop.run(VARS).done();
    assertThat(again.out(), containsString("Nothing to do"));
    assertThat(allSnapshots(shop), is(before));
  }

  @Test
  void givesTheSameTablesWhenTheFilesComeInParts(@TempDir Path folder) throws IOException {
    TestProject parts = copyOfSample(folder);
    Path aside = Files.createDirectories(folder.resolve("aside"));
    hideSecondHalf(folder.resolve("data/cdc"), aside.resolve("cdc"));
    hideSecondHalf(folder.resolve("data/events"), aside.resolve("events"));
    parts.run(VARS).done();
    showAll(aside.resolve("cdc"), folder.resolve("data/cdc"));
    showAll(aside.resolve("events"), folder.resolve("data/events"));
    parts.run(VARS).done();

    assertGivesExpected(parts);
    assertSideCounts(parts);
    for (String table : expected.tableNames()) {
      TableContents.assertSame(
          table, TableContents.of(parts, table), TableContents.of(shop, table));
    }
    for (String table : List.of("gold.revenue_daily", "gold.dau_by_platform")) {
      assertThat(
          table + " is recomputed in part",
          summary(parts, table, "added-records"),
          allOf(greaterThan(0L), lessThan((long) expected.rows(table).size())));
    }
    assertRecomputesOneDay(parts);
  }

  private void assertRecomputesOneDay(TestProject project) {
    String table = "gold.dau_by_platform";
    LocalDate day = LocalDate.parse("2026-06-15");
    List<Map<String, Object>> before = project.rows(table);
    long ofDay = before.stream().filter(row -> row.get("event_date").equals(day)).count();
    String event =
        "{\"event_id\":\"late\",\"user_id\":1000000,\"session_id\":\"s\",\"platform\":\"web\","
            + "\"event_type\":\"search\",\"event_ts\":\"%sT12:00:00Z\"}".formatted(day);
    project.lines("data/events/late.jsonl", List.of(event));
    List<Long> customers = project.snapshots("gold.customer_features");
    project.run(VARS).done();

    assertThat(summary(project, table, "added-records"), is(ofDay));
    assertThat(project.snapshots("gold.customer_features"), is(customers));
    assertThat(project.rows(table).size(), is(before.size()));
    Map<String, Object> web =
        project
            .rows(
                table,
                Expressions.and(
                    Expressions.equal("event_date", day.toString()),
                    Expressions.equal("platform", "web")))
            .get(0);
    Map<String, Object> was =
        before.stream()
            .filter(row -> row.get("event_date").equals(day) && row.get("platform").equals("web"))
            .findFirst()
            .orElseThrow();
    assertThat(web.get("dau"), is((long) was.get("dau") + 1));
    assertThat(web.get("total_events"), is((long) was.get("total_events") + 1));
  }

  private void assertGivesExpected(TestProject project) {
    for (String table : expected.tableNames()) {
      List<Map<String, Object>> rows = expected.rows(table);
      String[] columns = rows.get(0).keySet().toArray(new String[0]);
      TableContents.assertSame(
          table,
          TableContents.sorted(project.rows(table, columns), Set.of()),
          TableContents.sorted(rows, Set.of()));
    }
  }

  private void assertSideCounts(TestProject project) {
    for (String table : List.of("silver.customers", "silver.orders", "silver.user_events")) {
      assertThat(table, count(project, table + "__quarantine"), is(expected.quarantined(table)));
    }
    for (String source : List.of("shop_cdc", "shop_events")) {
      assertThat(
          source,
          count(project, "bronze." + source + "__dead_letter"),
          is(expected.deadLetters(source)));
    }
  }

  private static int count(TestProject project, String table) {
    return project.exists(table) ? project.rows(table).size() : 0;
  }

  private static long summary(TestProject project, String table, String key) {
    Snapshot current = project.table(table).currentSnapshot();
    return Long.parseLong(current.summary().getOrDefault(key, "0"));
  }

  private Map<String, List<Long>> allSnapshots(TestProject project) {
    Map<String, List<Long>> snapshots = new TreeMap<>();
    Stream.of(expected.tableNames(), BRONZE, OPS)
        .flatMap(List::stream)
        .forEach(table -> snapshots.put(table, project.snapshots(table)));
    return snapshots;
  }

  private static TestProject copyOfSample(Path folder) throws IOException {
    ShopFiles.copySample(folder);
    ShopGenerator.generate(folder, SCALE);
    return TestProject.open(folder);
  }

  private static void hideSecondHalf(Path from, Path to) throws IOException {
    List<Path> files = ShopFiles.files(from);
    move(files.subList(files.size() / 2, files.size()), to);
  }

  private static void showAll(Path from, Path to) throws IOException {
    move(ShopFiles.files(from), to);
  }

  private static void move(List<Path> files, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : files) {
      Files.move(file, to.resolve(file.getFileName()));
    }
  }
}
