package org.beamlakehouse.testing.robust;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.beamlakehouse.testing.TestProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream that has nothing to do costs next to nothing, and takes up what comes. What it costs is
 * processor time, which other work on the machine does not add to.
 */
class IdleStreamIT {
  private static final Duration WINDOW = Duration.ofSeconds(8);

  /**
   * What looking at the sources every second may cost; a pipeline that waits takes ten times it.
   */
  private static final double MOST_SHARE = 0.05;

  private static final long LONGEST_MILLIS = 300_000;

  @TempDir Path folder;
  private ChildRun run;

  @AfterEach
  void end() throws InterruptedException {
    run.kill();
  }

  @Test
  void restsUntilSomethingComes() throws Exception {
    TestProject project =
        TestProject.create(folder.resolve("project"))
            .file("lakehouse.yaml", "name: test\ncommitInterval: 1s\nsources:\n")
            .source("items", "json", "data/*.jsonl")
            .contract(
                "items",
                Contracts.of(
                    "items",
                    "items",
                    "- {property: sequenceBy, value: seq}",
                    "",
                    """
                    - {name: id, logicalType: integer, physicalType: long, primaryKey: true, primaryKeyPosition: 1, required: true}
                    """))
            .gold("fine", product("fine", "SELECT id FROM silver.items"))
            .gold("broken", product("broken", "SELECT id, 10 / (id - 1) AS x FROM silver.items"));
    deliver(project, 1);
    run = ChildRun.start(project.folder(), folder.resolve("output.txt"), "--mode=continuous");
    await(() -> rows(project, "silver.items") == 1);
    double share = 1;
    for (int window = 0; window < 15 && share > MOST_SHARE; window++) {
      Duration before = run.processorTime();
      run.ends(WINDOW.toMillis());
      share = run.processorTime().minus(before).toNanos() / (double) WINDOW.toNanos();
    }
    run.assertAlive();
    assertThat("share of a core", share, lessThan(MOST_SHARE));

    deliver(project, 2);
    await(() -> rows(project, "silver.items") == 2 && rows(project, "gold.fine") == 2);
    assertThat(rows(project, "silver.items"), is(2));
    int code = run.end();
    assertThat(Files.readString(folder.resolve("output.txt")), code, is(1));
    assertThat(rows(project, "gold.fine"), is(2));
    assertThat(rows(project, "gold.broken"), is(0));
    assertThat(
        "told once, however often it was tried",
        project.rows("ops.runs").stream()
            .filter(row -> row.get("status").equals("failed"))
            .map(row -> row.get("table_name") + ": " + row.get("message"))
            .toList(),
        contains("gold.broken: Cannot publish gold.broken: its query fails for a row: / by zero"));
  }

  private static int rows(TestProject project, String table) {
    return project.exists(table) ? project.rows(table).size() : 0;
  }

  private static String product(String name, String sql) {
    return "/*---\ntable: gold." + name + "\n---*/\n" + sql + "\n";
  }

  private static void deliver(TestProject project, int id) throws Exception {
    project.lines("incoming", List.of("{\"id\":" + id + ",\"seq\":" + id + "}"));
    Path file = project.folder().resolve("data/" + id + ".jsonl");
    Files.createDirectories(file.getParent());
    Files.move(project.folder().resolve("incoming"), file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void await(BooleanSupplier condition) throws Exception {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (System.currentTimeMillis() < end && run.isAlive() && !condition.getAsBoolean()) {
      run.ends(200);
    }
    run.assertAlive();
  }
}
