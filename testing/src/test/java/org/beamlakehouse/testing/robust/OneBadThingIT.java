package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with one table, product or source costs the others of its run nothing. */
class OneBadThingIT {
  private static final String COLUMNS =
      """
      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: amount, logicalType: integer, physicalType: long}
      """;
  private static final String SEQUENCE = "- {property: sequenceBy, value: seq}";

  @TempDir Path folder;

  @Test
  void stopsOnlyItself() {
    TestProject project = TestProject.create(folder);
    for (String name : List.of("good", "odd", "halted", "massive")) {
      project.source(name, "json", "data/" + name + "/*.jsonl");
      project.lines("data/" + name + "/1.jsonl", List.of(row(1, 10, 1)));
    }
    project
        .contract("good", Contracts.of("good", "good", SEQUENCE, "", COLUMNS))
        .contract("odd", Contracts.of("odd", "odd", SEQUENCE, "", COLUMNS))
        .contract(
            "halted",
            Contracts.of(
                "halted",
                "halted",
                SEQUENCE,
                "- {name: positive, type: custom, engine: beam-lakehouse, implementation: amount >"
                    + " 0, customProperties: [{property: action, value: fail}]}",
                COLUMNS))
        .contract(
            "massive",
            Contracts.of(
                "massive",
                "massive",
                SEQUENCE + "\n- {property: failWhen, value: {moreThan: 2, quarantined: 60%}}",
                "",
                COLUMNS))
        .gold("broken", product("broken", "SELECT id, 1 / (amount - 20) AS x FROM silver.good"))
        .gold("sums", product("sums", "SELECT id, amount AS x FROM silver.good"))
        .gold("odds", product("odds", "SELECT id, amount AS x FROM silver.odd"));
    project.run().done();

    // From here on everything but `good`, `sums` and `broken` has something to complain about.
    project.table("silver.odd").updateSchema().deleteColumn("amount").commit();
    project.table("silver.odd").updateSchema().addColumn("amount", Types.StringType.get()).commit();
    project.kafkaSource(
        "away",
        "json",
        "localhost:1",
        "topics: [t]",
        "kafka: {default.api.timeout.ms: 500, request.timeout.ms: 300}");
    project.lines("data/good/2.jsonl", List.of(row(2, 20, 2)));
    project.lines("data/odd/2.jsonl", List.of(row(2, 20, 2)));
    project.lines(
        "data/halted/2.jsonl",
        List.of(row(2, 20, 2), row(3, -1, 3), "{\"id\":4,\"amount\":\"x\",\"seq\":4}"));
    project.lines(
        "data/massive/2.jsonl", List.of(row(2, 20, 2), "{\"id\":3}", "{\"id\":4}", "{\"id\":5}"));
    CommandResult run = project.run();

    assertThat(run.err(), run.exitCode(), is(1));
    assertThat(run.err(), containsString("Cannot merge into silver.odd: its column amount"));
    assertThat(run.err(), containsString("Cannot publish silver.halted: a row fails"));
    assertThat(run.err(), containsString("3 of the batch's 4 records are quarantined"));
    assertThat(run.err(), containsString("gold.broken"));
    assertThat(run.err(), containsString("the source away"));
    assertThat(run.out(), containsString("gold.sums"));
    assertThat(project.rows("silver.good"), hasSize(2));
    assertThat(project.rows("gold.sums"), hasSize(2));
    assertThat(project.rows("silver.halted"), hasSize(1));
    assertThat(project.rows("silver.massive"), hasSize(1));
    assertThat(project.rows("silver.odd"), hasSize(1));
    assertThat(project.rows("gold.broken"), hasSize(1));
    assertThat(
        lastRun(project),
        containsInAnyOrder(
            "bronze bronze.away failed",
            "bronze bronze.good committed",
            "bronze bronze.halted committed",
            "bronze bronze.massive committed",
            "bronze bronze.odd committed",
            "silver silver.good committed",
            "silver silver.halted halted",
            "silver silver.massive halted",
            "silver silver.odd halted",
            "gold gold.broken failed",
            "gold gold.sums committed"));

    for (int repeated = 0; repeated < 2; repeated++) {
      assertThat(project.run().exitCode(), is(1));
    }
    assertThat(project.rows("silver.halted__quarantine"), hasSize(1));
    assertThat(project.rows("silver.massive__quarantine"), hasSize(3));
  }

  /** Rows of the run that was recorded last. */
  private static List<String> lastRun(TestProject project) {
    List<Map<String, Object>> rows = new ArrayList<>(project.rows("ops.runs"));
    rows.sort(Comparator.comparing(row -> row.get("ended_at").toString()));
    Object last = rows.get(rows.size() - 1).get("run_id");
    return rows.stream()
        .filter(row -> row.get("run_id").equals(last))
        .map(row -> row.get("hop") + " " + row.get("table_name") + " " + row.get("status"))
        .toList();
  }

  private static String row(int id, int amount, int seq) {
    return "{\"id\":" + id + ",\"amount\":" + amount + ",\"seq\":" + seq + "}";
  }

  private static String product(String name, String sql) {
    return "/*---\ntable: gold." + name + "\n---*/\n" + sql + "\n";
  }
}
