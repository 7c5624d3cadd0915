package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.beamlakehouse.testing.CommandResult;
import org.beamlakehouse.testing.TableContents;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that is halted in a stream: what becomes of it, of the others, and of the stream. */
class HaltedStreamIT {
  private static final String COLUMNS =
      """
      - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
      - {name: amount, logicalType: integer, physicalType: long}
      """;

  @TempDir Path folder;
  private ChildRun run;

  @AfterEach
  void killWhatIsLeft() throws InterruptedException {
    if (run != null) {
      run.kill();
    }
  }

  @Test
  void isParkedWhileTheOthersGoOnAndToldAtTheEnd() throws Exception {
    TestProject project =
        project()
            .gold("shares", product("shares", "SELECT 100 / (SUM(amount) - 129) AS x"))
            .gold("counts", product("counts", "SELECT COUNT(*) AS n"));
    deliver(project, "1", row(1, 10));
    Path output = folder.resolve("output.txt");
    run = ChildRun.start(project.folder(), output, "--mode=continuous");
    run.await(() -> rows(project, "silver.strict") == 1 && rows(project, "silver.lax") == 1);

    deliver(project, "2", row(2, 20), row(3, -1), row(4, "\"x\""));
    run.await(() -> rows(project, "silver.lax") == 3);
    run.await(() -> rows(project, "silver.strict__quarantine") == 1);
    deliver(project, "3", row(5, 50));
    run.await(() -> rows(project, "silver.lax") == 4);
    // 10 + 20 - 1 + 50 + 50: the query of `shares` fails for what is there now.
    deliver(project, "4", row(6, 50));
    run.await(() -> failed(project).equals(List.of("gold.shares")));
    run.await(() -> only(project, "gold.counts", "n").equals(5L));
    deliver(project, "5", row(7, 1));
    run.await(() -> only(project, "gold.counts", "n").equals(6L));
    run.await(() -> only(project, "gold.shares", "x").equals(100L));
    run.assertAlive();
    int code = run.end();

    String told = Files.readString(output);
    assertThat(told, code, is(3));
    assertThat(told, containsString("Cannot publish silver.strict: a row fails"));
    assertThat("the summary", told, containsString("halted"));
    assertThat(rows(project, "silver.strict"), is(1));
    assertThat(rows(project, "silver.strict__quarantine"), is(1));
    assertThat(
        project.rows("ops.runs").stream().filter(r -> r.get("status").equals("halted")).toList(),
        hasSize(1));
  }

  @Test
  void endsTheStreamWhereItIsToldToOrNothingIsLeftAndIsPassedOverByTheOperatorsWord()
      throws IOException {
    TestProject project = project();
    deliver(project, "1", row(1, 10));
    project.run().done();
    assertThat(project.run("--discard=silver.strict").exitCode(), is(2));

    deliver(project, "2", row(2, 20), row(3, -1), row(4, "\"x\""));
    CommandResult stopped = project.run("--mode=continuous", "--onHalt=stop");
    assertThat(stopped.err(), stopped.exitCode(), is(3));
    assertThat(stopped.out(), containsString("silver.lax"));
    CommandResult nothingLeft = project.run("--mode=continuous", "--tables=silver.strict");
    assertThat(nothingLeft.err(), nothingLeft.exitCode(), is(3));
    CommandResult batch = project.run();
    assertThat(batch.err(), batch.exitCode(), is(3));
    assertThat(batch.err(), containsString("Cannot publish silver.strict: a row fails"));
    assertThat("once over three runs", rows(project, "silver.strict__quarantine"), is(1));

    deliver(project, "3", row(5, 50), row(6, "\"y\""));
    CommandResult wrong = project.run("--discard=silver.none");
    assertThat(wrong.err(), wrong.exitCode(), is(2));
    project.run("--discard=silver.strict").done();
    List<String> rows = TableContents.of(project, "silver.strict");
    assertThat(rows, hasSize(2));
    project.run("--full-refresh", "--tables=silver.strict").done();
    TableContents.assertSame("from bronze", TableContents.of(project, "silver.strict"), rows);
    assertThat(rows(project, "silver.strict__quarantine"), is(2));
    CommandResult again = project.run("--discard=silver.strict");
    assertThat(again.err(), again.exitCode(), is(2));
    assertThat(again.err(), containsString("no batch halts it"));
  }

  private TestProject project() {
    return TestProject.create(folder.resolve("project"))
        .file("lakehouse.yaml", "name: test\ncommitInterval: 1s\nsources:\n")
        .source("items", "json", "data/*.jsonl")
        .contract(
            "strict",
            Contracts.of(
                "strict",
                "items",
                "- {property: sequenceBy, value: seq}",
                "- {name: positive, type: custom, engine: beam-lakehouse, implementation: amount >"
                    + " 0, customProperties: [{property: action, value: fail}]}",
                COLUMNS))
        .contract(
            "lax",
            Contracts.of("lax", "items", "- {property: sequenceBy, value: seq}", "", COLUMNS));
  }

  private static String row(int id, Object amount) {
    return "{\"id\":" + id + ",\"amount\":" + amount + ",\"seq\":" + id + "}";
  }

  /** A whole file at once, as a stream needs it. */
  private static void deliver(TestProject project, String name, String... lines)
      throws IOException {
    project.lines("incoming", List.of(lines));
    Path file = project.folder().resolve("data/" + name + ".jsonl");
    Files.createDirectories(file.getParent());
    Files.move(project.folder().resolve("incoming"), file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String product(String name, String select) {
    return "/*---\ntable: gold." + name + "\n---*/\n" + select + " FROM silver.lax\n";
  }

  private static List<Object> failed(TestProject project) {
    return project.exists("ops.runs")
        ? project.rows("ops.runs").stream()
            .filter(row -> row.get("status").equals("failed"))
            .map(row -> row.get("table_name"))
            .toList()
        : List.of();
  }

  /** A column of the only row that a table has; none is 0. */
  private static Object only(TestProject project, String table, String column) {
    List<Map<String, Object>> rows = project.exists(table) ? project.rows(table) : List.of();
    return rows.isEmpty() ? 0 : rows.get(0).get(column);
  }

  private static int rows(TestProject project, String table) {
    return project.exists(table) ? project.rows(table).size() : 0;
  }
}
